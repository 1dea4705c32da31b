"""One wait in progress: its clock, its counts, and the instants that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Generic, Self, TypeVar

from attrs import define

from jobwait._model.policy import Settled
from jobwait._model.types import Progress
from jobwait._polling.commands import Answer
from jobwait._polling.coordinator import Heard
from jobwait._polling.duration_model import Law
from jobwait._polling.job_state import Course
from jobwait._polling.progress_estimate import View
from jobwait._polling.schedule import first, not_before
from jobwait._sync.wake_up import Stop

S = TypeVar("S")

NONE: Mapping[int, int] = MappingProxyType({})

SHORTEST_GRACE, LONGEST_GRACE = 0.5, 5.0  # seconds before the deadline at which the last look is sent
JUMP = 30.0  # seconds by which the calendar may outrun the monotonic clock before we take it that the machine slept
NAP, NAPS = 30.0, 100  # seconds of one sleep, unless it would take more sleeps than so many
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

    course: Course[S]
    settled: Settled
    bell: Stop
    now: float
    wall: float
    began: float
    origin: float
    began_wall: float
    deadline: float | None
    heard: int = 0
    polls: int = 0
    errors: int = 0
    failures: Mapping[int, int] = NONE
    last_error: Exception | None = None
    renewed: bool = False
    warned: bool = False
    slowest: float = 0.0
    told: tuple[object, ...] | None = None
    reported: Progress | None = None
    law: Law | None = None
    law_size: float | None = None

    @classmethod
    def begin(cls, course: Course[S], settled: Settled, bell: Stop, tick: Answer, until: float | None) -> Self:
        """A wait that begins at *tick* and ends with the policy's timeout, or at *until* on the calendar."""
        if course.started is None:
            course.started = tick.wall
        age = max(0.0, tick.wall - course.started)
        timeout = settled.timeout
        if until is not None:  # one that has passed meanwhile still leaves a last look
            timeout = max(until - tick.wall, LONGEST_GRACE)
        deadline = None if timeout is None else tick.now + timeout
        course.deadline = None if timeout is None else tick.wall + timeout
        wait = cls(course, settled, bell, tick.now, tick.wall, tick.now, tick.now - age, tick.wall, deadline)
        known = course.desk.heard
        if known is not None:
            told = timeout != 0 and known.still_holds(tick.now, settled.pace or 0.0)
            wait.heard = known.number - told
        wait.law_size = course.track.size
        wait.law = Law.of(course.history.pasts(), wait.law_size)
        return wait

    def tick(self, answer: Answer) -> None:
        """Take the time of *answer*."""
        self.now, self.wall = answer.now, answer.wall

    def nap(self, due: float) -> float:
        """How long to sleep towards *due* in one go: the clock stands still with a machine that is put to sleep."""
        left = due - self.now
        return min(left, max(NAP, left / NAPS))

    def rested(self, answer: Answer, due: float) -> float:
        """When to look, after a sleep towards *due*: as soon as the pace allows if the machine slept as well."""
        now, wall = self.now, self.wall
        self.tick(answer)
        overslept = (self.wall - wall) - (self.now - now) > JUMP
        return min(due, self.paced(self.now)) if overslept else due

    def take(self, heard: Heard) -> None:
        """Count a look, our own or another wait's."""
        self.heard = heard.number
        self.now, self.wall = max(self.now, heard.now), max(self.wall, heard.wall)
        self.polls += 1
        self.slowest = max(self.slowest, heard.now - heard.sent)

    def fail(self, error: Exception) -> None:
        """Take note of a look that failed with *error*."""
        self.errors += 1
        self.last_error = error

    def blame(self, status: int) -> None:
        """Count a failure with that HTTP *status* (0: none) towards the end of the wait."""
        self.failures = {**self.failures, status: self.failures.get(status, 0) + 1}

    def forgive(self) -> None:
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
        course, due = self.course, self.now
        if course.submitted and course.looks == 0:
            due = self.origin + first(self.settled, self.law)
        elif course.last_look is not None:
            due = self.now - max(0.0, self.wall - course.last_look) + (self.settled.pace or 0.0)
        return self.clipped(self.paced(due))

    def view(self, heard: Heard) -> View:
        """What there is to judge by after *heard*."""
        track = heard.track
        if track.size != self.law_size:
            self.law_size = track.size
            self.law = Law.of(self.course.history.pasts(), track.size)
        return View(track, track.forecast(), self.law, heard.sent - self.origin, self.course.looks)

    def paced(self, due: float) -> float:
        """*due*, or later where the pace's cumulative ceiling binds: over the job's age, or over this wait."""
        over_age = self.course.submitted
        start, looks = (self.origin, self.course.looks) if over_age else (self.began, self.polls)
        return max(due, start + not_before(self.settled, looks))

    def clipped(self, due: float, bound: float = 0.0) -> float:
        """*due*, no later than the last look, no earlier than now and than *bound*, the server's own word."""
        return max(self.now, bound, min(due, self.last_chance))

    def was_last(self, sent: float) -> bool:
        """Whether a look *sent* then leaves no room for another before the deadline."""
        return sent >= self.last_chance - EPSILON
