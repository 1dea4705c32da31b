"""How a wait ends: the outcome, its message, and the last update."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import attrs

from jobwait._model.types import Ending, Outcome, Update, brief
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.retry.classify import RetryDecision
from jobwait._polling.retry.messages import translate
from jobwait._polling.wait_state import Wait
from jobwait._text import strip_link_queries
from jobwait.errors import (
    JobCanceled,
    JobFailed,
    JobWaitError,
    UnexpectedReply,
    UnknownStatus,
    WaitTimeout,
)

S = TypeVar("S")
OnUpdate: TypeAlias = Callable[[Update[Any]], object]


def _outcome(wait: Wait[S], state: Ending, error: JobWaitError | None) -> Outcome[S]:
    job_state = wait.job_state
    return Outcome(
        service=job_state.service.name,
        job_id=job_state.job_id,
        state=state,
        snapshot=job_state.snapshot if error is None else error.snapshot,  # decoded once
        error=error,
        polls=wait.polls,
        errors=wait.errors,
        started=datetime.fromtimestamp(wait.began_wall, UTC),
        seen_at=datetime.fromtimestamp(wait.wall, UTC),
    )


def _subject(wait: Wait[S]) -> str:
    return f"{wait.job_state.service.name} job {wait.job_state.job_id}"


def _polls(wait: Wait[S]) -> str:
    return "1 poll" if wait.polls == 1 else f"{wait.polls} polls"


def ended(wait: Wait[S], observation: Observation[S], state: Ending) -> Outcome[S]:
    """The service says that the job has ended."""
    service = wait.job_state.service
    error: JobWaitError | None = None
    if observation.error is not None:
        error = _undecodable(wait, observation, observation.error)
    elif state != "succeeded" and observation.snapshot is not None:
        kind = JobCanceled if state == "canceled" else JobFailed
        reason = service.reason(observation.snapshot)
        why = f": {reason.rstrip('.')}" if reason else "; the service gives no reason"
        text = f"{_subject(wait)} ended as {observation.raw_status}{why}. Fix the cause, then submit it again."
        error = kind(text, service=service.name, job_id=wait.job_state.job_id, snapshot=observation.snapshot)
    # An earlier snapshot does not show how the job ended.
    outcome = attrs.evolve(_outcome(wait, state, error), snapshot=observation.snapshot)
    wait.job_state.outcome = outcome
    return outcome


def _undecodable(wait: Wait[S], observation: Observation[S], cause: Exception) -> UnexpectedReply:
    error = translate(
        cause, RetryDecision(kind=UnexpectedReply, again=False), wait.job_state.service, wait.job_state.job_id
    )
    assert isinstance(error, UnexpectedReply)  # noqa: S101 - the kind given above
    error.state = observation.state
    error.message = (
        f"{_subject(wait)} ended as {observation.raw_status}, but the rest of the response is not what its "
        f"specification says ({strip_link_queries(str(cause))}). The body is in this error."
    )
    error.snapshot = wait.job_state.snapshot
    return error


def timed_out(wait: Wait[S]) -> Outcome[S]:
    """The deadline has come."""
    if wait.polls == 0:
        text = f"{_subject(wait)} was not polled: the timeout left no time for a poll. Wait with a longer timeout."
    else:
        waited = f"{brief(wait.now - wait.began)} s ({_polls(wait)})"
        text = (
            f"{_subject(wait)} was still {wait.job_state.state} after {waited}. "
            "It was not canceled; wait again with a longer timeout."
        )
    return _timed_out(wait, text)


def stopped(wait: Wait[S]) -> Outcome[S]:
    """The caller called stop()."""
    text = (
        f"The wait for {_subject(wait)} was ended by stop() after {_polls(wait)}. "
        "The job runs on; wait again to follow it."
    )
    return _timed_out(wait, text)


def _timed_out(wait: Wait[S], text: str) -> Outcome[S]:
    job_state = wait.job_state
    error = WaitTimeout(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    error.__cause__ = wait.last_error
    return _outcome(wait, "timed_out", error)


def unreachable(wait: Wait[S], cause: Exception, decision: RetryDecision) -> Outcome[S]:
    """A poll has failed for good."""
    error = translate(cause, decision, wait.job_state.service, wait.job_state.job_id, snapshot=wait.job_state.snapshot)
    return _outcome(wait, "unreachable", error)


def unknown(wait: Wait[S], raw: str) -> Outcome[S]:
    """The service reports an undocumented status, and the policy has on_unknown="raise"."""
    job_state, text = wait.job_state, f"{_unknown_status(wait, raw)}; the policy says to raise."
    error = UnknownStatus(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    return _outcome(wait, "unreachable", error)


def unknown_status_warning(wait: Wait[S], raw: str) -> str:
    """The warning for an undocumented status, given once in a wait."""
    return f"{_unknown_status(wait, raw)}; the wait goes on."


def _unknown_status(wait: Wait[S], raw: str) -> str:
    return (
        f"{_subject(wait)} reports {raw!r}, a status that {wait.job_state.service.name}'s specification does not name"
    )


def last_update(job_state: JobState[S], outcome: Outcome[S]) -> Update[S]:
    """The terminal update."""
    raced = job_state.cancel_asked and outcome.state in {"succeeded", "failed"}
    return Update(
        outcome.state,
        job_state.raw_status,
        outcome.snapshot,
        job_state.progress_history.shown,
        why="" if outcome.error is None else str(outcome.error),
        note="it ended before the requested cancellation took effect" if raced else "",
        terminal=True,
        service=outcome.service,
        job_id=outcome.job_id,
    )
