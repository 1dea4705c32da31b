"""What a wait reports to its caller: progress, updates, outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import attrs
from attrs import field, frozen

from jobwait._model import json_forms
from jobwait._model.html import of_outcome, of_outcomes
from jobwait._model.status_map import state_text
from jobwait._text import visible
from jobwait.errors import InvalidInput, JobWaitError, Reason

if TYPE_CHECKING:
    from jobwait._jobs.handle import Job

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)

Ending = Literal["succeeded", "failed", "canceled", "needs_input", "timed_out", "unreachable"]
State = Literal["queued", "running", "unknown", Ending]


def brief(seconds: float) -> str:
    """*seconds* as text: with one decimal below ten, without decimals above."""
    return f"{seconds:.0f}" if seconds >= 9.95 else f"{seconds:.1f}".removesuffix(".0")


def tried(failure: str, failures: int) -> str:
    """How the last of so many failed polls in a row did: "no answer (timeout), 3rd try"."""
    last = "th" if failures % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(failures % 10, "th")
    return f"{failure}, {failures}{last} try"


@frozen
class Estimate:
    """An estimate: *value*, and the interval *low* to *high*, which contains the true value nine times in ten."""

    __module__ = "jobwait"

    value: float
    low: float
    high: float


@frozen
class Progress:
    """
    How much of a job is done, in its own units: steps if there is a *stage*, else counts.

    *done* is what is finished, so in the last step done + 1 == total. *total* is None if the service does not report
    it. *stage* names the current step; it is empty if the service counts steps without names.
    """

    __module__ = "jobwait"

    done: int
    total: int | None
    stage: str | None = None

    def __str__(self) -> str:
        """Text such as "213 of 1000" or "step 3 of 4 (evaluating)"."""
        if self.stage is not None:
            name = f" ({visible(self.stage)})" if self.stage else ""
            return f"step {self.done + 1}" + (f" of {self.total}" if self.total is not None else "") + name
        return f"{self.done}" if self.total is None else f"{self.done} of {self.total}"


@frozen(eq=False, match_args=False)
class Update(Generic[S_co]):
    """
    A change in what is known about a job.

    state, raw_status: the state, and the service's word for it. snapshot: the last status model. progress: never runs
    backwards. rate: in units per second. eta, next_poll: in seconds from now. stalled: progress has stopped. why: the
    reason for the time of the next poll; in the last update, the reason why the job did not succeed. note: an unusual
    fact, such as a count that went back. terminal: true for the last update of a wait, and only for it. service,
    job_id: the job. failures: how many polls in a row have failed until now, and failure: how the last of them did, as
    in "no answer (connection refused)"; the state is then the last that was reported, "unknown" before the first
    answer. from_list: the state is from a list of jobs, which says nothing of the progress. reason: as in an Outcome,
    in the last update.
    """

    __module__ = "jobwait"

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
    reason: Reason | None = None
    failures: int = 0
    failure: str = ""
    from_list: bool = False

    def __str__(self) -> str:
        """One line of text; control characters from the service are escaped."""
        if self.failures and not self.terminal:
            known = "" if self.state == "unknown" else f"; was {self.state}"
            parts = [f"{tried(self.failure, self.failures)}{known}"]
        else:
            parts = [state_text(self.state, self.reason)]
        if self.raw_status is not None and self.raw_status.lower() != self.state:
            parts.append(f"({visible(self.raw_status)})")
        if self.from_list:
            parts.append("(from the list)")
        elif self.progress is not None:
            parts.append(str(self.progress))
        if self.stalled:
            parts.append("stalled")
        if self.note:
            parts.append(f"({self.note})")
        line = " ".join(parts)
        if self.terminal and self.why:
            return f"{line}: {end_of(self)}"
        return line if self.next_poll is None else f"{line}; next poll in {brief(self.next_poll)} s ({self.why})"

    def to_dict(self) -> dict[str, Any]:
        """The update as JSON, with the keys that the command writes; without the snapshot."""
        return json_forms.of_update(self)


def end_of(update: Update[Any]) -> str:
    """Why the job did not succeed, without what a line says before: which job it is, and its last status."""
    text = visible(update.why).removeprefix(visible(f"{update.service} job {update.job_id}")).lstrip(": ")
    return text.removeprefix(visible(f"ended as {update.raw_status}")).lstrip(",:; ")


@frozen(eq=False, match_args=False)
class Outcome(Generic[S_co]):
    """
    How a wait ended.

    state: the state that the service reported, or "timed_out" (the deadline passed, or stop() was called) or
    "unreachable" (the service could not be polled, or did not answer until the deadline). A job in "needs_input" has
    not ended: answer the service and wait again. snapshot: the last status model. error: None after a success, else
    what unwrap() raises. polls, errors: the polls of this wait, and how many failed. started, seen_at: when the wait
    began, and when it saw the end; aware datetimes in UTC. reason: why it is "unreachable", such as "not_found"; None
    in another state.
    """

    __module__ = "jobwait"

    service: str
    job_id: str
    state: Ending
    snapshot: S_co | None
    error: JobWaitError | None
    polls: int
    errors: int
    started: datetime
    seen_at: datetime
    _job: Job[S_co] | None = field(default=None, repr=False, alias="job")

    @property
    def job(self) -> Job[S_co]:
        """The handle that was waited on. Raises InvalidInput if the outcome is simulated, or a copy of another."""
        if self._job is None:
            raise InvalidInput("This outcome has no handle: it is simulated, or a copy of another. Make one by its id.")
        return self._job

    @property
    def reason(self) -> Reason | None:
        """Why the job could not be asked about; None in a state other than "unreachable"."""
        return self.error.reason if self.error is not None and self.state == "unreachable" else None

    def to_dict(self) -> dict[str, Any]:
        """The outcome as JSON, with the keys that the command writes; the snapshot as the service wrote it."""
        return json_forms.of_outcome(self)

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in attrs.fields_dict(type(self)) if name != "_job"}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        for name, value in {**state, "_job": None}.items():  # a handle cannot be copied
            object.__setattr__(self, name, value)

    def _repr_html_(self) -> str:
        return of_outcome(self)

    def unwrap(self) -> S_co:
        """The final snapshot of a job that succeeded; of another job, raises the JobWaitError that says why."""
        if self.error is not None:
            raise self.error
        assert self.snapshot is not None, "an outcome without an error has a snapshot"  # noqa: S101
        return self.snapshot


class Outcomes(list[Outcome[S]]):
    """A list of outcomes that a notebook shows as a table, as wait_all() returns it: `Outcomes(as_completed(jobs))`."""

    __module__ = "jobwait"

    def _repr_html_(self) -> str:
        return of_outcomes(self)
