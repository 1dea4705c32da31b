"""
Which job is polled next when more polls are due than the rate limits allow.

The mean delay of all jobs is least when each is polled at a rate proportional to sqrt(weight * hazard). The interval
that the schedule chose for a job is proportional to 1 / sqrt(hazard), among jobs that take as long on average (Keller).
So the priority of a job is sqrt(weight) * time since its last poll / its interval, over the root of its mean duration
if similar jobs say how that depends on its size. An interval that is longer than the service's is one in which no end
was expected; after it the priority rises as after the service's. A job that reaches its max_interval, or its deadline,
is polled first.

Priorities change with time, so a selection computes them anew. It compares at most LOOK jobs, as an event loop is not
to be held; of more, the others are compared by the next selections.
"""

from __future__ import annotations

import math
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Final

from attrs import define, field

if TYPE_CHECKING:
    from jobwait.fleet.fleet_job import FleetJob

LOOK: Final = 4096  # jobs that one selection compares
SELECTED: Final = 4  # one of so many is selected at once
SELECTION_AGE: Final = 1.0  # seconds after which priorities are computed anew
NEAR_DEADLINE: Final = 5.0  # seconds before its deadline from which a job has the highest priority


def priority(job: FleetJob, now: float) -> float:
    """The priority of *job*; infinite if it must be polled next."""
    since = now - job.last
    if since >= job.max_interval or job.expires - now < NEAR_DEADLINE:
        return math.inf
    gap = job.gap
    return math.sqrt(job.weight) * (1 + (since - gap) / min(gap, job.interval)) / job.factor


@define(eq=False)
class PollQueue:
    """
    Jobs whose polls are due, by priority.

    A job that leaves keeps its place in the line, as it may join again; it is passed over meanwhile.
    """

    _line: deque[FleetJob] = field(factory=deque)  # the next selection compares the first
    _selected: list[FleetJob] = field(factory=list)
    _selected_at: float = -math.inf
    _near_deadline: deque[FleetJob] = field(factory=deque)
    _size: int = 0

    def __len__(self) -> int:
        return self._size

    def join(self, job: FleetJob) -> None:
        """Add *job*."""
        self._size += not job.queued
        job.queued = True
        if not job.in_line:
            job.in_line = True
            self._line.append(job)

    def hurry(self, job: FleetJob) -> None:
        """Add *job*, whose deadline is near: it is the next, whether it is here or not."""
        self.join(job)
        self._near_deadline.append(job)

    def leave(self, job: FleetJob) -> None:
        """Remove *job* if it is here."""
        self._size -= job.queued
        job.queued = False

    def first(self, now: float) -> FleetJob | None:
        """Remove the job with the highest priority and return it."""
        if now - self._selected_at >= SELECTION_AGE:
            self._line.extendleft(self._selected)
            self._selected.clear()
        while self._size:
            if self._near_deadline:
                job = self._near_deadline.popleft()
            else:
                if not self._selected:
                    self._select(now)
                job = self._selected.pop()
                job.in_line = False
            if job.queued:
                self.leave(job)
                return job
        return None

    def _select(self, now: float) -> None:
        """Select the first of at most LOOK jobs; the others of these go to the end."""
        compared = self._next_in_line()
        best = sorted(compared, key=partial(priority, now=now), reverse=True)[: 1 + len(compared) // SELECTED]
        chosen = set(best)
        self._line.extend(job for job in compared if job not in chosen)
        self._selected, self._selected_at = best[::-1], now

    def _next_in_line(self) -> list[FleetJob]:
        found: list[FleetJob] = []
        while self._line and len(found) < LOOK:
            job = self._line.popleft()
            job.in_line = job.queued
            if job.queued:
                found.append(job)
        return found
