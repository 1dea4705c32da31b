"""
One account at one host: what its jobs may ask together.

Buckets live as long as somebody holds them and are found by what they count, so that two fleets of one process, or two
clients with one key, share them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable
from typing import Any, Final, Protocol
from weakref import WeakValueDictionary

from attrs import define, field

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.job_state import host_of
from jobwait.fleet.token_bucket import TokenBucket

POLL: Final = "poll"
LIST: Final = "list"
AHEAD: Final = 2.0  # times the pace's need that an account without a limit may ask, so that starts are spread
TOGETHER: Final = 16  # looks that may start at once all the same


class RateLimiter(Protocol):
    """Something that says when the next request may go; `Bucket` is the one in memory."""

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        ...

    def take(self, now: float) -> float | None:
        """Count a request that is sent *now*; or, where another process was faster, the seconds to wait after all."""
        ...

    def refused(self, now: float, after: float | None) -> None:
        """The service refused a request for its rate; *after* is the seconds that it asks for."""
        ...


RateLimiters = Callable[[Service[Any, Any], str, str, Limit | None], RateLimiter]  # service, account, operation, limit

_BUCKETS: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()


@define(eq=False, weakref_slot=True)
class _Held:
    """A bucket in memory, shared by all who count the same."""

    bucket: TokenBucket

    def wait(self, now: float) -> float:
        return self.bucket.wait(now)

    def take(self, now: float) -> None:
        self.bucket.take(now)

    def refused(self, now: float, after: float | None) -> None:
        self.bucket.refused(now, after)


def in_memory(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
    """The bucket of this process for what is named."""
    key = (service.name, account, operation, limit)
    held = _BUCKETS.get(key)
    if held is None:
        held = _BUCKETS.setdefault(key, _Held(TokenBucket.of(limit)))
    return held  # type: ignore[no-any-return]


def name_of(client: Any) -> str:
    """Host and key of *client* in one word that tells nobody the key."""
    host = host_of(client)
    if client.renews_key:  # each request may have another: the client itself is the account
        return f"{host}#{id(client)}"
    key = "".join(client.auth_headers().values())
    return f"{host}#{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@define(eq=False)
class AccountLimits:
    """
    What the jobs of one account may ask for, operation by operation.

    *own* is the caller's limit; the service's comes from its data. *need* is what the jobs would ask for at their
    pace, in requests a second.
    """

    service: Service[Any, Any]
    account: str
    own: Limit | None = None
    limiters: RateLimiters = in_memory
    need: float = 0.0
    _made: dict[str, list[RateLimiter]] = field(factory=dict)
    _spread: TokenBucket = field(factory=lambda: TokenBucket(float("inf"), TOGETHER))

    def wait(self, operation: str, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        first = self._spread.wait(now) if operation == POLL else 0.0
        return max(first, *(limiter.wait(now) for limiter in self._of(operation)))

    def take(self, operation: str, now: float) -> float:
        """Count a request that is sent *now*: 0. Or the seconds to wait, where another process was faster."""
        for limiter in self._of(operation):
            late = limiter.take(now)
            if late is not None and late > 0:
                return late
        if operation == POLL:
            self._spread.rate = max(AHEAD * self.need, 1e-9)
            self._spread.take(now)
        return 0.0

    def refused(self, operation: str, now: float, after: float | None) -> None:
        """Slow down, with all who share this budget."""
        self._of(operation)[0].refused(now, after)

    def _of(self, operation: str) -> list[RateLimiter]:
        found = self._made.get(operation)
        if found is None:
            found = self._made[operation] = self._make(operation)
        return found

    def _make(self, operation: str) -> list[RateLimiter]:
        stated = self.service.limit
        counted = operation if stated is not None and stated.apart else "all"
        account = self.account.partition("#")[0] if stated is not None and stated.shared else self.account
        limiters = [self.limiters(self.service, account, counted, stated)]
        if self.own is not None:
            limiters.append(self.limiters(self.service, self.account, operation if self.own.apart else "all", self.own))
        return limiters
