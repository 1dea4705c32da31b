"""
One list instead of many polls: what its pages say about each job of a group.

A list decides only that a job still runs, or how it ended where the list says all that a poll would. Everything else is
decided by a poll of the job itself: lists may lag behind, and pages shift while they are read.
"""

import math
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeAlias

from attrs import define, field

from jobwait._httpx import httpx
from jobwait._model.limits import Listed, Listing
from jobwait._model.service import TERMINAL
from jobwait._polling.commands import SendRequest
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import CachedSnapshot, Observation

PAYS: Final = 2  # jobs a page at least, or single polls are as cheap
AGAIN: Final = 60.0  # seconds after a list that failed, or that said too little


class ListedJob(Protocol):
    """A job that a list covers."""

    job_state: JobState[Any]
    account: Any
    in_flight: bool


Page: TypeAlias = tuple[str | None, int]  # the raw status listed (None: any) and the number, from 1


@define(eq=False)
class ListPoll:
    """
    The jobs that one list covers, and the pages that are requested of it.

    number: tells it from others. due: when the next may begin. seen: raw statuses of its jobs, in the order in which
    they first appeared: a job that moves on while it is listed is then found at its next status. sizes: pages of each
    status the last time; they are requested together, since items may shift meanwhile. todo: pages still to be
    requested; out: how many are in flight. known: the ids of the jobs when it began; found: what the pages said so far.
    """

    listing: Listing[Any, Any]
    client: Any
    ids: Mapping[str, str]
    interval: float
    number: int
    jobs: dict[ListedJob, None] = field(factory=dict)
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
        """How many pages it has."""
        return max(1, sum(self.sizes.values()))

    @property
    def pays(self) -> bool:
        """Whether it costs less than a poll of each job."""
        return len(self.jobs) >= PAYS * self.size

    def begin(self, now: float) -> None:
        """Start it."""
        self.under_way, self.failed, self.due = True, False, now + self.interval
        current = dict.fromkeys(one.job_state.raw_status for one in self.jobs)
        self.seen.update(dict.fromkeys(status for status in current if status is not None))
        live: list[str | None] = [status for status in self.seen if status in current]
        if not (live and self.listing.by_status):
            live = [None]
        self.sizes = {status: self.sizes.get(status, 1) for status in live}
        self.todo = [(status, page + 1) for status, size in self.sizes.items() for page in range(size)][::-1]
        self.found, self.known = {}, {one.job_state.job_id: one.job_state.ids for one in self.jobs}

    def next(self) -> tuple[Page, SendRequest]:
        """The next page to request."""
        page = status, number = self.todo.pop()
        self.out += 1
        return page, SendRequest(self.client, lambda: self.listing.build(self.client, self.ids, number, status))

    def take(self, page: Page, response: httpx.Response) -> None:
        """Take a page."""
        status, number = page
        items, more = self.listing.read(response, self.known)
        self.found.update({item.job_id: item for item in items if item.job_id in self.known})
        if not (more and items):
            self.sizes[status] = min(self.sizes[status], number)
        elif number == self.sizes[status] and PAYS * self.size < max(len(self.jobs), 2 * PAYS):
            self.sizes[status] = number + 1
            self.todo.append((status, number + 1))

    def came(self, now: float, *, failed: bool = False) -> bool:
        """One page has come, or *failed* to; whether that was the last."""
        self.out -= 1
        self.failed = self.failed or failed
        if failed:
            self.todo.clear()
        if self.out or self.todo:
            return False
        self.under_way = False
        if self.failed or len(self.found) < PAYS * self.size:
            self.due = now + AGAIN
        return True

    def observation_of(self, job_state: JobState[Any]) -> Observation[Any] | None:
        """What the pages say about a job; None where only a poll of its own can tell."""
        item = self.found.get(job_state.job_id)
        if item is None:
            return None
        state = job_state.service.statuses.of(item.raw_status)
        if state in TERMINAL and item.snapshot is None:
            return None
        cached = None if item.snapshot is None else CachedSnapshot(item.snapshot)
        history = job_state.progress_history
        return Observation(state, item.raw_status, cached, history.progress, size=history.size)


def group_of(job_state: JobState[Any]) -> tuple[Any, ...] | None:
    """What the jobs that one list covers have in common; None where no list covers this one."""
    listing = job_state.service.listing
    group = None if listing is None else listing.group(job_state.ids)
    return None if group is None else (job_state.service.name, id(job_state.client), group)
