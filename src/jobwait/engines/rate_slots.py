"""
When a batch run may send: an account's rate shared by many machines, without a message for each request.

Time is cut into slots, one for each request that the account may send. Slot n has the position frac(n * φ) in [0, 1),
where φ is the golden ratio: a low-discrepancy sequence. A batch run owns a range of positions and sends only in slots
whose position is in it. Its share of all slots equals the length of its range, evenly spread, and no slot has two
owners. Where clocks differ, two slots may coincide; nobody gets more slots.
"""

import math
import time
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import define, field, frozen

from jobwait._model.limits import Limit
from jobwait._polling.token_bucket import TokenBucket

SCALE: Final = 2**64
GOLDEN_RATIO: Final = 0x9E3779B97F4A7C15  # its fraction, times SCALE
SLOT_GRACE: Final = 0.05  # seconds for which a slot may be used late; or until the next one, if that is longer
NO_SHARE_DELAY: Final = 0.2  # seconds until a batch run without a share asks again
SET_BACK: Final = 1.0  # seconds by which a calendar is set back at least; less only delays the next request
MAX_LOOKAHEAD: Final = 100_000  # slots that are searched for the next one

SlotRange: TypeAlias = tuple[float, float]  # positions low <= p < high
NO_SLOTS: Final[SlotRange] = (0.0, 0.0)


def position(slot: int) -> float:
    """The position of *slot* in [0, 1); computed with integers, so that all machines agree."""
    return (slot * GOLDEN_RATIO % SCALE) / SCALE


def slots_per_second(limit: Limit) -> float:
    """90 % of *limit*: the requests of many machines are less evenly spaced than those of one."""
    return max(1, limit.requests * 9 // 10) / limit.seconds


@frozen
class Share:
    """A range of slots at *rate* slots a second, valid until *until* on the monotonic clock."""

    rate: float
    slots: SlotRange
    until: float

    @property
    def empty(self) -> bool:
        """Whether no slot is in the range."""
        return self.slots[1] <= self.slots[0]


@define(eq=False)
class SlotRateLimiter:
    """A rate limiter that allows requests in the slots of a share; a 429 slows it down for a while, like a bucket."""

    share: Share = Share(1.0, NO_SLOTS, 0.0)
    clock: Callable[[], float] = time.time
    _bucket: TokenBucket = field(factory=lambda: TokenBucket(float("inf")))
    _start: float = -math.inf  # the calendar's time at 0 of the monotonic clock
    _next: int = -1
    _used: int = -1

    def use(self, share: Share) -> None:
        """Replace the share."""
        if (share.rate, share.slots) != (self.share.rate, self.share.slots):
            self._next = -1
        if share.rate != self.share.rate:
            self._used = -1
        self.share = share

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        share, wall = self.share, self.clock()
        if now >= share.until or share.empty:
            return NO_SHARE_DELAY
        if wall - now < self._start - SET_BACK:
            self._next = self._used = -1  # as slots are counted by the calendar
        self._start = wall - now
        if self._next <= self._used or wall > self._next / share.rate + max(SLOT_GRACE, 1 / share.rate):
            self._next = self._find_next(wall)
        return max(self._next / share.rate - wall, self._bucket.wait(now))

    def take(self, now: float) -> None:
        """Use the slot."""
        self._used = self._next
        self._bucket.take(now)

    def refused(self, now: float, after: float | None) -> None:
        """The service answered 429; *after* is its Retry-After in seconds."""
        self._bucket.refused(now, after)

    def _find_next(self, wall: float) -> int:
        low, high = self.share.slots
        first = max(self._used + 1, int(wall * self.share.rate) + 1)
        last = first + MAX_LOOKAHEAD
        return next((slot for slot in range(first, last) if low <= position(slot) < high), last)
