"""
Which job is polled next when more polls are due than the limits allow.

The lateness of all jobs together is least when each is polled at a rate proportional to sqrt(weight * hazard). The gap
that the schedule chose for a job is proportional to 1 / sqrt(hazard). So the priority of a job is sqrt(weight) * the
time since its last poll / its gap. No job starves: one that reaches its max_interval, or its deadline, goes first.
"""

import heapq
import math
from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar

from attrs import define, field

SHARE: Final = 8  # one in so many of the queue is selected at once, as a selection computes the priority of all
STALE: Final = 1.0  # seconds after which a selection no longer holds
NEAR: Final = 5.0  # seconds before the deadline at which nothing else counts


class QueuedPoll(Protocol):
    """A job whose poll is due."""

    weight: float
    last: float
    gap: float
    max_interval: float
    expires: float


def priority(one: QueuedPoll, now: float) -> float:
    """The time since the last poll of *one*, in its own gaps; infinite where it must be next."""
    since = now - one.last
    if since >= one.max_interval or one.expires - now < NEAR:
        return math.inf
    return math.sqrt(one.weight) * since / one.gap


Q = TypeVar("Q", bound=QueuedPoll)


@define(eq=False)
class PollQueue(Generic[Q]):
    """Jobs whose polls are due, by priority."""

    _waiting: dict[Q, None] = field(factory=dict)  # in the order of their coming
    _selected: list[Q] = field(factory=list)
    _selected_at: float = -math.inf
    _soonest: float = math.inf  # no deadline of a waiting job is before this

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, one: Q) -> None:
        """Add *one*."""
        self._waiting[one] = None
        self._soonest = min(self._soonest, one.expires)

    def leave(self, one: Q) -> None:
        """*one* no longer waits."""
        self._waiting.pop(one, None)

    def first(self, now: float) -> Q | None:
        """The one with the highest priority, taken out."""
        if now - self._selected_at >= STALE:
            self._selected.clear()
        while True:
            while self._selected:
                one = self._selected.pop()
                if one in self._waiting:
                    del self._waiting[one]
                    return one
            if not self._waiting:
                return None
            best = heapq.nlargest(1 + len(self._waiting) // SHARE, self._waiting, key=lambda one: priority(one, now))
            self._selected, self._selected_at = best[::-1], now

    def expired(self, now: float) -> Iterator[Q]:
        """Those whose deadline came while they waited, taken out."""
        if now < self._soonest:
            return
        late = [one for one in self._waiting if one.expires <= now]
        for one in late:
            del self._waiting[one]
        self._soonest = min((one.expires for one in self._waiting), default=math.inf)
        yield from late
