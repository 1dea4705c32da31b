"""The rate limit of one account: a token bucket whose rate decreases after a refusal and grows back."""

import math
from typing import Final, Self

from attrs import define

from jobwait._model.limits import Limit

CUT: Final = 0.5  # factor on the rate at a refusal
RECOVERY: Final = 60.0  # seconds until the rate is what it was before a refusal
PAUSE: Final = 1.0  # seconds after a refusal without Retry-After; further refusals within it do not count
MIN_RATE: Final = 0.1  # requests per second, however many refusals; unless the limit is lower
RATE_WINDOW: Final = 1.0  # seconds over which the actual rate is averaged


@define(weakref_slot=True, eq=False)
class TokenBucket:
    """
    A token bucket for one account at one service. Its fields are numbers, so that the tracker's file can store them.

    most: requests per second without refusals; infinite without a limit. burst: requests that may be sent at once.
    rate: requests per second allowed at the time *at*; gain: its growth per second. next: the time of the next token.
    closed: until when nothing is sent. cut: the time of the last refusal. seen: the actual rate at the time *used*.
    """

    most: float
    burst: float = 1.0
    rate: float = math.inf
    at: float = -math.inf
    gain: float = 0.0
    next: float = -math.inf
    closed: float = -math.inf
    cut: float = -math.inf
    seen: float = 0.0
    used: float = -math.inf

    @classmethod
    def of(cls, limit: Limit | None, burst: int = 1) -> Self:
        """A bucket for *limit*: evenly spread after a *burst*, and one request less than allowed, as latency varies."""
        if limit is None:
            return cls(math.inf)
        rate = max(1, limit.requests - burst) / limit.seconds
        return cls(rate, float(burst), rate=rate)

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        if self.gain:
            self._grow(now)
        return max(self.closed, self.next - (self.burst - 1) / self.rate) - now

    def take(self, now: float) -> None:
        """Count a request that is sent *now*."""
        if self.gain:
            self._grow(now)
        self.next = max(self.next, now) + 1 / self.rate
        self.seen = self.seen * math.exp(min(0.0, self.used - now) / RATE_WINDOW) + 1 / RATE_WINDOW
        self.used = max(self.used, now)

    def refused(self, now: float, after: float | None) -> None:
        """Slow down: the service refused a request for its rate. after: the seconds of its Retry-After."""
        if now >= self.cut + PAUSE:
            before = min(self.rate, max(self.seen, MIN_RATE))
            self.rate, self.cut, self.at = self.bounded(before * CUT), now, now
            self.gain = before * (1 - CUT) / RECOVERY
        self.closed = max(self.closed, now + (PAUSE if after is None else after))
        self.next = max(self.next, self.closed + (self.burst - 1) / self.rate)  # no burst after a refusal

    def is_idle(self, now: float) -> bool:
        """Whether nothing that was sent or refused before *now* matters any more."""
        return now >= max(self.next, self.closed, self.cut + RECOVERY)

    def bounded(self, rate: float) -> float:
        """*rate*, not below the minimum and not above the limit."""
        return min(self.most, max(MIN_RATE, rate))

    def _grow(self, now: float) -> None:
        if self.rate < self.most and now > self.at:
            self.rate = min(self.most, self.rate + self.gain * (now - self.at))
            self.at = now
