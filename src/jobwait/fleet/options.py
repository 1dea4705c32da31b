"""What all jobs of a fleet have in common: how patient it is, and what it may spend."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from jobwait._jobs.handle import Job
from jobwait._model.limits import Limit
from jobwait._model.policy import Policy, Seconds
from jobwait._model.types import Update
from jobwait.errors import InvalidInput
from jobwait.fleet.account_limits import RateLimiters, in_memory


@frozen
class FleetOptions:
    """How a fleet waits: for each job its policy and weight, for each service the caller's own limit."""

    timeout: Seconds | None = None
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None
    on_update: Callable[[Update[Any]], object] | None = None
    weight: Callable[[Job[Any]], float] | None = None
    limits: dict[str, Limit] = field(factory=dict)
    fail_fast: bool = False
    limiters: RateLimiters = in_memory

    def policy_of(self, job: Job[Any]) -> Policy | None:
        """The policy for *job*."""
        return self.policy(job) if callable(self.policy) else self.policy

    def weight_of(self, job: Job[Any]) -> float:
        """How many times more than another's the end of *job* is worth knowing."""
        if self.weight is None:
            return 1.0
        weight = self.weight(job)
        if not (isinstance(weight, int | float) and 0 < weight < math.inf):
            raise InvalidInput(f"A weight is a positive number, not {weight!r}: how many times more than another's.")
        return float(weight)


def max_interval_of(policy: Policy | None, default: float | None) -> float:
    """The seconds that a job under *policy* may go without a look, whatever the budget; *default* is its service's."""
    own = None if policy is None else policy.max_interval
    if isinstance(own, float):
        return own
    return math.inf if own is None and policy is not None else (default or math.inf)
