"""What the page says of one job, as data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen

from jobwait._model.types import Outcome
from jobwait._report.record import Seen, Trace


@frozen(kw_only=True, eq=False)
class Facts:
    """
    One job: times in seconds since the epoch.

    *late* is how many seconds after its end the job was seen to have ended: at least the first, at most the second.
    They are the same where the service says when it ended, else the end lies between two looks.
    """

    name: str
    state: str
    began: float
    seen_at: float
    polls: int
    errors: int
    observations: tuple[Seen, ...] = ()
    ended: float | None = None
    late: tuple[float, float] | None = None
    problem: str | None = None
    thinned: bool = False


def of_outcome(outcome: Outcome[Any]) -> Facts:
    """What an *outcome* alone tells."""
    seen_at, ended = outcome.seen_at.timestamp(), _ended(outcome.snapshot)
    return Facts(
        name=f"{outcome.service} {outcome.job_id}",
        state=outcome.state,
        began=outcome.started.timestamp(),
        seen_at=seen_at,
        polls=outcome.polls,
        errors=outcome.errors,
        ended=ended,
        late=None if ended is None else (max(0.0, seen_at - ended), max(0.0, seen_at - ended)),
        problem=None if outcome.error is None else str(outcome.error),
    )


def of_trace(trace: Trace) -> Facts:
    """What the looks at a job tell."""
    job_state, observations = trace.job_state, tuple(trace.observations)
    last = observations[-1].at if observations else job_state.started or 0.0
    began = min(job_state.started or last, observations[0].at if observations else last)
    over = job_state.outcome is not None
    ended = _ended(job_state.snapshot) if over else None
    return Facts(
        name=f"{job_state.service.name} {job_state.job_id}",
        state=job_state.outcome.state if job_state.outcome is not None else job_state.state,
        began=began,
        seen_at=last,
        polls=job_state.polls,
        errors=job_state.errors,
        observations=observations,
        ended=ended,
        late=_late(observations, ended, began) if over else None,
        problem=str(job_state.outcome.error) if job_state.outcome is not None and job_state.outcome.error else None,
        thinned=bool(trace.dropped),
    )


def _ended(snapshot: Any) -> float | None:
    """When the job ended, where its service says so."""
    at = getattr(snapshot, "completed_at", None)
    return at.timestamp() if isinstance(at, datetime) else None


def _late(observations: tuple[Seen, ...], ended: float | None, began: float) -> tuple[float, float] | None:
    if not observations:
        return None
    seen = observations[-1].at
    if ended is not None:
        late = max(0.0, seen - ended)
        return late, late
    return 0.0, seen - (observations[-2].at if len(observations) > 1 else began)
