"""
The rate limits that the jobs of one account share.

Two fleets of one process, and two clients with one key, share their token buckets. A bucket exists as long as it is in
use.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Protocol
from weakref import WeakValueDictionary

from attrs import define, field

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.job_state import JobState, host_of
from jobwait.fleet.poll_queue import PollQueue
from jobwait.fleet.serial_queue import SerialQueueState
from jobwait.fleet.token_bucket import TokenBucket

POLL: Final = "poll"
LIST: Final = "list"
HEADROOM: Final = 2.0  # polls are limited to so many times the rate that the jobs need, which spreads the first polls
BURST: Final = 16  # polls that may be sent at once all the same


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

_BUCKETS: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()


def in_memory(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
    """The token bucket of this process for *operation* of *account*."""
    key = (service.name, account, operation, limit)
    found = _BUCKETS.get(key)
    if found is None:
        found = _BUCKETS.setdefault(key, TokenBucket.of(limit))
    return found  # type: ignore[no-any-return]


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
        first = self._spread.wait(now) if operation == POLL else 0.0
        return max(first, *(limiter.wait(now) for limiter in self._of(operation)))

    def take(self, operation: str, now: float) -> None:
        """Count a request that is sent *now*."""
        for limiter in self._of(operation):
            limiter.take(now)
        if operation == POLL:
            self._spread.rate = max(HEADROOM * self.need, 1e-9)
            self._spread.take(now)

    def refused(self, operation: str, now: float, after: float | None) -> None:
        """Slow down all jobs that share these limits."""
        self._of(operation)[0].refused(now, after)

    def _of(self, operation: str) -> list[RateLimiter]:
        found = self._made.get(operation)
        if found is None:
            service, stated, own = self.service, self.service.limit, self.own
            counted = operation if stated is not None and stated.apart else "all"
            account = self.account.partition("#")[0] if stated is not None and stated.shared else self.account
            found = self._made[operation] = [self.limiters(service, account, counted, stated)]
            if own is not None:
                found.append(self.limiters(service, self.account, operation if own.apart else "all", own))
        return found


@define(eq=False)
class Account:
    """
    What the jobs of one account share.

    serial_queue: if the service runs one of them at a time. max_retry_after: the longest Retry-After that one of them
    allows, in seconds.
    """

    limits: AccountLimits
    poll_queue: PollQueue
    serial_queue: SerialQueueState | None
    size: int = 0
    max_retry_after: float = 0.0


@define(eq=False)
class Accounts:
    """The accounts of a fleet; the first of *rotation* sends the next request."""

    own: Mapping[str, Limit]
    limiters: RateLimiters
    rotation: deque[Account] = field(factory=deque)
    _known: dict[object, Account] = field(factory=dict)
    _names: dict[int, tuple[Any, str]] = field(factory=dict)

    def of(self, job_state: JobState[Any]) -> Account:
        """The account of *job_state*, made at the first job."""
        service = job_state.service
        name = self._name(job_state.client)
        account = self._known.get((service.name, name))
        if account is None:
            limits = AccountLimits(service, name, self.own.get(service.name), self.limiters)
            serial = None if service.serial_queue is None else SerialQueueState(service.serial_queue)
            account = self._known[service.name, name] = Account(limits, PollQueue(), serial)
            self.rotation.append(account)
        return account

    def _name(self, client: Any) -> str:
        named = self._names.get(id(client))
        if named is None:  # with the client itself: its id must not be reused
            named = self._names[id(client)] = (client, name_of(client))
        return named[1]
