"""One wait in progress: its clock, its counts, and the instants that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Generic, Self, TypeVar

from attrs import define

from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Progress
from jobwait._polling.commands import Result
from jobwait._polling.coordinator import Observation
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.job_state import JobState
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.schedule import first, not_before
from jobwait._sync.wake_up import Stop

S = TypeVar("S")

NONE: Mapping[int, int] = MappingProxyType({})

SHORTEST_GRACE, LONGEST_GRACE = 0.5, 5.0  # seconds before the deadline at which the last look is sent
JUMP = 30.0  # seconds by which the calendar may outrun the monotonic clock before we take it that the machine slept
SLEEP, SLEEPS = 30.0, 100  # seconds of one sleep, unless it would take more sleeps than so many
EPSILON = 1e-6  # seconds; clocks are floats


@define(eq=False, match_args=False, repr=False)
class Wait(Generic[S]):
    """
    One wait.

    now, wall: the driver's clocks at the last answer. began: now at the start. origin: when the job's age was 0, on
    the same clock. heard: the number of the last answer taken from the desk. failures: those since the last success,
    by HTTP status (0: none). told: what the caller knows;
    reported: the last progress that the service told. law, law_size: what like jobs took, for a job of that size.
    """

    job_state: JobState[S]
    settings: PollingDefaults
    wake_up: Stop
    now: float
    wall: float
    began: float
    origin: float
    began_wall: float
    deadline: float | None
    observation: int = 0
    polls: int = 0
    errors: int = 0
    failures: Mapping[int, int] = NONE
    last_error: Exception | None = None
    renewed: bool = False
    warned: bool = False
    slowest: float = 0.0
    notified: tuple[object, ...] | None = None
    reported: Progress | None = None
    duration_model: DurationModel | None = None
    model_size: float | None = None

    @classmethod
    def begin(
        cls, job_state: JobState[S], settings: PollingDefaults, wake_up: Stop, tick: Result, until: float | None
    ) -> Self:
        """A wait that begins at *tick* and ends with the policy's timeout, or at *until* on the calendar."""
        if job_state.started is None:
            job_state.started = tick.wall
        age = max(0.0, tick.wall - job_state.started)
        timeout = settings.timeout
        if until is not None:  # one that has passed meanwhile still leaves a last look
            timeout = max(until - tick.wall, LONGEST_GRACE)
        deadline = None if timeout is None else tick.now + timeout
        job_state.deadline = None if timeout is None else tick.wall + timeout
        wait = cls(job_state, settings, wake_up, tick.now, tick.wall, tick.now, tick.now - age, tick.wall, deadline)
        known = job_state.coordinator.observation
        if known is not None:
            notified = timeout != 0 and known.still_holds(tick.now, settings.interval or 0.0)
            wait.observation = known.number - notified
        wait.model_size = job_state.progress_history.size
        wait.duration_model = DurationModel.of(job_state.history.completed_jobs(), wait.model_size)
        return wait

    def tick(self, answer: Result) -> None:
        """Take the time of *answer*."""
        self.now, self.wall = answer.now, answer.wall

    def sleep_length(self, due: float) -> float:
        """How long to sleep towards *due* in one go: the clock stands still with a machine that is put to sleep."""
        left = due - self.now
        return min(left, max(SLEEP, left / SLEEPS))

    def rested(self, answer: Result, due: float) -> float:
        """When to look, after a sleep towards *due*: as soon as the pace allows if the machine slept as well."""
        now, wall = self.now, self.wall
        self.tick(answer)
        overslept = (self.wall - wall) - (self.now - now) > JUMP
        return min(due, self.spaced(self.now)) if overslept else due

    def take(self, observation: Observation) -> None:
        """Count a look, our own or another wait's."""
        self.observation = observation.number
        self.now, self.wall = max(self.now, observation.now), max(self.wall, observation.wall)
        self.polls += 1
        self.slowest = max(self.slowest, observation.now - observation.sent)

    def fail(self, error: Exception) -> None:
        """Take note of a look that failed with *error*."""
        self.errors += 1
        self.last_error = error

    def count_failure(self, status: int) -> None:
        """Count a failure with that HTTP *status* (0: none) towards the end of the wait."""
        self.failures = {**self.failures, status: self.failures.get(status, 0) + 1}

    def reset_failures(self) -> None:
        """A look succeeded: what failed before it no longer counts."""
        self.failures = NONE
        self.renewed = False
        self.last_error = None

    @property
    def counted_failures(self) -> int:
        """Failures in a row that count towards the end; a 429 is a matter of pace, not of health."""
        return self.failures_in_a_row - self.failures.get(429, 0)

    @property
    def failures_in_a_row(self) -> int:
        """Failures since the last success."""
        return sum(self.failures.values())

    def before(self, due: float) -> bool:
        """Whether *due* is still ahead."""
        return self.now < due - EPSILON

    @property
    def age(self) -> float:
        """Seconds since the job was submitted, or first asked for."""
        return self.now - self.origin

    @property
    def remaining(self) -> float | None:
        """Seconds to the deadline, for the request about to be sent."""
        return None if self.deadline is None else max(self.deadline - self.now, EPSILON)

    @property
    def is_over(self) -> bool:
        """Whether the deadline has come; not even the last look has any time left then."""
        return self.deadline is not None and not self.before(self.deadline)

    @property
    def last_chance(self) -> float:
        """When the last look is sent: a grace before the deadline, twice this wait's slowest answer."""
        if self.deadline is None:
            return float("inf")
        return self.deadline - min(LONGEST_GRACE, max(SHORTEST_GRACE, 2 * self.slowest))

    def first_due(self) -> float:
        """At once; but a submission of ours waits for the first look's time, and a look just past for the pace."""
        job_state, due = self.job_state, self.now
        if job_state.submitted and job_state.polls == 0:
            due = self.origin + first(self.settings, self.duration_model)
        elif job_state.last_poll is not None:
            due = self.now - max(0.0, self.wall - job_state.last_poll) + (self.settings.interval or 0.0)
        return self.clipped(self.spaced(due))

    def inputs(self, observation: Observation) -> ScheduleInput:
        """What there is to judge by after *heard*."""
        progress_history = observation.progress_history
        if progress_history.size != self.model_size:
            self.model_size = progress_history.size
            self.duration_model = DurationModel.of(self.job_state.history.completed_jobs(), progress_history.size)
        return ScheduleInput(
            progress_history,
            progress_history.estimate(),
            self.duration_model,
            observation.sent - self.origin,
            self.job_state.polls,
        )

    def spaced(self, due: float) -> float:
        """*due*, or later where the pace's cumulative ceiling binds: over the job's age, or over this wait."""
        over_age = self.job_state.submitted
        start, polls = (self.origin, self.job_state.polls) if over_age else (self.began, self.polls)
        return max(due, start + not_before(self.settings, polls))

    def clipped(self, due: float, bound: float = 0.0) -> float:
        """*due*, no later than the last look, no earlier than now and than *bound*, the server's own word."""
        return max(self.now, bound, min(due, self.last_chance))

    def was_last(self, sent: float) -> bool:
        """Whether a look *sent* then leaves no room for another before the deadline."""
        return sent >= self.last_chance - EPSILON
