"""
Who is next when more looks are due than the budget allows.

Where requests are short, the lateness of all jobs together is least when each is looked at at a rate that goes with
the square root of weight times hazard. The gap that the schedule chose for a job goes with one over the root of its
hazard; so the next look belongs to the job that has been silent for the most of its own gaps, times the root of its
weight. Nobody starves: a job that reaches its longest silence, or its deadline, goes first.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from typing import Final, Protocol

from attrs import define, field

SHARE: Final = 8  # of the line, one in so many is drawn at once, as drawing looks at everybody in it
STALE: Final = 1.0  # seconds after which a draw no longer holds
NEAR: Final = 5.0  # seconds before the deadline at which nothing else counts


class QueuedPoll(Protocol):
    """One whose look is due."""

    weight: float
    last: float
    gap: float
    max_interval: float
    expires: float


def priority(one: QueuedPoll, now: float) -> float:
    """How much *one* has to be next: in its own gaps, or beyond all others."""
    silent = now - one.last
    if silent >= one.max_interval or one.expires - now < NEAR:
        return math.inf
    return math.sqrt(one.weight) * silent / one.gap


@define(eq=False)
class PollQueue:
    """Those whose looks are due, drawn by their claims."""

    _waiting: dict[QueuedPoll, None] = field(factory=dict)  # in the order of their coming
    _drawn: list[QueuedPoll] = field(factory=list)
    _drawn_at: float = -math.inf
    _soonest: float = math.inf  # no deadline of those who wait is before this

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, one: QueuedPoll) -> None:
        """Take *one* in, at the end."""
        self._waiting[one] = None
        self._soonest = min(self._soonest, one.expires)

    def leave(self, one: QueuedPoll) -> None:
        """*one* no longer waits."""
        self._waiting.pop(one, None)

    def first(self, now: float) -> QueuedPoll | None:
        """The one who is next, taken out."""
        if now - self._drawn_at >= STALE:
            self._drawn.clear()
        while True:
            while self._drawn:
                one = self._drawn.pop()
                if one in self._waiting:
                    del self._waiting[one]
                    return one
            if not self._waiting:
                return None
            best = heapq.nlargest(1 + len(self._waiting) // SHARE, self._waiting, key=lambda one: priority(one, now))
            self._drawn, self._drawn_at = best[::-1], now

    def expired(self, now: float) -> Iterator[QueuedPoll]:
        """Those whose deadline came while they waited, taken out."""
        if now < self._soonest:
            return
        late = [one for one in self._waiting if one.expires <= now]
        for one in late:
            del self._waiting[one]
        self._soonest = min((one.expires for one in self._waiting), default=math.inf)
        yield from late
