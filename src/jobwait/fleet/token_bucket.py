"""How many requests a second one account may send: a token bucket, which a refusal slows down for a while."""

import math
from typing import Final, Self

from attrs import define

from jobwait._model.limits import Limit

CUT: Final = 0.5  # of the speed, at a refusal
RETURN: Final = 60.0  # seconds in which a speed is gained that was lost
REST: Final = 1.0  # seconds after a refusal that names none; refusals within it are one
LEAST: Final = 0.1  # requests a second: slower than that no refusals make us
MEMORY: Final = 1.0  # seconds over which our own speed is measured


@define(weakref_slot=True, eq=False)
class TokenBucket:
    """
    The speed of one account at one service, as numbers alone, so that a file can hold them as well as memory.

    most: requests a second when all is well; infinite without a limit. burst: requests that may come at once. rate:
    requests a second now, as of *at*; gain: requests a second that it gains each second. next: when the next token is
    there. closed: until when nothing is sent. cut: the last refusal. seen: our own speed, as of *used*.
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
    def of(cls, limit: Limit | None) -> Self:
        """A bucket under *limit*: evenly spread, and one less than allowed, as the way to a service is uneven."""
        if limit is None:
            return cls(math.inf)
        rate = max(1, limit.requests - 1) / limit.seconds
        return cls(rate, rate=rate)

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        self._grow(now)
        return max(self.closed, self.next - (self.burst - 1) / self.rate) - now

    def take(self, now: float) -> None:
        """Count a request that is sent *now*."""
        self._grow(now)
        self.next = max(self.next, now) + 1 / self.rate
        self.seen = self.seen * math.exp((self.used - now) / MEMORY) + 1 / MEMORY
        self.used = now

    def refused(self, now: float, after: float | None) -> None:
        """The service refused a request for its rate; *after* is the seconds that it asks for."""
        if now >= self.cut + REST:
            before = min(self.rate, max(self.seen, LEAST))
            self.rate, self.cut, self.at = max(LEAST, before * CUT), now, now
            self.gain = before * (1 - CUT) / RETURN
        self.closed = max(self.closed, now + (REST if after is None else after))
        self.next = max(self.next, self.closed)

    def _grow(self, now: float) -> None:
        if self.gain and self.rate < self.most and now > self.at:
            self.rate = min(self.most, self.rate + self.gain * (now - self.at))
            self.at = now
