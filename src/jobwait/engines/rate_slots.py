"""
Whose turn it is to send: an account's rate, divided among sweeps on many machines, without a word for each request.

Time is cut into slots, one for each request that the account may send; each falls on a place of a circle, a golden
turn after the one before. Whoever holds an arc of the circle has the slots that fall on it: a share of them as large as
the arc, as evenly spread as can be, and nobody else's. Clocks that differ let two slots meet, but give nobody more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field, frozen

from jobwait._model.limits import Limit
from jobwait.fleet.token_bucket import TokenBucket

GOLDEN: Final = 0x9E3779B97F4A7C15  # of 2**64
CIRCLE: Final = 2**64
LATE: Final = 0.05  # seconds after which a slot that was not used is lost, where slots are closer than that
AGAIN: Final = 0.2  # seconds until somebody without an arc asks anew whether it has one
FAR: Final = 100_000  # slots: further ahead nobody looks for the next

Arc: TypeAlias = tuple[float, float]  # from, to; parts of one


def place(slot: int) -> float:
    """Where *slot* falls on the circle; in whole numbers, so that all machines agree."""
    return (slot * GOLDEN % CIRCLE) / CIRCLE


def rate_of(limit: Limit) -> float:
    """Slots a second: a tenth less than allowed, as many machines are less even than one."""
    return max(1, limit.requests * 9 // 10) / limit.seconds


@frozen
class Share:
    """An arc at so many slots a second, which may be used until then on the monotonic clock."""

    rate: float
    arc: Arc
    until: float


@define(eq=False)
class SlotGate:
    """A gate that opens at the slots of a share; a refusal makes it slower than that for a while, as a bucket does."""

    share: Share = Share(1.0, (0.0, 0.0), 0.0)
    clock: Callable[[], float] = time.time
    _bucket: TokenBucket = field(factory=lambda: TokenBucket(float("inf")))
    _slot: int = -1  # the one that is next
    _used: int = -1

    def hold(self, share: Share) -> None:
        """Go by *share* from now on."""
        if (share.rate, share.arc) != (self.share.rate, self.share.arc):
            self._slot = -1
        if share.rate != self.share.rate:
            self._used = -1
        self.share = share

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        share, wall = self.share, self.clock()
        if now >= share.until or share.arc[1] <= share.arc[0]:
            return AGAIN
        if self._slot <= self._used or wall > self._slot / share.rate + max(LATE, 1 / share.rate):
            self._slot = self._next(wall)
        return max(self._slot / share.rate - wall, self._bucket.wait(now))

    def take(self, now: float) -> None:
        """Use the slot."""
        self._used = self._slot
        self._bucket.take(now)

    def refused(self, now: float, after: float | None) -> None:
        """The service refused a request for its rate."""
        self._bucket.refused(now, after)

    def _next(self, wall: float) -> int:
        low, high = self.share.arc
        first = max(self._used + 1, int(wall * self.share.rate) + 1)
        return next((slot for slot in range(first, first + FAR) if low <= place(slot) < high), first + FAR)
