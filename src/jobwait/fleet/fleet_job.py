"""One job in a fleet: its operation and the state of that; and the options that all jobs share."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from jobwait._jobs.handle import Job
from jobwait._model.limits import Limit
from jobwait._model.policy import Policy, Seconds
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Command, Notify, Operation, Poll, Result, SendRequest, Sleep
from jobwait._polling.duration_model import relative_duration
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.outcomes import OnUpdate, last_update
from jobwait._polling.rate_limits import RateLimiters, in_memory
from jobwait._sync.wake_up import WakeUp
from jobwait.errors import InvalidInput
from jobwait.fleet.accounts import Account
from jobwait.fleet.list_poll import ListPoll

LISTED: Final = 4  # lists in a row that answer for a job of which they cannot show that it has begun
Clock: TypeAlias = Callable[[], Result]
Notifier: TypeAlias = Callable[[Notify], Result]


@frozen
class FleetOptions:
    """
    The options of a fleet.

    policy: for all jobs, or a function of the job. weight: a function of the job. limits: the caller's, by service.
    limiters: makes the rate limiters.
    """

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
        """The weight of *job* in the priority of its polls; raises InvalidInput unless that is a positive number."""
        if self.weight is None:
            return 1.0
        weight = self.weight(job)
        if not (isinstance(weight, int | float) and 0 < weight < math.inf):
            raise InvalidInput(f"A weight is a positive number, not {weight!r}; 1 is that of a job without one.")
        return float(weight)


@define(eq=False)
class FleetJob:
    """
    One job in a fleet. Its wake-up calls it, in any thread, and that calls *woken* with it.

    poll: the request that its operation has yielded, mostly a poll; None while it sleeps. in_flight: whether a request
    for it is in flight. wake: when it is next resumed. last: when it was last polled; gap: the interval that the
    schedule then chose, in seconds; max_interval: the longest one allowed. size, factor: see compare(). expires: the
    deadline of its wait; alarm: when that is next checked, whatever else the job waits for. born: when it was
    submitted, or first known. listed: how many lists have answered for it since its own last poll.
    """

    index: int
    woken: Callable[[FleetJob], object]
    job_state: JobState[Any]
    operation: Operation[Outcome[Any]]
    account: Account
    list_poll: ListPoll | None
    weight: float
    interval: float
    max_interval: float
    last: float
    gap: float
    born: float
    wake: float = math.inf
    expires: float = math.inf
    alarm: float = math.inf
    poll: Poll | SendRequest | None = None
    wake_up: WakeUp | None = None
    in_flight: bool = False
    listed: int = 0
    size: float | None = None
    factor: float = 1.0

    def compare(self) -> None:
        """
        Set *factor*, by which its interval is compared with those of jobs of other sizes.

        With a history that is interval / sqrt(hazard * mean), which is the same share of a short job as of a long one.
        """
        history = self.job_state.progress_history
        if history.counts is not None:
            self.size, self.factor = None, 1.0
        elif history.size != self.size:
            self.size = history.size
            self.factor = math.sqrt(relative_duration(self.job_state.history.completed_jobs(), self.size))

    def __call__(self) -> None:
        """Report that the job was woken; safe from any thread."""
        self.woken(self)

    def proceed(
        self, result: Result | None, clock: Clock, notify: Notifier
    ) -> Sleep | Poll | SendRequest | Outcome[Any]:
        """Resume the operation until its next sleep or request, or its end."""
        command = self._send(result)
        while True:
            if isinstance(command, Notify):
                command = self._send(notify(command))
            elif isinstance(command, Sleep) and command.seconds <= 0:
                self.listen(command.wake_up)
                command = self._send(clock())
            else:
                assert isinstance(command, Sleep | Poll | SendRequest | Outcome), "what a wait does"  # noqa: S101
                return command

    def listen(self, wake_up: WakeUp | None) -> None:
        """Have *wake_up* call this job; so it can be stopped before its first poll."""
        if wake_up is not None and self.wake_up is None:
            self.wake_up = wake_up
            wake_up.notify(self)

    def stop(self, reason: str) -> None:
        """End the wait."""
        if self.wake_up is not None and not self.wake_up.is_set():
            self.wake_up.reason = reason
            self.wake_up.set()

    def asks_beyond(self, found: Observation[Any], *, shown: bool) -> bool:
        """
        Whether a poll of its own is to show what the list that *found* is from lacks; *shown*: somebody gets updates.

        A changed status needs its status model then, and progress. Where a service documents no status of live jobs,
        progress alone shows that a job has begun to run; no list has that, so it is asked about now and then.
        """
        job_state = self.job_state
        if not found.listed or not (shown or job_state.record is not None):
            return False
        unclear = found.state == "unknown" and not job_state.service.live_statuses and found.progress is None
        return found.raw_status != job_state.raw_status or (unclear and self.listed >= LISTED)

    @property
    def is_stopped(self) -> bool:
        """Whether the wait was asked to end."""
        return self.wake_up is not None and self.wake_up.is_set()

    def rejected(self, error: InvalidInput, at: Result, notify: Notifier, on_update: OnUpdate | None) -> Outcome[Any]:
        """End the wait with *error*, as its request cannot be made; other jobs go on."""
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
            job=job_state.handle,
        )
        if job_state.record_end is not None:
            job_state.record_end(outcome)
        notify(Notify(lambda: last_update(job_state, outcome), on_update, outcome=outcome))
        return outcome

    def _send(self, result: Result | None) -> Command | Outcome[Any]:
        try:
            return next(self.operation) if result is None else self.operation.send(result)
        except StopIteration as end:
            outcome: Outcome[Any] = end.value
            return outcome
