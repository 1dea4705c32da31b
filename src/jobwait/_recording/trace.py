"""Listening to the polls of a job, and the polls of one that are kept in memory."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import define, field

from jobwait._model.status_map import TERMINAL
from jobwait._model.types import Outcome
from jobwait._polling.commands import Result
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._recording.poll import RecordedPoll, recorded

MOST: Final = 1000  # polls kept of one job; beyond, every other one of the older half is dropped
EachPoll: TypeAlias = Callable[[RecordedPoll, Observation[Any], Result | None], None]


@define(eq=False)
class Trace:
    """
    The recorded polls of one job, in order.

    thinned: whether some were dropped. outcome: how the latest wait ended; None while the job is waited for.
    """

    job_state: JobState[Any]
    polls: list[RecordedPoll] = field(factory=list)
    thinned: bool = False
    outcome: Outcome[Any] | None = None

    def add(self, poll: RecordedPoll, _found: object = None, _result: object = None) -> None:
        """Keep one more poll."""
        self.polls.append(poll)
        self.outcome = None
        if len(self.polls) > MOST:
            del self.polls[1 : MOST // 2 : 2]
            self.thinned = True

    def end(self, outcome: Outcome[Any]) -> None:
        """Record how the wait ended."""
        self.outcome = outcome


def listen(job_state: JobState[Any], each: EachPoll, at_end: Callable[[Outcome[Any]], None]) -> None:
    """Call *each* for each poll of the job from now on, and *at_end* for each end of a wait, after what does so yet."""
    polls_before, ends_before = job_state.record, job_state.record_end

    def record(found: Observation[Any], result: Result | None = None, age: float = 0.0) -> None:
        if polls_before is not None:
            polls_before(found, result, age)
        each(recorded(job_state, found, result, age), found, result)

    def record_end(outcome: Outcome[Any]) -> None:
        if ends_before is not None:
            ends_before(outcome)
        at_end(outcome)

    job_state.record, job_state.record_end = record, record_end


def ended_at(outcome: Outcome[Any], began: float, seen: float) -> float | None:
    """When the job ended, where its service says so, in seconds since the epoch; None if that was before *began*."""
    at = getattr(outcome.snapshot, "completed_at", None) if outcome.state in TERMINAL else None
    return min(seen, at.timestamp()) if isinstance(at, datetime) and at.timestamp() >= began else None
