"""One job in a fleet: its script, and where that stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from attrs import define

from jobwait._model.types import Outcome
from jobwait._polling.commands import Command, Notify, Operation, Poll, Result, Signal, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.updates import OnUpdate, last_update
from jobwait.errors import InvalidInput
from jobwait.fleet.accounts import Account
from jobwait.fleet.list_poll import ListPoll

Tick: TypeAlias = Callable[[], Result]
Notifier: TypeAlias = Callable[[Notify], Result]


@define(eq=False)
class FleetJob:
    """
    One job in a fleet; it is what its own bell calls.

    look is what its script waits for, if it is not asleep; busy says that a request for it is under way. wake is when
    its sleep or its time aside ends. last is when it last heard of its job, gap the silence that the schedule then
    chose, silence the longest that is allowed, expires when an answer is of no use any more.
    """

    index: int
    rang: Callable[[FleetJob], object]
    job_state: JobState[Any]
    operation: Operation[Outcome[Any]]
    account: Account
    round: ListPoll | None
    weight: float
    interval: float
    max_interval: float
    last: float
    gap: float
    wake: float = math.inf
    expires: float = math.inf
    poll: Poll | None = None
    wake_up: Signal | None = None
    busy: bool = False

    def __call__(self) -> None:
        """Its bell has rung, in whatever thread."""
        self.rang(self)

    def proceed(self, answer: Result | None, tick: Tick, notify: Notifier) -> Sleep | Poll | Outcome[Any]:
        """Let the script go on to its next sleep or look, or to its end."""
        command = self._step(answer)
        while True:
            if isinstance(command, Notify):
                command = self._step(notify(command))
            elif isinstance(command, Sleep) and command.seconds <= 0:
                self.observe(command.wake_up)
                command = self._step(tick())
            else:
                assert isinstance(command, Sleep | Poll | Outcome), "a wait sleeps, looks and tells"  # noqa: S101
                return command

    def observe(self, wake_up: Signal | None) -> None:
        """Be called when *bell* rings: also one that still waits for its first look may be stopped."""
        if wake_up is not None and self.wake_up is None:
            self.wake_up = wake_up
            wake_up.notify(self)

    def rejected(self, error: InvalidInput, at: Result, notify: Notifier, on_update: OnUpdate | None) -> Outcome[Any]:
        """The end of a wait whose request cannot even be made, as its key or its ids are none; it spoils no other's."""
        job_state = self.job_state
        self.operation.close()
        moment = datetime.fromtimestamp(at.wall, UTC)
        outcome: Outcome[Any] = Outcome(
            service=job_state.service.name,
            job_id=job_state.job_id,
            state="unreachable",
            snapshot=job_state.snapshot,
            error=error,
            polls=job_state.polls,
            errors=job_state.errors,
            started=moment,
            seen_at=moment,
        )
        notify(Notify(last_update(job_state, outcome), on_update, outcome=outcome))
        return outcome

    def _step(self, answer: Result | None) -> Command | Outcome[Any]:
        try:
            return next(self.operation) if answer is None else self.operation.send(answer)
        except StopIteration as end:
            outcome: Outcome[Any] = end.value
            return outcome
