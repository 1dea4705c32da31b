"""The state of one wait: its clock, its counts, and the times that follow from them."""

from typing import Final, Generic, Self, TypeVar

from attrs import define, evolve, frozen

from jobwait._model.policy import PollingDefaults
from jobwait._model.types import Progress
from jobwait._polling.commands import Result
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry.classify import NO_FAILURES, Failures, one_more
from jobwait._polling.schedule import first
from jobwait._sync.wake_up import WakeUp

S = TypeVar("S")

SHORTEST_GRACE, LONGEST_GRACE = 0.5, 5.0  # seconds from the last poll to the deadline
SUSPENDED: Final = (
    30.0  # seconds by which wall time advances more than the monotonic clock if the machine was suspended
)
SLEEP, SLEEPS = 30.0, 100  # seconds of one sleep, unless that would make more sleeps
EPSILON: Final = 1e-6  # seconds; clocks are floats


@frozen(eq=False, match_args=False, repr=False)
class Trouble:
    """
    What went wrong since the last successful poll of a wait.

    failures: without what is no failure of the service; failing_since: when the first of them that counts came.
    missing: whether a 404 was disbelieved. renewed: whether the key was renewed. last_error: of the last failed poll.
    """

    failures: Failures = NO_FAILURES
    failing_since: float | None = None
    missing: bool = False
    renewed: bool = False
    last_error: Exception | None = None


NO_TROUBLE: Final = Trouble()  # one for all waits, as most have none


