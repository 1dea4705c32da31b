"""
One list instead of many looks: what a round of pages says of each job of a group.

A list decides only that a job goes on, or how it ended where it says all that a look would. For whatever it lacks, a
look of the job's own decides: lists may lag behind, and pages shift while they are read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, Protocol

import httpx
from attrs import define, field

from jobwait._bulk import Listed, Listing
from jobwait._course import Course
from jobwait._reading import Reading
from jobwait._service import TERMINAL
from jobwait._steps import Send

PAYS: Final = 2  # members a page at least, or single looks are as cheap
AGAIN: Final = 60.0  # seconds after a list that failed, or that was too long to pay


class Named(Protocol):
    """A member of a group."""

    course: Course[Any]


@define(eq=False)
class Round:
    """
    The jobs that one list covers, and the round of pages under way.

    due: when the next round may begin. size: the pages of the last whole round. todo: the raw statuses still to be
    listed (None: all in one); page: the next page of the first of them. known: the ids of those who were there when
    it began; found: what it has said of them so far.
    """

    listing: Listing[Any, Any]
    client: Any
    ids: Mapping[str, str]
    pace: float
    members: dict[Named, None] = field(factory=dict)
    due: float = -math.inf
    size: int = 1
    read: int = 0
    page: int = 1
    todo: list[str | None] = field(factory=list)
    known: Mapping[str, Mapping[str, str]] = field(factory=dict)
    found: dict[str, Listed[Any]] = field(factory=dict)
    under_way: bool = False

    @property
    def pays(self) -> bool:
        """Whether a round costs less than looks at each."""
        return len(self.members) >= PAYS * self.size

    def begin(self, now: float) -> None:
        """Start a round."""
        self.under_way, self.due = True, now + self.pace
        live = {one.course.raw_status for one in self.members} - {None}
        self.todo = sorted(live, key=str) if self.listing.by_status and live else [None]
        self.read, self.page = 0, 1
        self.found, self.known = {}, {one.course.job_id: one.course.ids for one in self.members}

    def next(self) -> Send:
        """The next page to be asked for."""
        status, page = self.todo[0], self.page
        return Send(self.client, lambda: self.listing.build(self.client, self.ids, page, status))

    def take(self, response: httpx.Response) -> bool:
        """Take a page; whether that was the round's last."""
        items, more = self.listing.read(response, self.known)
        self.found.update({item.job_id: item for item in items if item.job_id in self.known})
        self.read += 1
        self.page += 1
        if not (more and items):
            del self.todo[0]
            self.page = 1
        return not self.todo or self.read * PAYS > max(len(self.members), 2 * PAYS)

    def end(self, now: float, *, failed: bool = False) -> None:
        """The round is over."""
        self.under_way = False
        self.size = max(1, self.read)
        if failed or self.todo:  # not whole
            self.due = now + AGAIN

    def says(self, one: Named) -> Reading[Any] | None:
        """What the round said of *one*: None where only a look can tell."""
        course = one.course
        item = self.found.get(course.job_id)
        if item is None:
            return None
        verdict = course.service.verdicts.of(item.raw_status)
        if verdict in TERMINAL and item.snapshot is None:
            return None
        return Reading(verdict, item.raw_status, item.snapshot, course.track.progress, None, course.track.size)


def grouped(course: Course[Any]) -> tuple[Any, ...] | None:
    """What tells the group of *course* from others; None where no list covers it."""
    listing = course.service.listing
    group = None if listing is None else listing.group(course.ids)
    return None if group is None else (course.service.name, id(course.client), group)
