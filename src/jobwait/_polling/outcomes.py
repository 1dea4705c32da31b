"""How a wait ends: the outcome, its message, and the last update."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias, TypeVar

import attrs

from jobwait._model.client import CallingClient
from jobwait._model.status_map import TERMINAL
from jobwait._model.types import Ending, Outcome, Update, brief
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Observation
from jobwait._polling.retry.classify import RetryDecision, classify, total
from jobwait._polling.retry.messages import fact_of, phrase_of, translate
from jobwait._polling.unknown_status import fact_of_status, reported, step_of_status
from jobwait._polling.wait_state import Wait
from jobwait._text import strip_link_queries
from jobwait.errors import (
    JobCanceled,
    JobFailed,
    JobWaitError,
    NeedsInput,
    UnexpectedReply,
    UnknownStatus,
    WaitTimeout,
)

S = TypeVar("S")
OnUpdate: TypeAlias = Callable[[Update[Any]], object]
_NO_TIME = 1.0  # seconds; only a rate limit, or other requests in flight, keep a longer wait from its first poll


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
        job=job_state.handle,
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
        text = f"{_subject(wait)} ended as {observation.raw_status}{_why(state, reason)}"
        error = kind(text, service=service.name, job_id=wait.job_state.job_id, snapshot=observation.snapshot)
    # An earlier snapshot does not show how the job ended.
    outcome = attrs.evolve(_outcome(wait, state, error), snapshot=observation.snapshot)
    wait.job_state.outcome = outcome
    return outcome


def _why(state: Ending, reason: str | None) -> str:
    """What follows the fact that a job has not succeeded: the service's *reason*, and the next step that fits it."""
    if state == "canceled":
        step = "Submit it again if it is still wanted."
    elif reason:
        step = "Fix the cause, then submit it again."
    else:
        step = "Check its input; if that is right, ask the support of the service, which needs this id."
    return f": {reason.rstrip('.')}. {step}" if reason else f"; the service gives no reason. {step}"


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
        return _timed_out(wait, f"{_subject(wait)} was not polled{_no_turn(wait.now - wait.began)}")
    decision = None if wait.trouble.last_error is None else _decision(wait, wait.trouble.last_error)
    if wait.answered is None and wait.trouble.last_error is not None and decision is not None:
        return unreachable(wait, wait.trouble.last_error, decision)
    end = max(wait.now, wait.deadline or 0.0)  # the last poll is a bit before the deadline, which the caller knows
    waited = f"after {brief(end - wait.began)} s ({_polls(wait)})"
    if wait.trouble.last_error is not None and decision is not None and wait.answered is not None:
        silence = brief(wait.now - wait.answered)
        waited = f"when it last answered, {silence} s before the deadline; the last error: "
        waited += fact_of(wait.trouble.last_error, decision).rstrip(".")
    text = f"{_subject(wait)} {_still(wait)} {waited}{_next(wait)}"
    return _timed_out(wait, text)


def _no_turn(waited: float) -> str:
    """What follows the fact that a job was not polled in *waited* seconds: why not, and the next step."""
    if waited < _NO_TIME:
        return ": the timeout left no time for a poll. Wait with a longer timeout."
    why = "its turn did not come, by the rate limit of its account or the requests in flight"
    step = (
        "Wait again with a longer timeout; under a rate limit many jobs need at least their number divided by the rate"
    )
    return f" in {brief(waited)} s: {why}. {step} (2000 jobs at 100 a minute: 1200 s)."


def _decision(wait: Wait[S], error: Exception) -> RetryDecision:
    return classify(error, wait.job_state.service.retry, wait.wall)


def _next(wait: Wait[S]) -> str:
    """What the deadline means for the job, and the next step."""
    state, raw = wait.job_state.state, wait.job_state.raw_status
    if state != "unknown" or raw is None:
        return f". {wait.cancellation}; wait again with a longer timeout."
    step = _step(wait, raw)
    return f": it may have ended. {wait.cancellation}. {step[0].upper()}{step[1:]}; then wait again."


def _still(wait: Wait[S]) -> str:
    """What the job still did when it was last seen; a status that is not documented is named."""
    service, state, raw = wait.job_state.service, wait.job_state.state, wait.job_state.raw_status
    if raw is None or (service.judge is not None and state != "unknown") or service.statuses.of(raw) != "unknown":
        return f"was still {state}"
    if state == "unknown" and raw == service.missing_status:
        return f"still reported no state ({raw})"
    if state == "unknown":
        return f"still reported {fact_of_status(service, raw, watched=_is_watched(wait))},"
    return f"was still {state} ({raw!r})"


