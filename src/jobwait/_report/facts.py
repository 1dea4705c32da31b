"""What the page shows of one job, as data."""

from datetime import datetime
from typing import Any

from attrs import frozen

from jobwait._model.types import Outcome
from jobwait._report.record import RecordedPoll, Trace


@frozen(kw_only=True, eq=False)
class Facts:
    """
    One job; times are in seconds since the epoch.

    *late* is how many seconds after its end the job was seen to have ended: at least the first, at most the second.
    They are equal where the service says when the job ended; else it ended between the last two polls.
    """

    name: str
    state: str
    began: float
    seen_at: float
    polls: int
    errors: int
    recorded: tuple[RecordedPoll, ...] = ()
    ended: float | None = None
    late: tuple[float, float] | None = None
    problem: str | None = None
    thinned: bool = False


def facts_of_outcome(outcome: Outcome[Any]) -> Facts:
    """The facts in an *outcome* alone."""
    seen_at, ended = outcome.seen_at.timestamp(), _ended(outcome.snapshot)
    return Facts(
        name=f"{outcome.service} {outcome.job_id}",
        state=outcome.state,
        began=outcome.started.timestamp(),
        seen_at=seen_at,
        polls=outcome.polls,
        errors=outcome.errors,
        ended=ended,
        late=None if ended is None else _late(seen_at, ended),
        problem=None if outcome.error is None else str(outcome.error),
    )


def facts_of_trace(trace: Trace) -> Facts:
    """The facts in a job's recorded polls, and in its outcome if it has ended."""
    job_state, recorded, outcome = trace.job_state, tuple(trace.polls), trace.job_state.outcome
    times = [poll.at for poll in recorded] or [job_state.started or 0.0]
    began, seen_at = min(job_state.started or times[-1], times[0]), times[-1]
    ended = None if outcome is None else _ended(job_state.snapshot)
    late = _late(seen_at, ended) if ended is not None else (0.0, seen_at - [began, *times][-2])
    return Facts(
        name=f"{job_state.service.name} {job_state.job_id}",
        state=job_state.known_state if outcome is None else outcome.state,
        began=began,
        seen_at=seen_at,
        polls=job_state.polls,
        errors=job_state.errors,
        recorded=recorded,
        ended=ended,
        late=late if outcome is not None and recorded else None,
        problem=None if outcome is None or outcome.error is None else str(outcome.error),
        thinned=trace.thinned,
    )


def _ended(snapshot: Any) -> float | None:
    """When the job ended, where its service says so."""
    at = getattr(snapshot, "completed_at", None)
    return at.timestamp() if isinstance(at, datetime) else None


def _late(seen_at: float, ended: float) -> tuple[float, float]:
    late = max(0.0, seen_at - ended)
    return late, late
