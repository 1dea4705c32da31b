"""The accounts of a fleet: the jobs of one account share a budget and a line, and accounts take turns."""

from __future__ import annotations

from collections import deque
from typing import Any

from attrs import define, field

from jobwait._polling.job_state import Course
from jobwait.fleet.account_limits import Budget, name_of
from jobwait.fleet.options import Terms
from jobwait.fleet.poll_queue import Line
from jobwait.fleet.serial_queue import Queue


@define(eq=False)
class Account:
    """What the members of one account at one service share: a budget, a line for it, and perhaps a queue."""

    budget: Budget
    line: Line
    queue: Queue | None
    size: int = 0


@define(eq=False)
class Accounts:
    """All accounts; *turns* is whose next errand it is."""

    terms: Terms
    turns: deque[Account] = field(factory=deque)
    _known: dict[object, Account] = field(factory=dict)
    _names: dict[int, tuple[Any, str]] = field(factory=dict)

    def of(self, course: Course[Any]) -> Account:
        """The account of *course*, a new one where it is the first."""
        service = course.service
        name = self._name(course.client)
        account = self._known.get((service.name, name))
        if account is None:
            budget = Budget(service, name, self.terms.limits.get(service.name), self.terms.gates)
            queue = None if service.turns is None else Queue(service.turns)
            account = self._known[service.name, name] = Account(budget, Line(), queue)
            self.turns.append(account)
        return account

    def _name(self, client: Any) -> str:
        named = self._names.get(id(client))
        if named is None:  # the client is kept, so that its id stays its own
            named = self._names[id(client)] = (client, name_of(client))
        return named[1]
