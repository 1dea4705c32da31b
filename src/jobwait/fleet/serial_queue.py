"""
The queue of a service that runs one job of an account at a time.

A job that waits behind another cannot end before it, so it need not be polled. Its max_interval holds all the same, as
what is assumed of the queue may be wrong: others may use the account, and the service decides on the order.
"""

import heapq
from collections.abc import Iterator
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import define, field

from jobwait._model.limits import SerialQueue
from jobwait._model.service import TERMINAL
from jobwait._polling.job_state import JobState

ASKED: Final = 8  # waiting jobs that are polled when the running one has ended; the order may differ


class QueuedJob(Protocol):
    """A job of the queue."""

    job_state: JobState[Any]
    index: int


J = TypeVar("J", bound=QueuedJob)


@define(eq=False)
class SerialQueueState(Generic[J]):
    """Which job runs, as far as is known, and which wait."""

    serial_queue: SerialQueue[Any]
    _active: set[J] = field(factory=set)
    _waiting: dict[J, Any] = field(factory=dict)
    _order: list[tuple[Any, int, J]] = field(factory=list)
    left: int = 0  # of those that may still be polled since the running job ended
    _asked: J | None = None

    def note(self, one: J) -> None:
        """Take what the last observation says about *one*."""
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

    def forget(self, one: J) -> None:
        """*one* has ended, or is no longer waited for; it may have run and ended between two polls."""
        if one in self._active or one in self._waiting:
            self._active.discard(one)
            self._waiting.pop(one, None)
            self.left = 0 if self._active else ASKED

    def holds(self, one: J) -> bool:
        """Whether *one* need not be polled: it waits, and another runs or is before it."""
        return one in self._waiting and (bool(self._active) or self._head() is not one)

    def next(self) -> J | None:
        """The one to be polled now that no job runs: one after another, until one of them does."""
        if not self.left or self._active or self._asked is not None:
            return None
        rank, self.left = ASKED - self.left, self.left - 1
        first = heapq.nsmallest(rank + 1, self._live())
        self._asked = first[rank][2] if len(first) > rank else None
        return self._asked

    def _live(self) -> Iterator[tuple[Any, int, J]]:
        return (entry for entry in self._order if entry[2] in self._waiting)

    def _head(self) -> J | None:
        while self._order and self._order[0][2] not in self._waiting:
            heapq.heappop(self._order)
        return self._order[0][2] if self._order else None
