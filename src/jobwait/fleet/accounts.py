"""The accounts of a fleet: the jobs of one account share a budget and a line, and accounts take turns."""

from __future__ import annotations

from collections import deque
from typing import Any

from attrs import define, field

from jobwait._polling.job_state import JobState
from jobwait.fleet.account_limits import AccountLimits, name_of
from jobwait.fleet.options import FleetOptions
from jobwait.fleet.poll_queue import PollQueue
from jobwait.fleet.serial_queue import SerialQueueState


@define(eq=False)
class Account:
    """What the members of one account at one service share: a budget, a line for it, and perhaps a queue."""

    limits: AccountLimits
    poll_queue: PollQueue
    queue: SerialQueueState | None
    size: int = 0


@define(eq=False)
class Accounts:
    """All accounts; *turns* is whose next errand it is."""

    options: FleetOptions
    turns: deque[Account] = field(factory=deque)
    _known: dict[object, Account] = field(factory=dict)
    _names: dict[int, tuple[Any, str]] = field(factory=dict)

    def of(self, job_state: JobState[Any]) -> Account:
        """The account of *course*, a new one where it is the first."""
        service = job_state.service
        name = self._name(job_state.client)
        account = self._known.get((service.name, name))
        if account is None:
            limits = AccountLimits(service, name, self.options.limits.get(service.name), self.options.limiters)
            queue = None if service.serial_queue is None else SerialQueueState(service.serial_queue)
            account = self._known[service.name, name] = Account(limits, PollQueue(), queue)
            self.turns.append(account)
        return account

    def _name(self, client: Any) -> str:
        named = self._names.get(id(client))
        if named is None:  # the client is kept, so that its id stays its own
            named = self._names[id(client)] = (client, name_of(client))
        return named[1]
