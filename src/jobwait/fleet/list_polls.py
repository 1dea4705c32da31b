"""The lists that answer for many jobs at once: whose round is due, what it asks for and what came of it."""

from __future__ import annotations

from collections import deque
from typing import Any

import httpx
from attrs import define, field

from jobwait._polling.commands import Answer, Send
from jobwait._polling.job_state import Course
from jobwait._polling.retry import is_expected
from jobwait.errors import InvalidInput
from jobwait.fleet.account_limits import LIST
from jobwait.fleet.accounts import Account
from jobwait.fleet.fleet_job import Member
from jobwait.fleet.list_poll import Page, Round, grouped


@define(eq=False)
class Groups:
    """All groups of jobs that a list covers, each with its round."""

    _by_key: dict[object, Round] = field(factory=dict)
    _all: list[Round] = field(factory=list)
    _due: deque[tuple[Account, Round]] = field(factory=deque)

    def __getitem__(self, number: int) -> Round:
        return self._all[number]

    def of(self, course: Course[Any], pace: float) -> Round | None:
        """The round that covers *course*; None where no list does."""
        key = grouped(course)
        listing = course.service.listing
        if key is None or listing is None:
            return None
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = Round(listing, course.client, course.ids, pace, len(self._all))
            self._all.append(found)
        return found

    def begin(self, rounded: Round, now: float) -> None:
        """A round starts."""
        rounded.begin(now)
        member = next(iter(rounded.members))
        assert isinstance(member, Member), "members make up rounds"  # noqa: S101
        self._due.append((member.account, rounded))

    def again(self, number: int, now: float) -> None:
        """Where rounds pay they come at the pace: each costs a fraction of the looks that it saves."""
        rounded = self._all[number]
        if rounded.pays and rounded.due <= now and not rounded.under_way:
            self.begin(rounded, now)

    def next(self, account: Account, now: float) -> tuple[Round, Page, Send] | float | None:
        """The page that *account* may ask for; the seconds until it may; None where none is wanted."""
        rounded = next((rounded for owner, rounded in self._due if owner is account), None)
        if rounded is None:
            return None
        late = account.budget.wait(LIST, now)
        if late > 0 or (late := account.budget.take(LIST, now)) > 0:
            return late
        page, step = rounded.next()
        if not rounded.todo:
            self._due.remove((account, rounded))
        return rounded, page, step

    def took(self, rounded: Round, page: Page, account: Account, answer: Answer) -> bool:
        """Take a page that was out; whether that was the last of its round."""
        over = rounded.came(answer.now, failed=not _read(rounded, page, answer.reply))
        waits = (account, rounded) in self._due
        if rounded.todo and not waits:
            self._due.append((account, rounded))
        elif waits and not rounded.todo:
            self._due.remove((account, rounded))
        return over


def _read(rounded: Round, page: Page, reply: object) -> bool:
    """Whether *reply* is a page; a list that cannot be had leaves its jobs to their own looks."""
    try:
        if isinstance(reply, Exception):
            raise reply
        assert isinstance(reply, httpx.Response), "a driver answers a Send"  # noqa: S101
        rounded.take(page, reply)
    except InvalidInput:
        return False
    except Exception as error:
        if not is_expected(error):
            raise
        return False
    return True
