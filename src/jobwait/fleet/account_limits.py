"""
What the jobs of one account may request together.

Token buckets are found by what they count, so that two fleets of one process, or two clients with one key, share them.
They live as long as somebody holds them.
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
AHEAD: Final = 2.0  # times the rate that its jobs need, for an account without a limit, so that first polls are spread
BURST: Final = 16  # polls that may be sent at once all the same


class RateLimiter(Protocol):
    """Says when the next request may be sent; `TokenBucket` is the one in memory."""

    def wait(self, now: float) -> float:
        """Seconds until a request may be sent; 0 or less: now."""
        ...

    def take(self, now: float) -> None:
        """Count a request that is sent *now*."""
        ...

    def refused(self, now: float, after: float | None) -> None:
        """The service refused a request for its rate; *after* is the seconds that it asks for."""
        ...


RateLimiters = Callable[[Service[Any, Any], str, str, Limit | None], RateLimiter]  # service, account, operation, limit

_BUCKETS: WeakValueDictionary[Hashable, Any] = WeakValueDictionary()


def in_memory(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
    """The token bucket of this process for what is named."""
    key = (service.name, account, operation, limit)
    found = _BUCKETS.get(key)
    if found is None:
        found = _BUCKETS.setdefault(key, TokenBucket.of(limit))
    return found  # type: ignore[no-any-return]


def name_of(client: Any) -> str:
    """A name for the host and the key of *client* that does not show the key."""
    host = host_of(client)
    if client.renews_key:  # each request may have another: the client itself is the account
        return f"{host}#{id(client)}"
    key = "".join(client.auth_headers().values())
    return f"{host}#{hashlib.sha256(key.encode()).hexdigest()[:16]}"


@define(eq=False)
class AccountLimits:
    """
    What the jobs of one account may request, operation by operation.

    own: the caller's limit; the service's comes from its data. need: requests a second that the jobs would send if each
    were polled at its interval.
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
            self._spread.rate = max(AHEAD * self.need, 1e-9)
            self._spread.take(now)

    def refused(self, operation: str, now: float, after: float | None) -> None:
        """Slow down, with all who share these limits."""
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


@define(eq=False)
class Account:
    """What the jobs of one account share; *serial_queue* where the service runs one of them at a time."""

    limits: AccountLimits
    poll_queue: PollQueue[Any]
    serial_queue: SerialQueueState[Any] | None
    size: int = 0


@define(eq=False)
class Accounts:
    """All accounts of a fleet; the first of *rotation* sends the next request."""

    own: Mapping[str, Limit]
    limiters: RateLimiters
    rotation: deque[Account] = field(factory=deque)
    _known: dict[object, Account] = field(factory=dict)
    _names: dict[int, tuple[Any, str]] = field(factory=dict)

    def of(self, job_state: JobState[Any]) -> Account:
        """The account of *job_state*, a new one where it is the first."""
        service = job_state.service
        name = self._name(job_state.client)
        account = self._known.get((service.name, name))
        if account is None:
            limits = AccountLimits(service, name, self.own.get(service.name), self.limiters)
            serial: SerialQueueState[Any] | None = None
            if service.serial_queue is not None:
                serial = SerialQueueState(service.serial_queue)
            account = self._known[service.name, name] = Account(limits, PollQueue(), serial)
            self.rotation.append(account)
        return account

    def _name(self, client: Any) -> str:
        named = self._names.get(id(client))
        if named is None:  # the client is kept, so that its id stays its own
            named = self._names[id(client)] = (client, name_of(client))
        return named[1]
