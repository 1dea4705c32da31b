"""One job in a fleet: its script, and where that stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from attrs import define

from jobwait._model.types import Outcome
from jobwait._polling.commands import Answer, Emit, Look, Script, Signal, Sleep, Step
from jobwait._polling.job_state import Course
from jobwait._polling.updates import OnUpdate, last_update
from jobwait.errors import InvalidInput
from jobwait.fleet.accounts import Account
from jobwait.fleet.list_poll import Round

Tick: TypeAlias = Callable[[], Answer]
Tell: TypeAlias = Callable[[Emit], Answer]


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

    def proceed(self, answer: Answer | None, tick: Tick, tell: Tell) -> Sleep | Look | Outcome[Any]:
        """Let the script go on to its next sleep or look, or to its end."""
        step = self._step(answer)
        while True:
            if isinstance(step, Emit):
                step = self._step(tell(step))
            elif isinstance(step, Sleep) and step.seconds <= 0:
                self.hear(step.signal)
                step = self._step(tick())
            else:
                assert isinstance(step, Sleep | Look | Outcome), "a wait sleeps, looks and tells"  # noqa: S101
                return step

    def hear(self, bell: Signal | None) -> None:
        """Be called when *bell* rings: also one that still waits for its first look may be stopped."""
        if bell is not None and self.bell is None:
            self.bell = bell
            bell.notify(self)

    def spoiled(self, error: InvalidInput, at: Answer, tell: Tell, on_update: OnUpdate | None) -> Outcome[Any]:
        """The end of a wait whose request cannot even be made, as its key or its ids are none; it spoils no other's."""
        course = self.course
        self.script.close()
        moment = datetime.fromtimestamp(at.wall, UTC)
        outcome: Outcome[Any] = Outcome(
            service=course.service.name,
            job_id=course.job_id,
            state="unreachable",
            snapshot=course.snapshot,
            error=error,
            polls=course.looks,
            errors=course.errors,
            started=moment,
            seen_at=moment,
        )
        tell(Emit(last_update(course, outcome), on_update, outcome=outcome))
        return outcome

    def _step(self, answer: Answer | None) -> Step | Outcome[Any]:
        try:
            return next(self.script) if answer is None else self.script.send(answer)
        except StopIteration as end:
            outcome: Outcome[Any] = end.value
            return outcome
