"""Records of made-up jobs, for the tests of the page."""

from datetime import UTC, datetime

from jobwait import Outcome, Progress, Record, errors, promptforge, report
from jobwait._httpx import httpx
from jobwait._polling.observation import CachedSnapshot, Observation
from promptforge_client.models import JobStatus

BEGAN = 1_767_225_600.0  # 2026-01-01 00:00:00 UTC
ENDINGS = ("succeeded", "succeeded", "failed", "canceled", "timed_out", "unreachable")
POLLS = 6
CLIENT = promptforge.connect("k", base_url="http://127.0.0.1")  # never used: nothing is sent


def snapshot(ended):
    """A final status of PromptForge that says when the job ended."""
    at = datetime.fromtimestamp(ended, UTC).isoformat()
    return JobStatus.from_dict(
        {"job_id": "j", "status": "COMPLETED", "provider": "openai", "model": "m", "prompt_count": 9,
         "completed_count": 9, "failed_count": 0, "created_at": at, "started_processing_at": at, "completed_at": at}
    )  # fmt: skip


def add(made, name, began=BEGAN):
    """Add a job that began then, and was not polled yet, to the record *made*; its state."""
    job = promptforge.job(CLIENT, "x")
    job_state = job._state
    job_state.ids, job_state.started = {"job_id": name}, began
    made.add(job)
    return job_state


def poll(job_state, at, state, progress=None, error=None):
    """Let the job be polled at *at*, with *state* or *error* as the answer."""
    job_state.polls += 1
    if error is None:
        job_state.state, job_state.seen = state, True
    else:
        job_state.errors += 1
    found = Observation(state, state.upper(), progress=progress) if error is None else Observation(None, error=error)
    job_state.record(found.at(job_state.polls, at, at, at), None, 0.0)


def end(job_state, state, at, why="It did not go well.", ended=None):
    """Let the wait have ended as *state*, seen at *at*; the service says that the job *ended* then, if it does."""
    if state in {"succeeded", "failed", "canceled"}:
        job_state.state = state
    model = None if ended is None else snapshot(ended)
    job_state.cached = None if model is None else CachedSnapshot(model)
    error = None if state == "succeeded" else errors.JobFailed(why)
    moments = (datetime.fromtimestamp(job_state.started, UTC), datetime.fromtimestamp(at, UTC))
    job_state.record_end(
        Outcome("promptforge", job_state.job_id, state, model, error, job_state.polls, job_state.errors, *moments)
    )


def record(count, *, name="job-{}", why="It did not go well."):
    """A record of *count* jobs, polled six times each; of every seventh one poll failed."""
    made = Record()
    for number in range(count):
        began = BEGAN + number
        job_state = add(made, name.format(number), began)
        for turn in range(POLLS):
            failed = httpx.ReadTimeout("the response took too long") if turn == 3 and number % 7 == 0 else None
            at = began + 10.0 * (turn + 1)
            poll(job_state, at, "queued" if turn < 2 else "running", Progress(turn, POLLS), failed)
        ending = ENDINGS[number % len(ENDINGS)]
        end(job_state, ending, at, why, ended=at - 4 if ending == "succeeded" else None)
    return made


def many(count, path):
    """The page of *count* jobs."""
    return report(record(count), path, title="A night's work")
