"""The list polls of a fleet: which is due, which page is requested, and what its response says."""

from collections import deque
from typing import Any

from attrs import define, field

from jobwait._httpx import httpx
from jobwait._polling.commands import SendRequest
from jobwait._polling.job_state import JobState
from jobwait._polling.rate_limits import LIST
from jobwait._polling.retry.classify import is_expected
from jobwait.errors import InvalidInput
from jobwait.fleet.accounts import Account
from jobwait.fleet.list_poll import UNREADABLE, ListPoll, Page, PageContent, group_of


@define(eq=False)
class ListPolls:
    """One list poll for each group of jobs that a list covers."""

    _by_group: dict[object, ListPoll] = field(factory=dict)
    _all: list[ListPoll] = field(factory=list)
    _due: deque[tuple[Account, ListPoll]] = field(factory=deque)

    def of(self, job_state: JobState[Any], interval: float) -> ListPoll | None:
        """The list poll that covers the job; None if no list does."""
        group, listing = group_of(job_state), job_state.service.listing
        if group is None or listing is None:
            return None
        found = self._by_group.get(group)
        if found is None:
            found = ListPoll(listing, job_state.client, job_state.ids, interval, len(self._all))
            self._by_group[group] = found
            self._all.append(found)
        return found

    def begin(self, list_poll: ListPoll, account: Account, now: float) -> None:
        """Begin *list_poll* under the limits of *account*."""
        list_poll.begin(now)
        self._due.append((account, list_poll))

    def again(self, number: int, now: float) -> None:
        """Begin the list poll with this *number* again if it costs less than the polls that it replaces."""
        list_poll = self._all[number]
        if list_poll.pays and list_poll.due <= now and not list_poll.under_way:
            self.begin(list_poll, next(iter(list_poll.jobs)).account, now)

    def next(self, account: Account, now: float) -> tuple[ListPoll, Page, SendRequest] | float | None:
        """The page that *account* may request now; or the seconds until it may; None if there is no page to request."""
        list_poll = next((list_poll for owner, list_poll in self._due if owner is account), None)
        if list_poll is None:
            return None
        late = account.limits.wait(LIST, now)
        if late > 0:
            return late
        account.limits.take(LIST, now)
        page, command = list_poll.next()
        if not list_poll.todo:
            self._due.remove((account, list_poll))
        return list_poll, page, command

    def took(self, list_poll: ListPoll, page: Page, account: Account, now: float, content: PageContent) -> bool:
        """Take the *content* of *page*; whether that was the last page of its list poll."""
        if content.readable:
            list_poll.take(page, content)
        over = list_poll.came(now, failed=not content.readable)
        waits = (account, list_poll) in self._due
        if list_poll.todo and not waits:
            self._due.append((account, list_poll))
        elif waits and not list_poll.todo:
            self._due.remove((account, list_poll))
        return over


def read_page(list_poll: ListPoll, value: object) -> PageContent:
    """What *value* says if it is a page of a list; safe in any thread, as nothing is changed."""
    try:
        if isinstance(value, Exception):
            raise value
        assert isinstance(value, httpx.Response), "the value of a SendRequest"  # noqa: S101
        return list_poll.read(value)
    except InvalidInput:
        return UNREADABLE
    except Exception as error:
        if not is_expected(error):
            raise
        return UNREADABLE
