"""One wait in progress: its clock, its counts, and the times that follow from them."""

from typing import Final, Generic, Self, TypeVar

from attrs import define

from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Progress
from jobwait._polling.commands import Result
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry.classify import NO_FAILURES, Failures
from jobwait._polling.schedule import first
from jobwait._sync.wake_up import WakeUp

S = TypeVar("S")

SHORTEST_GRACE, LONGEST_GRACE = 0.5, 5.0  # seconds before the deadline at which the last poll is sent
JUMP: Final = 30.0  # seconds by which wall time may outrun the monotonic clock before the machine counts as suspended
SLEEP, SLEEPS = 30.0, 100  # seconds of one sleep, unless it would take more sleeps than so many
EPSILON: Final = 1e-6  # seconds; clocks are floats


@define(eq=False, match_args=False, repr=False)
class Wait(Generic[S]):
    """
    One wait.

    now, wall: the driver's clocks at the last result. began: now at the start. origin: when the job's age was 0, on the
    same clock. known: the number of the last observation taken. failures: those since the last success. notified: what
    the caller was passed last; reported: the last progress that the service reported. durations, durations_size: how
    long similar jobs took, for a job of that size.
    """

    job_state: JobState[S]
    settings: PollingDefaults
    wake_up: WakeUp
    now: float
    wall: float
    began: float
    origin: float
    began_wall: float
    deadline: float | None
    known: int = 0
    polls: int = 0
    errors: int = 0
    failures: Failures = NO_FAILURES
    last_error: Exception | None = None
    renewed: bool = False
    warned: bool = False
    slowest: float = 0.0
    notified: tuple[object, ...] | None = None
    reported: Progress | None = None
    durations: DurationModel | None = None
    durations_size: float | None = -1.0  # none yet

    @classmethod
    def begin(
        cls, job_state: JobState[S], settings: PollingDefaults, wake_up: WakeUp, tick: Result, until: float | None
    ) -> Self:
        """A wait that begins at *tick* and ends with the policy's timeout, or at *until* in seconds since the epoch."""
        if job_state.started is None:
            job_state.started = tick.wall
        age = max(0.0, tick.wall - job_state.started)
        timeout = settings.timeout
        if until is not None:  # one that has passed meanwhile still leaves a last poll
            timeout = max(until - tick.wall, LONGEST_GRACE)
        deadline = None if timeout is None else tick.now + timeout
        job_state.deadline = None if timeout is None else tick.wall + timeout
        wait = cls(job_state, settings, wake_up, tick.now, tick.wall, tick.now, tick.now - age, tick.wall, deadline)
        last = job_state.observation
        if last is not None:
            usable = timeout != 0 and last.is_fresh(tick.now, settings.interval or 0.0)
            wait.known = last.number - usable
        return wait

    def tick(self, result: Result) -> None:
        """Take the time of *result*."""
        self.now, self.wall = result.now, result.wall

    def sleep_length(self, due: float) -> float:
        """How long to sleep towards *due* in one go: the monotonic clock stands still while a machine is suspended."""
        left = due - self.now
        return min(left, max(SLEEP, left / SLEEPS))

    def slept(self, result: Result, due: float) -> float:
        """When to poll, after a sleep towards *due*: as soon as the interval allows if the machine was suspended."""
        now, wall = self.now, self.wall
        self.tick(result)
        suspended = (self.wall - wall) - (self.now - now) > JUMP
        return min(due, self.spaced(self.now)) if suspended else due

    def take(self, observation: Observation[S]) -> None:
        """Count a poll, this wait's own or another's."""
        self.known = observation.number
        self.now, self.wall = max(self.now, observation.received), max(self.wall, observation.wall)
        self.polls += 1
        self.slowest = max(self.slowest, observation.received - observation.sent)

    def note_error(self, error: Exception) -> None:
        """A poll failed with *error*."""
        self.errors += 1
        self.last_error = error

    def reset_failures(self) -> None:
        """A poll succeeded: what failed before it no longer counts."""
        self.failures = NO_FAILURES
        self.renewed = False
        self.last_error = None

    def before(self, due: float) -> bool:
        """Whether *due* is still ahead."""
        return self.now < due - EPSILON

    @property
    def age(self) -> float:
        """Seconds since the job was submitted, or first polled."""
        return self.now - self.origin

    @property
    def remaining(self) -> float | None:
        """Seconds to the deadline, for the request about to be sent."""
        return None if self.deadline is None else max(self.deadline - self.now, EPSILON)

    @property
    def is_over(self) -> bool:
        """Whether the deadline has come; not even the last poll has any time left then."""
        return self.deadline is not None and not self.before(self.deadline)

    @property
    def last_chance(self) -> float:
        """When the last poll is sent: a grace before the deadline, twice this wait's slowest response."""
        if self.deadline is None:
            return float("inf")
        return self.deadline - min(LONGEST_GRACE, max(SHORTEST_GRACE, 2 * self.slowest))

    def first_due(self) -> float:
        """At once; but after our own submission at the first interval, and after another poll an interval later."""
        job_state, due = self.job_state, self.now
        if job_state.submitted and job_state.polls == 0:
            due = self.origin + first(self.settings, self._durations())
        elif job_state.last_poll is not None:
            due = self.now - max(0.0, self.wall - job_state.last_poll) + (self.settings.interval or 0.0)
        return self.clipped(self.spaced(due))

    def inputs(self, sent: float) -> ScheduleInput:
        """What the schedule decides by, after a poll that was *sent* then."""
        history = self.job_state.progress_history
        return ScheduleInput(history, history.estimate(), self._durations(), sent - self.origin, self.job_state.polls)

    def _durations(self) -> DurationModel | None:
        size = self.job_state.progress_history.size
        if size != self.durations_size:
            self.durations_size = size
            self.durations = DurationModel.of(self.job_state.history.completed_jobs(), size)
        return self.durations

    def spaced(self, due: float) -> float:
        """*due*, or later where the interval allows no more polls: over the job's age, or over this wait."""
        interval = self.settings.interval
        if interval is None:
            return due
        ours = self.job_state.submitted
        start, polls = (self.origin, self.job_state.polls) if ours else (self.began, self.polls)
        return max(due, start + polls * interval)

    def clipped(self, due: float, bound: float = 0.0) -> float:
        """*due*, no later than the last poll, no earlier than now and than *bound*, which a Retry-After set."""
        return max(self.now, bound, min(due, self.last_chance))

    def was_last(self, sent: float) -> bool:
        """Whether a poll *sent* then leaves no room for another before the deadline."""
        return sent >= self.last_chance - EPSILON
