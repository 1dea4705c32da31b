"""What the page shows of one job, as data."""

from collections.abc import Iterable
from typing import Any

from attrs import frozen

from jobwait._model.status_map import state_text
from jobwait._model.types import Outcome
from jobwait._recording.poll import RecordedPoll
from jobwait._recording.trace import Trace, ended_at
from jobwait._report.states import ENDED


@frozen(kw_only=True, eq=False)
class Facts:
    """
    One job; times are in seconds since the epoch.

    state: one of STATES. span: from when it was submitted or waited for until its end was seen, the wait ended or it
    was last polled; None if it was never polled. late: how many seconds after its end that was seen, at least the first
    and at most the second. They are equal where the service says when the job ended; else it ended since the poll
    before that was answered.
    """

    service: str
    job_id: str
    state: str
    span: tuple[float, float] | None
    polls: int
    errors: int
    recorded: tuple[RecordedPoll, ...] = ()
    ended: float | None = None
    late: tuple[float, float] | None = None
    problem: str | None = None
    thinned: bool = False

    @property
    def seconds(self) -> float:
        """How long the span is."""
        return 0.0 if self.span is None else self.span[1] - self.span[0]


def facts_of_outcome(outcome: Outcome[Any]) -> Facts:
    """The facts in an *outcome* alone."""
    span = _span(*_times(outcome))
    ended = ended_at(outcome, *span)
    return Facts(
        service=outcome.service,
        job_id=outcome.job_id,
        state=_state_of(outcome),
        span=span,
        polls=outcome.polls,
        errors=outcome.errors,
        ended=ended,
        late=None if ended is None else (span[1] - ended, span[1] - ended),
        problem=None if outcome.error is None else str(outcome.error),
    )


def facts_of_trace(trace: Trace) -> Facts:
    """The facts in a job's recorded polls, and in the outcome of its latest wait if that has ended."""
    job_state, recorded, outcome = trace.job_state, tuple(trace.polls), trace.outcome or trace.job_state.outcome
    span = _span_of(trace, outcome)
    ended = None if outcome is None or span is None else ended_at(outcome, *span)
    return Facts(
        service=job_state.service.name,
        job_id=job_state.job_id,
        state=_state(trace, outcome),
        span=span,
        polls=job_state.polls,
        errors=job_state.errors,
        recorded=recorded,
        ended=ended,
        late=None if outcome is None or span is None else _late(trace, outcome, span, ended),
        problem=_problem(trace, outcome),
        thinned=trace.thinned,
    )


def span_of_all(jobs: Iterable[Facts]) -> tuple[float, float] | None:
    """From the first start to the last end; None if none of *jobs* was polled."""
    spans = [job.span for job in jobs if job.span is not None]
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None


def only_service(jobs: Iterable[Facts]) -> str | None:
    """The service that all *jobs* have; None if they have several."""
    services = {job.service for job in jobs}
    return services.pop() if len(services) == 1 else None


def _state(trace: Trace, outcome: Outcome[Any] | None) -> str:
    if outcome is not None:
        return _state_of(outcome)
    if trace.job_state.seen:
        return trace.job_state.state
    return "no_answer" if trace.job_state.polls else "not_polled"


def _state_of(outcome: Outcome[Any]) -> str:
    return state_text(outcome.state, outcome.reason).replace(" ", "_")


def _problem(trace: Trace, outcome: Outcome[Any] | None) -> str | None:
    if outcome is not None:
        return None if outcome.error is None else str(outcome.error)
    errors = [poll.error for poll in trace.polls if poll.error is not None]
    return None if trace.job_state.seen or not errors else f"No poll was answered; the last failed: {errors[-1]}"


def _span_of(trace: Trace, outcome: Outcome[Any] | None) -> tuple[float, float] | None:
    times = [poll.at for poll in trace.polls]
    if outcome is not None:
        times += [outcome.seen_at.timestamp()] if trace.polls else _times(outcome)
    if not times:
        return None
    started = trace.job_state.started
    return _span(times[0] if started is None else min(started, times[0]), times[-1])


def _times(outcome: Outcome[Any]) -> tuple[float, float]:
    return outcome.started.timestamp(), outcome.seen_at.timestamp()


def _span(first: float, last: float) -> tuple[float, float]:
    """The calendar may have been set back in between."""
    return first, max(first, last)


def _late(
    trace: Trace, outcome: Outcome[Any], span: tuple[float, float], ended: float | None
) -> tuple[float, float] | None:
    """How late the end was seen; None if that cannot be told: it may have been long before the first answer."""
    if ended is not None:
        return span[1] - ended, span[1] - ended
    if outcome.state not in ENDED or not trace.polls:
        return None
    open_at = [span[0]] if trace.job_state.submitted else []
    open_at += [poll.at for poll in trace.polls[:-1] if poll.error is None]
    return (0.0, max(0.0, span[1] - open_at[-1])) if open_at else None
