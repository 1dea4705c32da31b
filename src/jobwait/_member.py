"""One job in a fleet: its script, and where that stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from attrs import define

from jobwait._account import Budget
from jobwait._course import Course
from jobwait._line import Line
from jobwait._rounds import Round
from jobwait._steps import Look, Script, Signal
from jobwait._turns import Queue
from jobwait._types import Outcome


@define(eq=False)
class Account:
    """What the members of one account at one service share: a budget, a line for it, and perhaps a queue."""

    budget: Budget
    line: Line
    queue: Queue | None
    size: int = 0


@define(eq=False)
class Member:
    """
    One job in a fleet; it is what its own bell calls.

    look is what its script waits for, if it is not asleep; busy says that a request for it is under way. wake is when
    its sleep or its time aside ends. last is when it last heard of its job, gap the silence that the schedule then
    chose, silence the longest that is allowed, expires when an answer is of no use any more.
    """

    index: int
    rang: Callable[[Member], object]
    course: Course[Any]
    script: Script[Outcome[Any]]
    account: Account
    round: Round | None
    weight: float
    pace: float
    silence: float
    last: float
    gap: float
    wake: float = math.inf
    expires: float = math.inf
    look: Look | None = None
    bell: Signal | None = None
    busy: bool = False

    def __call__(self) -> None:
        """Its bell has rung, in whatever thread."""
        self.rang(self)
