"""
The queue of a service that runs one job of an account at a time.

A job behind another one cannot end before it, so it is not polled. Its max_interval holds all the same, as the
assumption can be wrong: others may use the account, and the service decides on the order.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from attrs import define, field

from jobwait._model.limits import SerialQueue
from jobwait._model.status_map import TERMINAL

if TYPE_CHECKING:
    from jobwait.fleet.fleet_job import FleetJob

CANDIDATES: Final = 8  # waiting jobs that are polled after the running one has ended, as the order may differ


@define(eq=False)
class SerialQueueState:
    """Which job runs and which wait, as far as is known."""

    serial_queue: SerialQueue[Any]
    _active: set[FleetJob] = field(factory=set)
    _waiting: dict[FleetJob, Any] = field(factory=dict)
    _order: list[tuple[Any, int, FleetJob]] = field(factory=list)
    left: int = 0  # candidates that may still be polled since the running job ended
    _candidate: FleetJob | None = None

    def note(self, job: FleetJob) -> None:
        """Take the last observation of *job*."""
        job_state = job.job_state
        if job is self._candidate:
            self._candidate = None
        if job_state.raw_status in self.serial_queue.waiting:
            self._active.discard(job)
            if job not in self._waiting and job_state.snapshot is not None:
                place = self._waiting[job] = self.serial_queue.place(job_state.snapshot)
                heapq.heappush(self._order, (place, job.index, job))
            return
        if job_state.raw_status in self.serial_queue.running:
            self._waiting.pop(job, None)
            self._active.add(job)
            self.left = 0
        elif job_state.state in TERMINAL:
            self.forget(job)
        else:
            self._waiting.pop(job, None)

    def forget(self, job: FleetJob) -> None:
        """Remove *job*, whose wait has ended; it may have run and ended between two polls."""
        if job in self._active or job in self._waiting:
            self._active.discard(job)
            self._waiting.pop(job, None)
            self.left = 0 if self._active else CANDIDATES

    def holds(self, job: FleetJob) -> bool:
        """Whether *job* need not be polled: it waits, and another job runs or is before it."""
        return job in self._waiting and (bool(self._active) or self._head() is not job)

    def next(self) -> FleetJob | None:
        """The candidate to poll if no job runs: each waiting job in turn, until one of them runs."""
        if not self.left or self._active or self._candidate is not None:
            return None
        rank, self.left = CANDIDATES - self.left, self.left - 1
        first = heapq.nsmallest(rank + 1, self._entries())
        self._candidate = first[rank][2] if len(first) > rank else None
        return self._candidate

    def _entries(self) -> Iterator[tuple[Any, int, FleetJob]]:
        return (entry for entry in self._order if entry[2] in self._waiting)

    def _head(self) -> FleetJob | None:
        while self._order and self._order[0][2] not in self._waiting:
            heapq.heappop(self._order)
        return self._order[0][2] if self._order else None
