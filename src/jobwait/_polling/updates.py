"""The updates of a running job: changes, in order, and outages; displays are told of each poll."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from attrs import frozen

from jobwait._model.service import Service
from jobwait._model.types import Estimate, Progress, State, Update
from jobwait._polling.aims.stretch import barred
from jobwait._polling.observation import Observation
from jobwait._polling.outcomes import unknown_status_warning
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.retry.classify import classify, total
from jobwait._polling.retry.messages import fact_of, phrase_of
from jobwait._polling.wait_state import Wait

S = TypeVar("S")


@frozen(eq=False, match_args=False, repr=False)
class News(Generic[S]):
    """
    An update, which *make* makes, with a *warning* if any.

    status: its state and raw status. changed: it tells a change, and is not for displays alone.
    """

    make: Callable[[], Update[S]]
    status: tuple[str, str | None]
    warning: str | None = None
    changed: bool = True


def changes(
    wait: Wait[S], inputs: ScheduleInput, observation: Observation[S], due: float | None, why: str, *, each: bool
) -> News[S] | None:
    """
    The news of a poll that was answered; None if nothing changed, unless *each* poll is wanted.

    due: when the next poll is sent; None: never.
    """
    job_state, state, shown = wait.job_state, cast("State", wait.job_state.state), inputs.progress_history.shown
    note = _went_back(wait.reported, observation.progress)
    wait.reported = observation.progress or wait.reported
    facts = (state, observation.raw_status, shown, inputs.stalled)
    changed = facts != wait.notified or bool(note) or wait.outage_told
    if not changed and not each:
        return None
    first, wait.notified, wait.outage_told = wait.notified is None, facts, False
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
    cached, next_poll = job_state.cached, None if due is None else due - wait.now

    def make() -> Update[S]:
        snapshot = None if cached is None else cached.model()
        return Update(
            state,
            observation.raw_status,
            snapshot,
            shown,
            rate=None if inputs.estimate is None else inputs.estimate.rate_range(),
            eta=inputs.eta() or _estimated(job_state.service, snapshot),
            stalled=inputs.stalled,
            next_poll=next_poll,
            why=why,
            note=note,
            service=job_state.service.name,
            job_id=job_state.job_id,
            from_list=observation.listed,
        )

    return News(make, (state, observation.raw_status), warning, changed)


def _estimated(service: Service[Any, S], snapshot: S | None) -> Estimate | None:
    """The time that the service says is left; how far it errs is not known, so from the half to the double."""
    left = None if snapshot is None or service.time_left is None else service.time_left(snapshot)
    return None if left is None else Estimate(left, left / 2, left * 2)


def in_outage(wait: Wait[S], due: float | None, why: str, *, each: bool) -> News[S] | None:
    """The news of *each* failed poll, else once only their duration lets the wait go on after so many in a row."""
    job_state, failed = wait.job_state, total(wait.trouble.failures)
    changed = failed == wait.settings.max_consecutive_errors
    if wait.trouble.last_error is None or not (changed or each):
        return None
    wait.outage_told = wait.outage_told or changed
    decision = classify(wait.trouble.last_error, job_state.service.retry, wait.wall)
    note = f"{failed} polls in a row failed; the last: {fact_of(wait.trouble.last_error, decision).rstrip('.')}"
    update = Update(
        cast("State", job_state.known_state),
        job_state.raw_status,
        job_state.snapshot,
        job_state.progress_history.shown,
        next_poll=None if due is None else due - wait.now,
        why=why,
        note=note if changed else "",
        service=job_state.service.name,
        job_id=job_state.job_id,
        failures=max(1, failed),
        failure=phrase_of(wait.trouble.last_error, decision),
    )
    return News(lambda: update, (update.state, update.raw_status), changed=changed)


def _went_back(before: Progress | None, now: Progress | None) -> str:
    if before is None or now is None or now.done >= before.done:
        return ""
    if before.stage is not None and now.stage is not None:
        return f"the service went back from step {before.done + 1} to step {now.done + 1}"
    return f"the service's count went back from {before.done} to {now.done}"