@define(eq=False, match_args=False, repr=False, weakref_slot=False)
class Wait(Generic[S]):
    """
    The state of one wait.

    now, wall: the driver's clocks at the last result. began: now at the start. origin: when the job's age was 0, on the
    same clock. spaced_from: when the polls that the interval limits began, on average over which it holds. due: when
    the next poll is sent. taken: the number of the last observation taken. answered: when the last successful poll of
    this wait was received; None: there is none. trouble: what went wrong since then. notified: the
    facts of the last update; reported: the last progress that the service reported; outage_told: whether there was an
    update of an outage since then. cancellation: what became of that, for the message. durations: the model of similar
    jobs, for a job of durations_size.
    """

    job_state: JobState[S]
    settings: PollingDefaults
    wake_up: WakeUp
    now: float
    wall: float
    began: float
    origin: float
    spaced_from: float
    began_wall: float
    deadline: float | None
    due: float = 0.0
    taken: int = 0
    polls: int = 0
    errors: int = 0
    answered: float | None = None
    trouble: Trouble = NO_TROUBLE
    warned: bool = False
    slowest: float = 0.0
    notified: tuple[object, ...] | None = None
    reported: Progress | None = None
    outage_told: bool = False
    durations: DurationModel | None = None
    cancellation: str = "It was not canceled"
    durations_size: float | None = -1.0  # no model yet

    @classmethod
    def begin(
        cls, job_state: JobState[S], settings: PollingDefaults, wake_up: WakeUp, tick: Result, until: float | None
    ) -> Self:
        """A wait from *tick* until the policy's timeout, or until *until* in seconds since the epoch."""
        if job_state.started is None:
            job_state.started = tick.wall
        now, age = tick.now, job_state.age(tick.wall)
        origin = now - age if age else now  # one number in memory, not two
        latest = max(tick.wall, job_state.last_poll or tick.wall)  # the calendar may have been set back since
        timeout = settings.timeout
        if until is not None:  # if it has passed, or all but, there is time for one poll
            timeout = until - latest if until - latest > SHORTEST_GRACE else LONGEST_GRACE
        deadline = None if timeout is None else now + timeout
        job_state.deadline = None if timeout is None else tick.wall + timeout
        spaced_from = origin if job_state.submitted else now
        if tick.wall < latest:  # the age is not known, and only the interval since the last poll is kept
            spaced_from = min(spaced_from, now - (job_state.polls - 1) * (settings.interval or 0.0))
        wait = cls(job_state, settings, wake_up, now, tick.wall, now, origin, spaced_from, tick.wall, deadline)
        wait.due = wait._first_due()
        last = job_state.observation
        if last is not None:
            usable = timeout != 0 and last.is_fresh(tick.now, settings.interval or 0.0)
            wait.taken = last.number - usable
        return wait

    def tick(self, result: Result) -> None:
        """Set the clocks to those of *result*."""
        self.now, self.wall = result.now, result.wall

    def sleep_length(self, due: float) -> float:
        """Seconds of the next sleep until *due*; sleeps are short, as a suspended machine stops the monotonic clock."""
        left = due - self.now
        return min(left, max(SLEEP, left / SLEEPS))

    def slept(self, result: Result) -> None:
        """Set the clocks after a sleep; if the machine was suspended, poll as soon as the interval allows."""
        now, wall = self.now, self.wall
        self.tick(result)
        if (self.wall - wall) - (self.now - now) > SUSPENDED:
            self.due = min(self.due, self.spaced(self.now))

    def polled(self, result: Result) -> None:
        """Take the *result* of a poll that was due when the clocks were last set."""
        sent = self.now
        self.tick(result)
        if result.value is not None:  # else the deadline, or a stop, came first
            self.job_state.observe(result, sent, sent - self.origin)

    def take(self, observation: Observation[S]) -> None:
        """Count *observation*, from a poll of this wait or of another."""
        self.taken = observation.number
        self.now, self.wall = max(self.now, observation.received), max(self.wall, observation.wall)
        self.polls += 1
        self.slowest = max(self.slowest, observation.received - observation.sent)

    def note_error(self, error: Exception) -> None:
        """Count a poll that failed with *error*."""
        self.errors += 1
        self.trouble = evolve(self.trouble, last_error=error)

    def count_failure(self, status: int | None) -> None:
        """Count a failure in the row; a 429 asks for a longer interval, so an outage does not begin with it."""
        since = self.trouble.failing_since
        if since is None and status != 429:
            since = self.now
        self.trouble = evolve(self.trouble, failures=one_more(self.trouble.failures, status), failing_since=since)

    @property
    def outage_is_over(self) -> bool:
        """Whether the failures in a row have lasted as long as the policy's outage."""
        since, outage = self.trouble.failing_since, self.settings.outage
        return since is not None and outage is not None and not self.before(since + outage)

    def reset_failures(self, received: float) -> None:
        """Forget the failures before a successful poll."""
        self.answered, self.trouble = received, NO_TROUBLE

    def before(self, due: float) -> bool:
        """Whether *due* is in the future."""
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
    def has_news(self) -> bool:
        """Whether there is an observation that it has not taken."""
        observation = self.job_state.observation
        return observation is not None and observation.number > self.taken

    @property
    def poll_is_due(self) -> bool:
        """Whether all that it needs is its next poll, now."""
        return not (self.before(self.due) or self.has_news or self.is_over or self.wake_up.is_set())

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and not self.before(self.deadline)

    @property
    def last_poll_due(self) -> float:
        """When the last poll is sent: before the deadline by twice the time of this wait's slowest response."""
        if self.deadline is None:
            return float("inf")
        return self.deadline - min(LONGEST_GRACE, max(SHORTEST_GRACE, 2 * self.slowest))

    def _first_due(self) -> float:
        """When the first poll is sent: now; after our own submission or another poll, an interval after that."""
        job_state, due = self.job_state, self.now
        if job_state.submitted and job_state.polls == 0:
            due = self.origin + first(self.settings, self._durations())
        elif job_state.last_poll is not None:
            due = self.now - max(0.0, self.wall - job_state.last_poll) + (self.settings.interval or 0.0)
        return self.clipped(self.spaced(due))

    def inputs(self, sent: float) -> ScheduleInput:
        """The input of the schedule, after a poll that was sent at *sent*."""
        history = self.job_state.progress_history
        return ScheduleInput(history, history.estimate(), self._durations(), sent - self.origin, self.job_state.polls)

    def _durations(self) -> DurationModel | None:
        size = self.job_state.progress_history.size
        if size != self.durations_size:
            self.durations = DurationModel.of(self.job_state.history.completed_jobs(), size)
        self.durations_size = size  # also if it is equal: one number in memory, not two
        return self.durations

    def spaced(self, due: float) -> float:
        """*due*, or later if the interval requires it: on average over the job's age, or over this wait."""
        interval = self.settings.interval
        if interval is None:
            return due
        polls = self.job_state.polls if self.job_state.submitted else self.polls
        return max(due, self.spaced_from + polls * interval)

    def clipped(self, due: float, bound: float = 0.0) -> float:
        """*due*, not after the last poll before the deadline, and not before now or *bound*, set by a Retry-After."""
        return max(self.now, bound, min(due, self.last_poll_due))

    def was_last(self, sent: float) -> bool:
        """Whether a poll sent at *sent* was the last before the deadline."""
        return sent >= self.last_poll_due - EPSILON
