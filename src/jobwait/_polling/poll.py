"""One look, for all the waits on a handle: what is asked, and what the answer teaches us of the job."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import httpx

from jobwait._model.types import State
from jobwait._polling.commands import Answer, Look
from jobwait._polling.coordinator import Heard
from jobwait._polling.duration_model import Past
from jobwait._polling.job_state import Course
from jobwait._polling.observation import Reading, read
from jobwait._polling.progress_estimate import Track
from jobwait._polling.retry import is_expected
from jobwait._polling.wait_state import Wait

S = TypeVar("S")


def look(wait: Wait[S]) -> Look:
    """Ask how the job is, now."""
    course = wait.course
    course.last_look = wait.wall
    return Look(course.service, course.client, course.ids, wait.remaining, wait.failures_in_a_row)


def looked(wait: Wait[S], answer: Answer) -> None:
    """Take what came of the look; without a reply there was no room for one."""
    sent = wait.now
    wait.tick(answer)
    if answer.reply is not None:
        hear(wait.course, answer, sent, sent - wait.origin)


def hear(course: Course[S], answer: Answer, sent: float, age: float) -> Heard:
    """Tell the desk what *answer* says of the job, which was *age* seconds old when that was asked, at *sent*."""
    course.looks += 1
    reading, error = _read(course, answer)
    if reading is None:
        course.errors += 1
    else:
        _learn(course, reading, age)
    number = 1 if course.desk.heard is None else course.desk.heard.number + 1
    track = course.track
    heard = Heard(number, sent, answer.now, answer.wall, track, reading, error)
    course.desk.heard = heard
    if course.record is not None:
        course.record(heard)
    return heard


def _read(course: Course[S], answer: Answer) -> tuple[Reading[S] | None, Exception | None]:
    if isinstance(answer.reply, Reading):
        return answer.reply, None
    try:
        if not isinstance(answer.reply, httpx.Response):
            failed = answer.reply if isinstance(answer.reply, Exception) else None
            raise failed or TypeError("a driver answers a Look with a response, a reading or an exception")
        last = None if course.desk.heard is None else course.desk.heard.reading
        return read(course.service, answer.reply, answer.wall, course.job_id, last), None
    except Exception as error:
        if not is_expected(error):
            raise
        return None, error


def _learn(course: Course[S], reading: Reading[S], age: float) -> None:
    course.seen = True
    course.raw_status = reading.raw_status
    course.kept = course.kept if reading.kept is None else reading.kept
    course.state = _state(course, reading)
    before = course.track
    course.track = before.after(
        age, reading.progress, reading.size, queued=course.state == "queued", ours=course.submitted
    )
    if course.state == "succeeded" and course.submitted:
        past = _past(course, before)
        if past is not None:
            course.history.add(past)


def _state(course: Course[Any], reading: Reading[Any]) -> State:
    """A vendor that documents no live status is not to blame for one: its progress says whether the job runs."""
    if reading.verdict == "unknown" and not course.service.live_statuses:
        return "queued" if reading.progress is None else "running"
    return cast("State", reading.verdict)


def _past(course: Course[Any], before: Track) -> Past | None:
    """What the job's end adds to the history. Steps differ too much from job to job to be of use there."""
    if before.steps is not None:
        return None
    ended = (before.at + course.track.at) / 2
    began = before.began if course.track.phased and before.began is not None else 0.0
    honest = None if before.counts is None else before.foretold(course.track.at)
    early = course.looks == 1
    return Past(course.track.size, max(ended - began, 1e-3), honest, early)
