"""One look, for all the waits on a handle: what is asked, and what the answer teaches us of the job."""

from __future__ import annotations

from typing import Any, TypeVar, cast

import httpx

from jobwait._model.types import State
from jobwait._polling.commands import Poll, Result
from jobwait._polling.coordinator import Observation
from jobwait._polling.duration_model import CompletedJob
from jobwait._polling.job_state import JobState
from jobwait._polling.observation import Reading, read
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait._polling.retry import is_expected
from jobwait._polling.wait_state import Wait

S = TypeVar("S")


def poll(wait: Wait[S]) -> Poll:
    """Ask how the job is, now."""
    job_state = wait.job_state
    job_state.last_poll = wait.wall
    return Poll(job_state.service, job_state.client, job_state.ids, wait.remaining, wait.failures_in_a_row)


def take_result(wait: Wait[S], answer: Result) -> None:
    """Take what came of the look; without a reply there was no room for one."""
    sent = wait.now
    wait.tick(answer)
    if answer.reply is not None:
        observe(wait.job_state, answer, sent, sent - wait.origin)


def observe(job_state: JobState[S], answer: Result, sent: float, age: float) -> Observation:
    """Tell the desk what *answer* says of the job, which was *age* seconds old when that was asked, at *sent*."""
    job_state.polls += 1
    reading, error = _read(job_state, answer)
    if reading is None:
        job_state.errors += 1
    else:
        _learn(job_state, reading, age)
    number = 1 if job_state.coordinator.observation is None else job_state.coordinator.observation.number + 1
    progress_history = job_state.progress_history
    observation = Observation(number, sent, answer.now, answer.wall, progress_history, reading, error)
    job_state.coordinator.observation = observation
    if job_state.record is not None:
        job_state.record(observation)
    return observation


def _read(job_state: JobState[S], answer: Result) -> tuple[Reading[S] | None, Exception | None]:
    if isinstance(answer.reply, Reading):
        return answer.reply, None
    try:
        if not isinstance(answer.reply, httpx.Response):
            failed = answer.reply if isinstance(answer.reply, Exception) else None
            raise failed or TypeError("a driver answers a Look with a response, a reading or an exception")
        last = None if job_state.coordinator.observation is None else job_state.coordinator.observation.reading
        return read(job_state.service, answer.reply, answer.wall, job_state.job_id, last), None
    except Exception as error:
        if not is_expected(error):
            raise
        return None, error


def _learn(job_state: JobState[S], reading: Reading[S], age: float) -> None:
    job_state.seen = True
    job_state.raw_status = reading.raw_status
    job_state.cached = job_state.cached if reading.cached is None else reading.cached
    job_state.state = _state(job_state, reading)
    before = job_state.progress_history
    job_state.progress_history = before.after(
        age, reading.progress, reading.size, queued=job_state.state == "queued", ours=job_state.submitted
    )
    if job_state.state == "succeeded" and job_state.submitted:
        completed_job = _completed_job(job_state, before)
        if completed_job is not None:
            job_state.history.add(completed_job)


def _state(job_state: JobState[Any], reading: Reading[Any]) -> State:
    """A vendor that documents no live status is not to blame for one: its progress says whether the job runs."""
    if reading.verdict == "unknown" and not job_state.service.live_statuses:
        return "queued" if reading.progress is None else "running"
    return cast("State", reading.verdict)


def _completed_job(job_state: JobState[Any], before: ProgressHistory) -> CompletedJob | None:
    """What the job's end adds to the history. Steps differ too much from job to job to be of use there."""
    if before.steps is not None:
        return None
    ended = (before.at + job_state.progress_history.at) / 2
    began = before.began if job_state.progress_history.has_queue_phase and before.began is not None else 0.0
    progress_accurate = None if before.counts is None else before.predicted(job_state.progress_history.at)
    early = job_state.polls == 1
    return CompletedJob(job_state.progress_history.size, max(ended - began, 1e-3), progress_accurate, early)
