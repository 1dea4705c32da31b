"""
The rate limits that all requests of one account share: polls, submissions, lists, results.

Two fleets of one process, and two clients with one key, share their token buckets. A bucket exists as long as a fleet
uses it, and after a single request until that no longer matters.
"""

import hashlib
from collections.abc import Callable, Hashable
from typing import Any, Final, Protocol, Self
from weakref import WeakValueDictionary

from attrs import define, field, frozen

from jobwait._httpx import httpx
from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.commands import Result
from jobwait._polling.job_state import host_of
from jobwait._polling.retry.retry_after import retry_after
from jobwait._polling.token_bucket import TokenBucket
from jobwait._sync.wake_up import lock

POLL: Final = "poll"
LIST: Final = "list"
SUBMIT: Final = "submit"
OTHER: Final = "other"
BURST_SHARE: Final = 6  # one in so many of a limit's requests may be a submission, or a result, that is sent at once
HELD: Final = 64  # buckets of single requests, after which idle ones are dropped
HEADROOM: Final = 2.0  # polls are limited to so many times the rate that the jobs need, which spreads the first polls
BURST: Final = 16  # polls that may be sent at once all the same
TOGETHER: Final = 0.01  # seconds; what is due within them may be sent together, as each sleep costs as much as a poll


class RateLimiter(Protocol):
    """Decides when the next request may be sent; `TokenBucket` is the one in memory."""

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        ...

    def take(self, now: float) -> None:
        """Count a request that is sent *now*."""
        ...

    def refused(self, now: float, after: float | None) -> None:
        """Slow down: the service refused a request for its rate. after: the seconds of its Retry-After."""
        ...


RateLimiters = Callable[[Service[Any, Any], str, str, Limit | None], RateLimiter]  # service, account, operation, limit

_BUCKETS: WeakValueDictionary[Hashable, TokenBucket] = WeakValueDictionary()
_HELD: dict[int, TokenBucket] = {}  # by id


def in_memory(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> TokenBucket:
    """The token bucket of this process for *operation* of *account*; it spreads polls and lists evenly."""
    key = (service.name, account, operation, limit)
    found = _BUCKETS.get(key)
    if found is None:
        single = limit is not None and limit.apart and operation not in {POLL, LIST}
        burst = max(1, limit.requests // BURST_SHARE) if limit is not None and single else 1
        found = _BUCKETS.setdefault(key, TokenBucket.of(limit, burst))
    return found


def forget() -> None:
    """Forget the token buckets of single requests; for tests."""
    _HELD.clear()
    _BUCKETS.clear()


def name_of(client: Any) -> str:
    """A name for the account of *client*: its host and a hash of its key."""
    host = host_of(client)
    if client.renews_key:  # the key may change, so the client is the account
        return f"{host}#{id(client)}"
    key = "".join(client.auth_headers().values())
    return f"{host}#{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@define(eq=False)
class AccountLimits:
    """
    The rate limits of one account, by operation.

    own: the caller's limit, beside the service's. need: requests per second if each job is polled at its interval.
    """

    service: Service[Any, Any]
    account: str
    own: Limit | None = None
    limiters: RateLimiters = in_memory
    need: float = 0.0
    _made: dict[str, list[RateLimiter]] = field(factory=dict)
    _spread: TokenBucket = field(factory=lambda: TokenBucket(float("inf"), BURST))

    def wait(self, operation: str, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        late = self._spread_at(now).wait(now) if operation == POLL else 0.0
        if 0 < late < TOGETHER and self._spread.burst > BURST:
            late = TOGETHER
        for limiter in self._of(operation):
            late = max(late, limiter.wait(now))
        return late

    def take(self, operation: str, now: float) -> None:
        """Count a request that is sent *now*."""
        with lock():  # single requests may be sent in other threads
            for limiter in self._of(operation):
                limiter.take(now)
        if operation == POLL:
            self._spread_at(now).take(now)

    def _spread_at(self, now: float) -> TokenBucket:
        """The bucket that spreads polls, at the rate that jobs need *now*; once that rises, what waits comes sooner."""
        spread, rate = self._spread, max(HEADROOM * self.need, 1e-9)
        if rate != spread.rate:
            if spread.next > now and rate > spread.rate:
                spread.next = now + (spread.next - now) * spread.rate / rate
            spread.rate, spread.burst = rate, max(BURST, 2 * TOGETHER * rate)
        return spread

    def refused(self, operation: str, now: float, after: float | None) -> None:
        """Slow down all jobs that share these limits."""
        self._of(operation)[0].refused(now, after)

    def _of(self, operation: str) -> list[RateLimiter]:
        found = self._made.get(operation)
        if found is None:
            names = _names(self.service, self.account, operation, self.own)
            found = self._made[operation] = [self.limiters(self.service, *name) for name in names]
        return found


def _names(
    service: Service[Any, Any], account: str, operation: str, own: Limit | None
) -> list[tuple[str, str, Limit | None]]:
    """What the limiters for *operation* go by: the service's, and then the caller's *own*."""
    stated = service.limit
    counted = operation if stated is not None and stated.apart else "all"
    names = [(account.partition("#")[0] if stated is not None and stated.shared else account, counted, stated)]
    return names if own is None else [*names, (account, operation if own.apart else "all", own)]


@frozen(eq=False)
class Budget:
    """The token buckets that one request outside a fleet counts against; safe from any thread."""

    buckets: list[TokenBucket]

    @classmethod
    def of(cls, service: Service[Any, Any], client: Any, operation: str, own: Limit | None = None) -> Self:
        """The budget for *operation* of the account of *client*, with a limit of the caller's *own*."""
        names = _names(service, name_of(client), operation, own)
        with lock():
            return cls([in_memory(service, *name) for name in names])

    def reserve(self, now: float, most: float) -> float:
        """Seconds until a request may be sent; if they are no more than *most*, it is counted at that time."""
        with lock():
            _hold(self.buckets, now)
            late = max(0.0, *(bucket.wait(now) for bucket in self.buckets))
            if late <= most:
                for bucket in self.buckets:
                    bucket.take(now + late)
        return late

    def is_closed(self, now: float) -> bool:
        """Whether the service has refused a request of the account, and asked to wait longer than until *now*."""
        return self.buckets[0].closed > now

    def note(self, result: Result, longest: float | None = None) -> bool:
        """Slow the account down if *result* asks for that, for *longest* seconds at most; whether it is a 429."""
        response = result.value
        if not isinstance(response, httpx.Response) or response.status_code not in {429, 503}:
            return False
        after = retry_after(response.headers, result.wall)
        if after is not None and longest is not None:
            after = min(after, longest)
        if response.status_code == 429 or after is not None:
            with lock():
                self.buckets[0].refused(result.now, after)
        return response.status_code == 429


def _hold(buckets: list[TokenBucket], now: float) -> None:
    """Keep *buckets* from being forgotten between requests, until they are idle."""
    if len(_HELD) >= HELD:
        for key, bucket in list(_HELD.items()):
            if bucket.is_idle(now):
                del _HELD[key]
    _HELD.update((id(bucket), bucket) for bucket in buckets)
