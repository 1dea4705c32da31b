"""What a caller is told: changes only, in order, and the end exactly once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from jobwait._model.types import Outcome, Progress, State, Update
from jobwait._polling import outcomes as endings
from jobwait._polling.aim import barred
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Reading
from jobwait._polling.progress_estimate import ScheduleInput
from jobwait._polling.wait_state import Wait

S = TypeVar("S")
OnUpdate: TypeAlias = Callable[[Update[Any]], object]


def changes(
    wait: Wait[S], inputs: ScheduleInput, reading: Reading[S], due: float | None, why: str
) -> tuple[Update[S], str | None] | None:
    """What has changed, with a warning where it is odd; *due* is when the next look is, None if this was the last."""
    job_state, state, shown = wait.job_state, cast("State", wait.job_state.state), inputs.progress_history.shown
    note = _went_back(wait.reported, reading.progress)
    wait.reported = reading.progress or wait.reported
    facts = (state, reading.raw_status, shown, inputs.stalled)
    if facts == wait.notified and not note:
        return None
    first, wait.notified = wait.notified is None, facts
    warning = None
    if state == "unknown" and not wait.warned:
        wait.warned, warning = True, endings.warning(wait, reading.raw_status)
    if due is None:
        why = "this was the last look before the deadline"
    elif due >= wait.last_chance:
        why = "the last look before the deadline"
    if first and wait.settings.interval is not None and barred(wait.settings.aim, inputs, wait.settings.interval):
        why += "; the pace forbids looks as frequent as the aim asks for"
    update = Update(
        state,
        reading.raw_status,
        job_state.snapshot,
        shown,
        rate=None if inputs.estimate is None else inputs.estimate.rate_range(),
        eta=inputs.eta(),
        stalled=inputs.stalled,
        next_poll=None if due is None else due - wait.now,
        why=why,
        note=note,
        service=job_state.service.name,
        job_id=job_state.job_id,
    )
    return update, warning


def _went_back(before: Progress | None, now: Progress | None) -> str:
    if before is None or now is None or now.done >= before.done:
        return ""
    if before.stage is not None and now.stage is not None:
        return f"the service went back from step {before.done + 1} to step {now.done + 1}"
    return f"the service's count went back from {before.done} to {now.done}"


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
