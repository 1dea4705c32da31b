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

import heapq
import math
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Final

from attrs import define, field

if TYPE_CHECKING:
    from jobwait.fleet.fleet_job import FleetJob

LOOK: Final = 4096  # jobs that one selection compares
SELECTED: Final = 8  # one of so many is selected at once
SELECTION_AGE: Final = 1.0  # seconds after which priorities are computed anew
NEAR_DEADLINE: Final = 5.0  # seconds before its deadline from which a job has the highest priority


def priority(job: FleetJob, now: float) -> float:
    """The priority of *job*; infinite if it must be polled next."""
    since = now - job.last
    if since >= job.max_interval or job.expires - now < NEAR_DEADLINE:
        return math.inf
    return math.sqrt(job.weight) * (1 + (since - job.gap) / min(job.gap, job.interval)) / job.factor


@define(eq=False)
class PollQueue:
    """Jobs whose polls are due, by priority."""

    _jobs: dict[FleetJob, None] = field(factory=dict)  # the next selection compares the first
    _selected: list[FleetJob] = field(factory=list)
    _selected_at: float = -math.inf
    _near_deadline: deque[FleetJob] = field(factory=deque)

    def __len__(self) -> int:
        return len(self._jobs)

    def join(self, job: FleetJob) -> None:
        """Add *job*."""
        self._jobs[job] = None

    def hurry(self, job: FleetJob) -> None:
        """Add *job*, whose deadline is near: it is the next, whether it is here or not."""
        self.join(job)
        self._near_deadline.append(job)

    def leave(self, job: FleetJob) -> None:
        """Remove *job* if it is here."""
        self._jobs.pop(job, None)

    def first(self, now: float) -> FleetJob | None:
        """Remove the job with the highest priority and return it."""
        if now - self._selected_at >= SELECTION_AGE:
            self._selected.clear()
        while self._jobs:
            if not self._near_deadline and not self._selected:
                self._select(now)
            job = self._near_deadline.popleft() if self._near_deadline else self._selected.pop()
            if job in self._jobs:
                del self._jobs[job]
                if not self._jobs:
                    self._jobs.clear()  # gives back the memory of thousands
                return job
        return None

    def _select(self, now: float) -> None:
        """Select the first of at most LOOK jobs; the rest of these go to the end if there are more."""
        compared = list(islice(self._jobs, LOOK))
        best = heapq.nlargest(1 + len(compared) // SELECTED, compared, key=lambda job: priority(job, now))
        self._selected, self._selected_at = best[::-1], now
        if len(compared) < len(self._jobs):
            for job in compared:
                del self._jobs[job]
            self._jobs.update(dict.fromkeys(compared))
