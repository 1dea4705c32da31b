"""The lists that answer for many jobs at once: whose round is due, what it asks for and what came of it."""

from __future__ import annotations

from collections import deque
from typing import Any

import httpx
from attrs import define, field

from jobwait._polling.commands import Result, SendRequest
from jobwait._polling.job_state import JobState
from jobwait._polling.retry import is_expected
from jobwait.errors import InvalidInput
from jobwait.fleet.account_limits import LIST
from jobwait.fleet.accounts import Account
from jobwait.fleet.fleet_job import FleetJob
from jobwait.fleet.list_poll import ListPoll, Page, grouped


@define(eq=False)
class ListPolls:
    """All groups of jobs that a list covers, each with its round."""

    _by_key: dict[object, ListPoll] = field(factory=dict)
    _all: list[ListPoll] = field(factory=list)
    _due: deque[tuple[Account, ListPoll]] = field(factory=deque)

    def __getitem__(self, number: int) -> ListPoll:
        return self._all[number]

    def of(self, job_state: JobState[Any], interval: float) -> ListPoll | None:
        """The round that covers *course*; None where no list does."""
        key = grouped(job_state)
        listing = job_state.service.listing
        if key is None or listing is None:
            return None
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = ListPoll(listing, job_state.client, job_state.ids, interval, len(self._all))
            self._all.append(found)
        return found

    def begin(self, list_poll: ListPoll, now: float) -> None:
        """A round starts."""
        list_poll.begin(now)
        fleet_job = next(iter(list_poll.fleet_jobs))
        assert isinstance(fleet_job, FleetJob), "members make up rounds"  # noqa: S101
        self._due.append((fleet_job.account, list_poll))

    def again(self, number: int, now: float) -> None:
        """Where rounds pay they come at the pace: each costs a fraction of the looks that it saves."""
        list_poll = self._all[number]
        if list_poll.pays and list_poll.due <= now and not list_poll.under_way:
            self.begin(list_poll, now)

    def next(self, account: Account, now: float) -> tuple[ListPoll, Page, SendRequest] | float | None:
        """The page that *account* may ask for; the seconds until it may; None where none is wanted."""
        list_poll = next((list_poll for owner, list_poll in self._due if owner is account), None)
        if list_poll is None:
            return None
        late = account.limits.wait(LIST, now)
        if late > 0 or (late := account.limits.take(LIST, now)) > 0:
            return late
        page, command = list_poll.next()
        if not list_poll.todo:
            self._due.remove((account, list_poll))
        return list_poll, page, command

    def took(self, list_poll: ListPoll, page: Page, account: Account, answer: Result) -> bool:
        """Take a page that was out; whether that was the last of its round."""
        over = list_poll.came(answer.now, failed=not _read(list_poll, page, answer.reply))
        waits = (account, list_poll) in self._due
        if list_poll.todo and not waits:
            self._due.append((account, list_poll))
        elif waits and not list_poll.todo:
            self._due.remove((account, list_poll))
        return over


def _read(list_poll: ListPoll, page: Page, reply: object) -> bool:
    """Whether *reply* is a page; a list that cannot be had leaves its jobs to their own looks."""
    try:
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, httpx.Response), "a driver answers a Send"  # noqa: S101
        list_poll.take(page, reply)
    except InvalidInput:
        return False
    except Exception as error:
        if not is_expected(error):
            raise
        return False
    return True
