"""What a caller is told: changes only, in order, and the end exactly once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

from jobwait import _endings as endings
from jobwait._aim import barred
from jobwait._course import Course
from jobwait._desk import Heard
from jobwait._forecast import Track, estimate
from jobwait._reading import Reading
from jobwait._steps import Emit, Script
from jobwait._types import Estimate, Outcome, Progress, State, Update
from jobwait._wait import Wait

S = TypeVar("S")
OnUpdate: TypeAlias = Callable[[Update[Any]], object]


def tell(
    wait: Wait[S], heard: Heard, reading: Reading[S], due: float, why: str, on_update: OnUpdate | None
) -> Script[None]:
    """Tell of a change, and only of a change."""
    track, state = heard.track, cast("State", wait.course.state)
    note = _went_back(wait.reported, reading.progress)
    wait.reported = reading.progress or wait.reported
    news = (state, reading.raw_status, track.shown, track.stalled)
    if news == wait.told and not note:
        return
    first, wait.told = wait.told is None, news
    warning = None
    if state == "unknown" and not wait.warned:
        wait.warned, warning = True, endings.warning(wait, reading.raw_status)
    if due >= wait.last_chance:
        why = "the last look before the deadline"
    if first and _is_barred(wait, heard):
        why += "; the pace forbids looks as frequent as the aim asks for"
    update = Update(
        state,
        reading.raw_status,
        wait.course.snapshot,
        track.shown,
        rate=estimate(track.rate, track.spread),
        eta=_eta(wait, heard.track),
        stalled=track.stalled,
        next_look=due - wait.now,
        why=why,
        note=note,
        service=wait.course.service.name,
        job_id=wait.course.job_id,
    )
    wait.tick((yield Emit(update, on_update, warning)))


def _went_back(before: Progress | None, now: Progress | None) -> str:
    if before is None or now is None or now.done >= before.done:
        return ""
    return f"the service's count went back from {before.done} to {now.done}"


def _eta(wait: Wait[S], track: Track) -> Estimate | None:
    """Seconds to the end: by the job's own reports, else as like jobs have it."""
    if track.left is not None:
        return estimate(track.left, track.spread)
    if wait.law is None or (track.phased and track.waiting):
        return None
    return wait.law.remaining(track.lasted)


def _is_barred(wait: Wait[S], heard: Heard) -> bool:
    pace = wait.settled.pace
    age, looks = heard.sent - wait.origin, wait.course.looks
    return pace is not None and barred(wait.settled.aim, heard.track, wait.law, pace, age, looks)


def finish(course: Course[S], outcome: Outcome[S], on_update: OnUpdate | None) -> Script[Outcome[S]]:
    """The one terminal update, then the outcome."""
    raced = course.cancel_asked and outcome.state in {"succeeded", "failed"}
    update = Update(
        outcome.state,
        course.raw_status,
        outcome.snapshot,
        course.track.shown,
        note="it ended before the cancellation that was asked for" if raced else "",
        terminal=True,
        service=outcome.service,
        job_id=outcome.job_id,
    )
    yield Emit(update, on_update)
    return outcome
