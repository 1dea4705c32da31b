"""How a wait ends: the outcome, the sentence that says what it means, and the last update."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import attrs

from jobwait._model.service import Service
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
    RateLimited,
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
        snapshot=job_state.snapshot if error is None else error.snapshot,  # made once: it is decoded anew
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
        error = kind(
            f"{_subject(wait)} ended as {observation.raw_status}{why}. Submit it again once that is mended.",
            service=service.name,
            job_id=wait.job_state.job_id,
            snapshot=observation.snapshot,
        )
    # An earlier snapshot is no word on how the job ended.
    outcome = attrs.evolve(_outcome(wait, state, error), snapshot=observation.snapshot)
    wait.job_state.outcome = outcome
    return outcome


def _undecodable(wait: Wait[S], observation: Observation[S], cause: Exception) -> UnexpectedReply:
    error = translate(
        cause, RetryDecision(kind=UnexpectedReply, again=False), wait.job_state.service, wait.job_state.job_id
    )
    assert isinstance(error, UnexpectedReply)  # noqa: S101 - the kind just asked for
    error.state = observation.state
    error.message = (
        f"{_subject(wait)} ended as {observation.raw_status}, but the rest of the answer is not what its "
        f"specification says ({strip_link_queries(str(cause))}). The body is in this error."
    )
    error.snapshot = wait.job_state.snapshot
    return error


def timed_out(wait: Wait[S]) -> Outcome[S]:
    """The deadline has come."""
    if wait.polls == 0:
        text = f"{_subject(wait)} was not asked for: the timeout left no room for a poll. Wait with a longer one."
    else:
        waited = f"{brief(wait.now - wait.began)} s ({_polls(wait)})"
        text = (
            f"{_subject(wait)} was still {wait.job_state.state} after {waited}. "
            "It was not canceled; wait again with a longer timeout."
        )
    return _stopped_asking(wait, text)


def stopped(wait: Wait[S]) -> Outcome[S]:
    """Somebody called stop()."""
    text = (
        f"The wait for {_subject(wait)} was ended by stop() after {_polls(wait)}. "
        "The job runs on; wait again to follow it."
    )
    return _stopped_asking(wait, text)


def _stopped_asking(wait: Wait[S], text: str) -> Outcome[S]:
    job_state = wait.job_state
    error = WaitTimeout(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    error.__cause__ = wait.last_error
    return _outcome(wait, "timed_out", error)


def unreachable(wait: Wait[S], cause: Exception, decision: RetryDecision) -> Outcome[S]:
    """Asking has failed for good."""
    error = translate(cause, decision, wait.job_state.service, wait.job_state.job_id, snapshot=wait.job_state.snapshot)
    return _outcome(wait, "unreachable", error)


def retry_after_too_long(wait: Wait[S], cause: Exception, decision: RetryDecision) -> Outcome[S]:
    """Retry-After asks for more time than the deadline or the policy has."""
    return unreachable(wait, cause, attrs.evolve(decision, kind=RateLimited))


def unknown(wait: Wait[S], raw: str) -> Outcome[S]:
    """A status that the service module does not know, under on_unknown="raise"."""
    job_state = wait.job_state
    text = f"{_subject(wait)} reports {raw!r}, {_not_documented(job_state.service)}; the policy says to raise."
    error = UnknownStatus(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    return _outcome(wait, "unreachable", error)


def unknown_status_warning(wait: Wait[S], raw: str) -> str:
    """The one warning for a status that the service module does not know."""
    return f"{_subject(wait)} reports {raw!r}, {_not_documented(wait.job_state.service)}; the wait goes on."


def _not_documented(service: Service[object, S]) -> str:
    return f"a status that {service.name}'s specification does not name"


def last_update(job_state: JobState[S], outcome: Outcome[S]) -> Update[S]:
    """The one terminal update."""
    raced = job_state.cancel_asked and outcome.state in {"succeeded", "failed"}
    return Update(
        outcome.state,
        job_state.raw_status,
        outcome.snapshot,
        job_state.progress_history.shown,
        why="" if outcome.error is None else str(outcome.error),
        note="it ended before the cancellation that was asked for" if raced else "",
        terminal=True,
        service=outcome.service,
        job_id=outcome.job_id,
    )
