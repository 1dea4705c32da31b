"""The updates of a running job: changes, in order, and an outage."""

from typing import Any, TypeVar, cast

from jobwait._model.service import Service
from jobwait._model.types import Estimate, Progress, State, Update
from jobwait._polling.aims.stretch import barred
from jobwait._polling.observation import Observation
from jobwait._polling.outcomes import unknown_status_warning
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry.classify import classify, total
from jobwait._polling.retry.messages import fact_of
from jobwait._polling.wait_state import Wait

S = TypeVar("S")


def changes(
    wait: Wait[S], inputs: ScheduleInput, observation: Observation[S], due: float | None, why: str
) -> tuple[Update[S], str | None] | None:
    """The update, with a warning if any; None if nothing changed. due: when the next poll is sent; None: never."""
    job_state, state, shown = wait.job_state, cast("State", wait.job_state.state), inputs.progress_history.shown
    note = _went_back(wait.reported, observation.progress)
    wait.reported = observation.progress or wait.reported
    facts = (state, observation.raw_status, shown, inputs.stalled)
    if facts == wait.notified and not note:
        return None
    first, wait.notified = wait.notified is None, facts
    warning = None
    if state == "unknown" and not wait.warned:
        wait.warned, warning = True, unknown_status_warning(wait, observation.raw_status)
    if due is None:
        why = "this was the last poll before the deadline"
    elif due >= wait.last_poll_due:
        why = "the last poll before the deadline"
    limit = barred(wait.settings, inputs) if first else None
    if limit is not None:
        why += f"; the {limit} forbids polls as frequent as the aim asks for"
    snapshot = job_state.snapshot
    update = Update(
        state,
        observation.raw_status,
        snapshot,
        shown,
        rate=None if inputs.estimate is None else inputs.estimate.rate_range(),
        eta=inputs.eta() or _estimated(job_state.service, snapshot),
        stalled=inputs.stalled,
        next_poll=None if due is None else due - wait.now,
        why=why,
        note=note,
        service=job_state.service.name,
        job_id=job_state.job_id,
    )
    return update, warning


def _estimated(service: Service[Any, S], snapshot: S | None) -> Estimate | None:
    """The time that the service says is left; how far it errs is not known, so from the half to the double."""
    left = None if snapshot is None or service.time_left is None else service.time_left(snapshot)
    return None if left is None else Estimate(left, left / 2, left * 2)


def in_outage(wait: Wait[S], due: float | None, why: str) -> tuple[Update[S], None] | None:
    """The update once so many polls in a row have failed that only their duration does not end the wait yet."""
    job_state, failed = wait.job_state, total(wait.failures)
    if wait.last_error is None or failed != wait.settings.max_consecutive_errors:
        return None
    fact = fact_of(wait.last_error, classify(wait.last_error, job_state.service.retry, wait.wall))
    update = Update(
        cast("State", job_state.state) if job_state.seen else "unknown",
        job_state.raw_status,
        job_state.snapshot,
        job_state.progress_history.shown,
        next_poll=None if due is None else due - wait.now,
        why=why,
        note=f"{failed} polls in a row failed; the last: {fact.rstrip('.')}",
        service=job_state.service.name,
        job_id=job_state.job_id,
    )
    return update, None


def _went_back(before: Progress | None, now: Progress | None) -> str:
    if before is None or now is None or now.done >= before.done:
        return ""
    if before.stage is not None and now.stage is not None:
        return f"the service went back from step {before.done + 1} to step {now.done + 1}"
    return f"the service's count went back from {before.done} to {now.done}"
