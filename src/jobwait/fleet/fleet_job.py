"""One job in a fleet: its operation and the state of that; and the options that all jobs share."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from attrs import define, field, frozen

from jobwait._jobs.handle import Job
from jobwait._model.limits import Limit
from jobwait._model.policy import Policy, PollingDefaults, Seconds
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Notify, Operation, Poll, Result, SendRequest, Sleep
from jobwait._polling.duration_model import relative_duration
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.outcomes import OnUpdate, last_update
from jobwait._polling.rate_limits import RateLimiters, in_memory
from jobwait._polling.wait_state import Wait
from jobwait._polling.waiter import Needed, ended, needed_by, tell_first, turn
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


@define(eq=False, weakref_slot=False)
class FleetJob(WakeUp):
    """
    One job in a fleet, and the wake-up of its wait.

    given, given_wall: the clocks when it was given. wait_state: that of its wait, made once there is something to do:
    before the first poll it would be much of what a job costs. turn: what runs while the response to *request*, a
    cancellation, is awaited. is_due: whether its poll is due. in_flight: whether a request for it is in flight. next:
    when it is next looked at. last: when it was last polled. size, factor: see compare(). expires: the deadline of its
    wait, or of its request. queued, in_line: for the poll queue. listed: how many lists have answered for it since its
    own last poll.
    """

    index: int
    job_state: JobState[Any]
    settings: PollingDefaults
    until: float | None
    account: Account
    list_poll: ListPoll | None
    weight: float
    given: float
    given_wall: float
    last: float
    next: float = math.inf
    expires: float = math.inf
    wait_state: Wait[Any] | None = None
    turn: Operation[Needed[Any]] | None = None
    request: SendRequest | None = None
    is_due: bool = False
    in_flight: bool = False
    queued: bool = False
    in_line: bool = False
    listed: int = 0
    size: float | None = None
    factor: float = 1.0

    def __attrs_pre_init__(self) -> None:
        super().__init__()

    @property
    def waits_for_answer(self) -> bool:
        """Whether its poll is due, or its request for a cancellation is: it does not sleep."""
        return self.is_due or self.request is not None

    @property
    def interval(self) -> float:
        """The service's interval, in seconds."""
        defaults = self.job_state.service.defaults
        return defaults.interval or defaults.min_interval

    @property
    def rate(self) -> float:
        """Polls a second that it needs: one in each interval, of the service or of the policy if that is shorter."""
        settings = self.settings
        return 1 / min(self.interval, settings.interval or settings.min_interval, self.max_interval)

    @property
    def max_interval(self) -> float:
        """The longest interval allowed, in seconds."""
        return self.settings.max_interval or math.inf

    @property
    def due(self) -> float:
        """When its next poll is due; infinite before the first."""
        return math.inf if self.wait_state is None else self.wait_state.due

    @property
    def gap(self) -> float:
        """The interval that the schedule chose after the last poll, in seconds."""
        return self.interval if self.wait_state is None else max(self.wait_state.due - self.last, 1e-3)

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

    def wake(self) -> None:
        """Report that the job was woken; safe from any thread."""
        super().wake()
        self.account.woken(self)

    def begin(self, on_update: OnUpdate | None) -> Sleep | Poll | None:
        """Begin the wait: what it needs first; None if it can proceed."""
        job_state = self.job_state
        job_state.join(self)
        wait = self.begun()
        tell_first(wait, on_update)
        needed = needed_by(wait)
        if needed is not None:
            self.wait_state = None
        return needed

    def observe(self, result: Result, sent: float) -> None:
        """Take the *result* of a request that its wait has not asked for, which was sent at *sent*."""
        self.job_state.observe(result, sent, sent - self.begun().origin)

    def begun(self) -> Wait[Any]:
        """The wait, as it began when the job was given."""
        if self.wait_state is None:
            given = Result(self.given, self.given_wall)
            self.wait_state = Wait.begin(self.job_state, self.settings, self, given, self.until)
            self.expires = math.inf if self.wait_state.deadline is None else self.wait_state.deadline
        return self.wait_state

    def proceed(
        self, result: Result, notify: Notifier, on_update: OnUpdate | None, *, heard: bool
    ) -> Needed[Any] | SendRequest | None:
        """
        Take *result*, of a sleep, a poll or a request, and go on until the next of them, or the end of the wait.

        None: its poll is due. heard: whether anybody gets the updates.
        """
        answer, wait = None, self.begun()
        if self.turn is not None:
            answer = result
        elif self.is_due:
            wait.polled(result)
            self.job_state.release(self)
        else:
            wait.slept(result)
            if wait.poll_is_due:
                return None
        self.is_due, self.request, self.turn = False, None, self.turn or turn(wait, on_update, heard=heard)
        return self._run(self.turn, answer, notify)

    def end(self, outcome: Outcome[Any], notify: Notifier, on_update: OnUpdate | None) -> Outcome[Any]:
        """Report *outcome*, of a job that had ended before."""
        found = self._run(ended(self.job_state, outcome, on_update), None, notify)
        assert isinstance(found, Outcome), "it has ended"  # noqa: S101
        return found

    def close(self) -> None:
        """End the wait without an outcome."""
        if self.turn is not None:
            self.turn.close()
        self.job_state.leave(self)

    def stop(self, reason: str) -> None:
        """End the wait."""
        if not self.is_set():
            self.reason = reason  # type: ignore[misc]  # it is in the slots of WakeUp
            self.set()

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

    def rejected(self, error: InvalidInput, at: Result, notify: Notifier, on_update: OnUpdate | None) -> Outcome[Any]:
        """End the wait with *error*, as its request cannot be made; other jobs go on."""
        job_state = self.job_state
        self.close()
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

    def _run(self, turn: Operation[Needed[Any]], answer: Result | None, notify: Notifier) -> Needed[Any] | SendRequest:
        try:
            command = next(turn) if answer is None else turn.send(answer)
            while isinstance(command, Notify):
                command = turn.send(notify(command))
        except StopIteration as end:
            self.turn = None
            needed: Needed[Any] = end.value
            return needed
        assert isinstance(command, SendRequest), "what a turn of a wait asks for"  # noqa: S101
        return command
