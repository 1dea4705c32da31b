"""The accounts of a fleet: the jobs of one share its rate limits, its poll queue and its serial queue."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobwait._model.limits import Limit
from jobwait._polling.job_state import JobState
from jobwait._polling.rate_limits import AccountLimits, RateLimiters, name_of
from jobwait.fleet.poll_queue import PollQueue
from jobwait.fleet.serial_queue import SerialQueueState

if TYPE_CHECKING:
    from jobwait.fleet.fleet_job import FleetJob


@define(eq=False)
class Account:
    """
    What the jobs of one account share.

    serial_queue: if the service runs one of them at a time. max_retry_after: the longest Retry-After that one of them
    allows, in seconds. woken: called with a job that was woken, in any thread.
    """

    limits: AccountLimits
    poll_queue: PollQueue
    serial_queue: SerialQueueState | None
    woken: Callable[[FleetJob], object]
    size: int = 0
    max_retry_after: float = 0.0


@define(eq=False)
class Accounts:
    """The accounts of a fleet; the first of *rotation* sends the next request."""

    own: Mapping[str, Limit]
    limiters: RateLimiters
    woken: Callable[[FleetJob], object]
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
            account = self._known[service.name, name] = Account(limits, PollQueue(), serial, self.woken)
            self.rotation.append(account)
        return account

    def _name(self, client: Any) -> str:
        named = self._names.get(id(client))
        if named is None:  # with the client itself: its id must not be reused
            named = self._names[id(client)] = (client, name_of(client))
        return named[1]
