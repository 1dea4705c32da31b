"""One look, for all the waits on a handle: who sends it, and what it teaches us of the job."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import httpx

from jobwait._course import Course
from jobwait._desk import Heard
from jobwait._forecast import Track
from jobwait._history import Past
from jobwait._judge import is_expected
from jobwait._reading import Reading, read
from jobwait._steps import Answer, Look, Script, Sleep
from jobwait._types import State
from jobwait._wait import Wait

S = TypeVar("S")

LONG = 3600.0  # seconds; a wait without a deadline sleeps so long for another's answer, and again
JUMP = 30.0  # seconds by which the calendar may outrun the monotonic clock before we take it that the machine slept


def next_heard(wait: Wait[S], due: float) -> Script[Heard | None]:
    """The next answer, to a look of ours at *due* or to another wait's; None if the wait must end first."""
    desk, bell = wait.course.desk, wait.bell
    while not bell.is_set() and not wait.is_over:
        if desk.heard is not None and desk.heard.number > wait.heard:
            return desk.heard
        if wait.before(due):
            due = yield from _rest(wait, due)
        elif desk.claim(bell):
            try:
                return (yield from _look(wait))
            finally:
                desk.release(bell)
        else:
            wait.tick((yield Sleep(min(LONG, wait.remaining or LONG), bell)))
    return None


def _rest(wait: Wait[S], due: float) -> Script[float]:
    """Sleep towards *due*. A machine that slept as well looks as soon as the pace allows, as much may have happened."""
    now, wall = wait.now, wait.wall
    wait.tick((yield Sleep(due - now, wait.bell)))
    overslept = (wait.wall - wall) - (wait.now - now) > JUMP
    return min(due, wait.paced(wait.now)) if overslept else due


def _look(wait: Wait[S]) -> Script[Heard | None]:
    course, sent = wait.course, wait.now
    course.last_look = wait.wall
    answer = yield Look(course.service, course.client, course.ids, wait.remaining)
    wait.tick(answer)
    return None if answer.reply is None else hear(course, answer, sent, sent - wait.origin)


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
    heard = Heard(number, sent, answer.now, answer.wall, track, track.forecast(), reading, error)
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
        return read(course.service, answer.reply, answer.wall, course.job_id), None
    except Exception as error:
        if not is_expected(error):
            raise
        return None, error


def _learn(course: Course[S], reading: Reading[S], age: float) -> None:
    course.seen = True
    course.raw_status = reading.raw_status
    course.snapshot = reading.snapshot if reading.snapshot is not None else course.snapshot
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
