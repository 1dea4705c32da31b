"""
The queue of a service that runs one job of an account at a time.

A job that waits behind another one cannot end before it does, so it need not be asked. It keeps its longest silence all
the same, for what we believe of the queue may be wrong: a job that failed may have started none, others may use the
account, and the order is the service's own affair.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any, Final, Protocol

from attrs import define, field

from jobwait._model.limits import SerialQueue
from jobwait._model.service import TERMINAL
from jobwait._polling.job_state import JobState

ASKED: Final = 8  # of those in line, when a turn has ended; the order may not be what we think


class QueuedJob(Protocol):
    """A job with a course."""

    job_state: JobState[Any]
    index: int


@define(eq=False)
class SerialQueueState:
    """Who has the turn, as far as we know, and who waits for it."""

    serial_queue: SerialQueue[Any]
    _active: set[QueuedJob] = field(factory=set)
    _waiting: dict[QueuedJob, Any] = field(factory=dict)
    _order: list[tuple[Any, int, QueuedJob]] = field(factory=list)
    left: int = 0  # of those that may still be asked since a turn ended
    _asked: QueuedJob | None = None

    def note(self, one: QueuedJob) -> None:
        """Take what the last answer said of *one*."""
        job_state = one.job_state
        if one is self._asked:
            self._asked = None
        if job_state.raw_status in self.serial_queue.waiting:
            self._active.discard(one)
            if one not in self._waiting and job_state.snapshot is not None:
                place = self._waiting[one] = self.serial_queue.place(job_state.snapshot)
                heapq.heappush(self._order, (place, one.index, one))
            return
        if job_state.raw_status in self.serial_queue.running:
            self._waiting.pop(one, None)
            self._active.add(one)
            self.left = 0
        elif job_state.state in TERMINAL:
            self.forget(one)
        else:
            self._waiting.pop(one, None)

    def forget(self, one: QueuedJob) -> None:
        """*one* is over, or nobody waits for it any more; its turn may have come and gone between two looks."""
        if one in self._active or one in self._waiting:
            self._active.discard(one)
            self._waiting.pop(one, None)
            self.left = 0 if self._active else ASKED

    def holds(self, one: QueuedJob) -> bool:
        """Whether *one* need not be asked: it waits, and another has the turn or is before it in line."""
        return one in self._waiting and (bool(self._active) or self._head() is not one)

    def next(self) -> QueuedJob | None:
        """The one to be asked now that a turn has ended: one after another, until one of them has it."""
        if not self.left or self._active or self._asked is not None:
            return None
        rank, self.left = ASKED - self.left, self.left - 1
        first = heapq.nsmallest(rank + 1, self._live())
        self._asked = first[rank][2] if len(first) > rank else None
        return self._asked

    def _live(self) -> Iterator[tuple[Any, int, QueuedJob]]:
        return (entry for entry in self._order if entry[2] in self._waiting)

    def _head(self) -> QueuedJob | None:
        while self._order and self._order[0][2] not in self._waiting:
            heapq.heappop(self._order)
        return self._order[0][2] if self._order else None
