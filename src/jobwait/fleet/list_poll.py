"""
One list instead of many looks: what a round of pages says of each job of a group.

A list decides only that a job goes on, or how it ended where it says all that a look would. For whatever it lacks, a
look of the job's own decides: lists may lag behind, and pages shift while they are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, Protocol, TypeAlias

import httpx
from attrs import define, field

from jobwait._model.limits import Listed, Listing
from jobwait._model.service import TERMINAL
from jobwait._polling.commands import SendRequest
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Reading
from jobwait._polling.snapshot import CachedSnapshot

PAYS: Final = 2  # members a page at least, or single looks are as cheap
AGAIN: Final = 60.0  # seconds after a list that failed, or that said too little


class Named(Protocol):
    """A member of a group."""

    job_state: JobState[Any]


Page: TypeAlias = tuple[str | None, int]  # the raw status listed (None: any) and the number, from 1


@define(eq=False)
class ListPoll:
    """
    The jobs that one list covers, and the round of pages under way.

    number tells it from other groups. due: when the next round may begin. seen: raw statuses of members, in the
    order of their first appearance: a job that moves on while it is listed is then met at its next status. sizes:
    pages of each status in the last round; they are asked for together, lest they shift meanwhile. todo: pages still
    to be asked for; out: those under way.
    known: the ids of those who were there when it began; found: what it has said of them so far.
    """

    listing: Listing[Any, Any]
    client: Any
    ids: Mapping[str, str]
    interval: float
    number: int
    fleet_jobs: dict[Named, None] = field(factory=dict)
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
        """The pages of a round."""
        return max(1, sum(self.sizes.values()))

    @property
    def pays(self) -> bool:
        """Whether a round costs less than looks at each."""
        return len(self.fleet_jobs) >= PAYS * self.size

    def begin(self, now: float) -> None:
        """Start a round."""
        self.under_way, self.failed, self.due = True, False, now + self.interval
        current = dict.fromkeys(one.job_state.raw_status for one in self.fleet_jobs)
        self.seen.update(dict.fromkeys(status for status in current if status is not None))
        live: list[str | None] = [status for status in self.seen if status in current]
        if not (live and self.listing.by_status):
            live = [None]
        self.sizes = {status: self.sizes.get(status, 1) for status in live}
        self.todo = [(status, page + 1) for status, size in self.sizes.items() for page in range(size)][::-1]
        self.found, self.known = {}, {one.job_state.job_id: one.job_state.ids for one in self.fleet_jobs}

    def next(self) -> tuple[Page, SendRequest]:
        """The next page to be asked for."""
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
        elif number == self.sizes[status] and PAYS * self.size < max(len(self.fleet_jobs), 2 * PAYS):
            self.sizes[status] = number + 1
            self.todo.append((status, number + 1))

    def came(self, now: float, *, failed: bool = False) -> bool:
        """One page that was out has come, or *failed* to; whether that was the last of the round."""
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

    def says(self, one: Named) -> Reading[Any] | None:
        """What the round said of *one*: None where only a look can tell."""
        job_state = one.job_state
        item = self.found.get(job_state.job_id)
        if item is None:
            return None
        verdict = job_state.service.statuses.of(item.raw_status)
        if verdict in TERMINAL and item.snapshot is None:
            return None
        cached = None if item.snapshot is None else CachedSnapshot(item.snapshot)
        return Reading(
            verdict, item.raw_status, cached, job_state.progress_history.progress, None, job_state.progress_history.size
        )


def grouped(job_state: JobState[Any]) -> tuple[Any, ...] | None:
    """What tells the group of *course* from others; None where no list covers it."""
    listing = job_state.service.listing
    group = None if listing is None else listing.group(job_state.ids)
    return None if group is None else (job_state.service.name, id(job_state.client), group)
