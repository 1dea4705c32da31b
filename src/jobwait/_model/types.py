"""What a wait tells its caller: progress, updates, outcomes."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Literal, TypeVar

from attrs import frozen

from jobwait._model.html import of_outcome
from jobwait._text import visible
from jobwait.errors import JobWaitError

S_co = TypeVar("S_co", covariant=True)

Ending = Literal["succeeded", "failed", "canceled", "timed_out", "unreachable"]
State = Literal["queued", "running", "unknown", "succeeded", "failed", "canceled", "timed_out", "unreachable"]


def brief(seconds: float) -> str:
    """*seconds* as people read them: one decimal below ten, none above."""
    return f"{seconds:.0f}" if seconds >= 9.95 else f"{seconds:.1f}".removesuffix(".0")


@frozen
class Estimate:
    """A number that is not known exactly: *value*, and the range *low* to *high* that holds it nine times in ten."""

    value: float
    low: float
    high: float


@frozen
class Progress:
    """
    How far a job has come, in its own units.

    With a *stage* the units are steps, else counts. *done* is what is finished, so a job in its last step has
    done + 1 == total. *total* is None where the service does not say.
    """

    done: int
    total: int | None
    stage: str | None = None

    def __str__(self) -> str:
        """For people: "213 of 1000", "step 3 of 4 (evaluating)"."""
        if self.stage is not None:
            return f"step {self.done + 1} of {self.total} ({visible(self.stage)})"
        return f"{self.done}" if self.total is None else f"{self.done} of {self.total}"


@frozen(eq=False, match_args=False)
class Update(Generic[S_co]):
    """
    One change in what is known of a job.

    *rate* is in units a second, *eta* and *next_poll* in seconds from now, *why* says in words what set the time of
    the next look; of the last update, what stood in the way of a success. *progress* never runs backwards; *note* is a
    fact worth a sentence, such as that the service's did. The last update of a wait, and only that one, is *terminal*.
    *service* and *job_id* name the job, for callers that follow many.
    """

    state: State
    raw_status: str | None
    snapshot: S_co | None
    progress: Progress | None = None
    rate: Estimate | None = None
    eta: Estimate | None = None
    stalled: bool = False
    next_poll: float | None = None
    why: str = ""
    note: str = ""
    terminal: bool = False
    service: str = ""
    job_id: str = ""

    def __str__(self) -> str:
        """One line for people; a service's words are shown in it, and move no cursor."""
        parts: list[str] = [self.state]
        if self.raw_status is not None and self.raw_status.lower() != self.state:
            parts.append(f"({visible(self.raw_status)})")
        if self.progress is not None:
            parts.append(str(self.progress))
        if self.stalled:
            parts.append("stalled")
        if self.note:
            parts.append(f"({self.note})")
        line = " ".join(parts)
        return line if self.next_poll is None else f"{line}; next look in {brief(self.next_poll)} s ({self.why})"


@frozen(eq=False, match_args=False)
class Outcome(Generic[S_co]):
    """
    How a wait ended.

    *state* is what the service said, or "timed_out" (we stopped asking) or "unreachable" (we could not ask).
    *polls* counts the looks of this wait, *errors* those that failed; *started* and *seen_at* are aware, in UTC.
    """

    service: str
    job_id: str
    state: Ending
    snapshot: S_co | None
    error: JobWaitError | None
    polls: int
    errors: int
    started: datetime
    seen_at: datetime

    def _repr_html_(self) -> str:
        return of_outcome(self)

    def unwrap(self) -> S_co:
        """
        The final snapshot of a job that succeeded.

        Raises:
            JobWaitError: what stood in the way, for every other ending.

        """
        if self.error is not None:
            raise self.error
        assert self.snapshot is not None, "an outcome without an error has a snapshot"  # noqa: S101
        return self.snapshot