def stopped(wait: Wait[S]) -> Outcome[S]:
    """The caller called stop(), or another job ended the wait."""
    text = (
        f"The wait for {_subject(wait)} was ended by {wait.wake_up.reason} after {_polls(wait)}. "
        "The job runs on; wait again to follow it."
    )
    return _timed_out(wait, text)


def _timed_out(wait: Wait[S], text: str) -> Outcome[S]:
    job_state = wait.job_state
    error = WaitTimeout(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    error.__cause__ = wait.trouble.last_error
    return _outcome(wait, "timed_out", error)


def unreachable(wait: Wait[S], cause: Exception, decision: RetryDecision) -> Outcome[S]:
    """A poll has failed for good, or no poll was successful until the deadline."""
    job_state = wait.job_state
    error = translate(
        cause, decision, job_state.service, job_state.job_id, _history(wait, decision), snapshot=job_state.snapshot
    )
    return _outcome(wait, "unreachable", error)


def _history(wait: Wait[S], decision: RetryDecision) -> str:
    """What came before the last failure; empty if that alone ended the wait."""
    if wait.answered is None and (decision.again or wait.polls > 1):
        return f" never answered: {wait.errors} of {_polls(wait)} failed; the last"
    if decision.again and wait.trouble.failing_since is not None and total(wait.trouble.failures) > 1:
        lasted = brief(wait.now - wait.trouble.failing_since)
        return f" did not answer for {lasted} s: {total(wait.trouble.failures)} polls in a row failed; the last"
    return ""


def unknown(wait: Wait[S], raw: str) -> Outcome[S]:
    """The service reports an undocumented status, and the policy has on_unknown="raise"."""
    job_state, text = wait.job_state, f'{_unknown_status(wait, raw)}, and on_unknown="raise": {_step(wait, raw)}.'
    error = UnknownStatus(text, service=job_state.service.name, job_id=job_state.job_id, snapshot=job_state.snapshot)
    return _outcome(wait, "unreachable", error)


def unknown_status_warning(wait: Wait[S], raw: str) -> str:
    """The warning for an undocumented status, given once in a wait."""
    return f"{_unknown_status(wait, raw)}. The wait goes on; {_step(wait, raw)}."


def needs_input(wait: Wait[S], observation: Observation[S]) -> Outcome[S]:
    """The job waits for its caller; it has not ended."""
    service = wait.job_state.service
    fact = f"it waits for your answer ({observation.raw_status}). Answer the service, then wait again."
    return _outcome(
        wait, "needs_input", NeedsInput.about(service, wait.job_state.job_id, fact, snapshot=observation.snapshot)
    )


def _unknown_status(wait: Wait[S], raw: str) -> str:
    return f"{_subject(wait)}{reported(wait.job_state.service, raw, watched=_is_watched(wait))}"


def _step(wait: Wait[S], raw: str) -> str:
    return step_of_status(wait.job_state.service, raw, watched=_is_watched(wait))


def _is_watched(wait: Wait[S]) -> bool:
    return isinstance(wait.job_state.client, CallingClient)


def last_update(job_state: JobState[S], outcome: Outcome[S], wait: Wait[S] | None = None) -> Update[S]:
    """The terminal update; the *wait* knows how many polls failed last, and how."""
    error = None if wait is None else wait.trouble.last_error
    failure = "" if wait is None or error is None else phrase_of(error, _decision(wait, error))
    raced = job_state.cancel_asked and outcome.state in {"succeeded", "failed"}
    shown = job_state.progress_history.shown
    if outcome.state in TERMINAL and shown is not None and shown.stage is not None:
        shown = None  # it was in that step when it was last polled, and is in none now
    return Update(
        outcome.state,
        job_state.raw_status,
        outcome.snapshot,
        shown,
        why="" if outcome.error is None else str(outcome.error),
        note="it ended before the requested cancellation took effect" if raced else "",
        terminal=True,
        service=outcome.service,
        job_id=outcome.job_id,
        reason=outcome.reason,
        failures=max(1, total(wait.trouble.failures)) if wait is not None and failure else 0,
        failure=failure,
    )
