"""
One list request instead of many polls: what its pages say about each job of a group.

A list shows that a job still runs, or how it ended if it has all that the response to a poll would have. Everything
else takes a poll of the job: lists may be out of date, and items may move to other pages while they are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import define, field, frozen

from jobwait._httpx import httpx
from jobwait._model.limits import Listed, Listing
from jobwait._model.status_map import TERMINAL
from jobwait._polling.commands import Result, SendRequest
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import CachedSnapshot, Observation, countable

if TYPE_CHECKING:
    from jobwait.fleet.fleet_job import FleetJob

MIN_JOBS_PER_PAGE: Final = 2  # with fewer, single polls cost no more
PAUSE: Final = 60.0  # seconds after a list that failed, or that contained too few of the jobs

Page: TypeAlias = tuple[str | None, int]  # the raw status (None: any) and the page number, from 1


@frozen(eq=False)
class PageContent:
    """The jobs on a page, by their ids, and whether there are more pages. Not readable: each job needs a poll."""

    jobs: Mapping[str, Listed[Any]]
    more: bool = False
    readable: bool = True


UNREADABLE: Final = PageContent({}, readable=False)


@frozen(eq=False)
class ListResult:
    """What one list poll said: the jobs on its pages, by their ids; whether a page *failed*; when the last one came."""

    found: Mapping[str, Listed[Any]]
    failed: bool
    at: Result

    def observation_of(self, job_state: JobState[Any]) -> Observation[Any] | None:
        """What the pages say about a job; None if that takes a poll of its own."""
        item = self.found.get(job_state.job_id)
        if item is None:
            return None
        state = job_state.service.statuses.of(item.raw_status)
        if state in TERMINAL and item.snapshot is None:
            return None
        history, service = job_state.progress_history, job_state.service
        if item.snapshot is None:
            return Observation(state, item.raw_status, None, history.progress, size=history.size, listed=True)
        progress = countable(service.progress(item.snapshot)) or history.progress
        return Observation(state, item.raw_status, CachedSnapshot(item.snapshot), progress, size=history.size)


@define(eq=False)
class ListPoll:
    """
    The jobs that one list covers, and the pages to request.

    number: identifies it. due: when the next may begin. seen: raw statuses of its jobs, in the order in which they
    first appeared: a job whose status changes during a list poll is then found under its next status. sizes: the number
    of pages of each status last time; they are requested together, as items may move meanwhile. todo: pages still to be
    requested; out: how many are in flight. known: the ids of the jobs when it began; found: what the pages said so far.
    """

    listing: Listing[Any, Any]
    client: Any
    ids: Mapping[str, str]
    interval: float
    number: int
    jobs: dict[FleetJob, None] = field(factory=dict)
    due: float = -math.inf
    seen: dict[str, None] = field(factory=dict)
    sizes: dict[str | None, int] = field(factory=dict)
    todo: list[Page] = field(factory=list)
    out: int = 0
    failed: bool = False
    under_way: bool = False
    known: Mapping[str, Mapping[str, str]] = field(factory=dict)
    found: dict[str, Listed[Any]] = field(factory=dict)

    @property
    def size(self) -> int:
        """The number of pages."""
        return max(1, sum(self.sizes.values()))

    @property
    def pays(self) -> bool:
        """Whether it costs less than a poll of each job."""
        return len(self.jobs) >= MIN_JOBS_PER_PAGE * self.size

    def begin(self, now: float) -> None:
        """Begin a list poll."""
        self.under_way, self.failed, self.due = True, False, now + self.interval
        current = dict.fromkeys(job.job_state.raw_status for job in self.jobs)
        self.seen.update(dict.fromkeys(status for status in current if status is not None))
        live: list[str | None] = [status for status in self.seen if status in current]
        if not (live and self.listing.by_status):
            live = [None]
        self.sizes = {status: self.sizes.get(status, 1) for status in live}
        self.todo = [(status, page + 1) for status, size in self.sizes.items() for page in range(size)][::-1]
        self.found, self.known = {}, {job.job_state.job_id: job.job_state.ids for job in self.jobs}

    def next(self) -> tuple[Page, SendRequest]:
        """The next page to request."""
        page = status, number = self.todo.pop()
        self.out += 1
        return page, SendRequest(self.client, lambda: self.listing.build(self.client, self.ids, number, status))

    def read(self, response: httpx.Response) -> PageContent:
        """The content of the page that *response* is."""
        known = self.known
        items, more = self.listing.read(response, known)
        return PageContent({item.job_id: item for item in items if item.job_id in known}, bool(more and items))

    def take(self, page: Page, content: PageContent) -> None:
        """Take the *content* of *page*."""
        status, number = page
        self.found.update(content.jobs)
        if not content.more:
            self.sizes[status] = min(self.sizes[status], number)
        elif number == self.sizes[status] and MIN_JOBS_PER_PAGE * self.size < max(
            len(self.jobs), 2 * MIN_JOBS_PER_PAGE
        ):
            self.sizes[status] = number + 1
            self.todo.append((status, number + 1))

    def came(self, now: float, *, failed: bool = False) -> bool:
        """Count a page that has come or *failed*; whether it was the last."""
        self.out -= 1
        self.failed = self.failed or failed
        if failed:
            self.todo.clear()
        if self.out or self.todo:
            return False
        self.under_way = False
        if self.failed or len(self.found) < MIN_JOBS_PER_PAGE * self.size:
            self.due = now + PAUSE
        return True

    def result(self, at: Result) -> ListResult:
        """What all pages said; the last came *at*."""
        return ListResult(self.found, self.failed, at)


def group_of(job_state: JobState[Any]) -> tuple[Any, ...] | None:
    """A key that is equal for all jobs that one list covers; None if no list covers this one."""
    listing = job_state.service.listing
    group = None if listing is None else listing.group(job_state.ids)
    return None if group is None else (job_state.service.name, id(job_state.client), group)
