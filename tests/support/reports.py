"""Reports of made-up jobs, for the tests of the page."""

from datetime import UTC, datetime

from jobwait import Outcome, Progress, Record, errors, promptforge, report
from jobwait._httpx import httpx
from jobwait._polling.observation import CachedSnapshot, Observation
from promptforge_client.models import JobStatus

BEGAN = 1_767_225_600.0
ENDINGS = ("succeeded", "succeeded", "failed", "canceled", "timed_out", "unreachable")


def snapshot(ended):
    """A final status of PromptForge that says when the job ended."""
    at = datetime.fromtimestamp(ended, UTC).isoformat()
    return JobStatus.from_dict(
        {"job_id": "j", "status": "COMPLETED", "provider": "openai", "model": "m", "prompt_count": 9,
         "completed_count": 9, "failed_count": 0, "created_at": at, "started_processing_at": at, "completed_at": at}
    )  # fmt: skip


def record(count, *, name="job-{}", why="It did not go well."):
    """A record of *count* jobs, polled six times each; of every seventh one poll failed."""
    client = promptforge.connect("k", base_url="http://127.0.0.1")
    made = Record()
    for number in range(count):
        job = promptforge.PromptForgeJob(promptforge.job(client, "x")._state)
        job_state = job._state
        job_state.ids = {"job_id": name.format(number)}
        job_state.started = BEGAN + number
        made.add(job)
        for poll in range(6):
            at = BEGAN + number + 10.0 * (poll + 1)
            job_state.state = "queued" if poll < 2 else "running"
            job_state.polls += 1
            failed = poll == 3 and number % 7 == 0
            job_state.errors += failed
            found = Observation("running", "PROCESSING", progress=Progress(poll, 6))
            if failed:
                found = Observation(None, error=httpx.ReadTimeout("the response took too long"))
            job_state.record(found.at(poll, at, at, at))
        end(job_state, ENDINGS[number % len(ENDINGS)], at, why)
    return made


def end(job_state, state, at, why):
    """Let the job have ended as *state*, seen at *at*."""
    job_state.state = state
    job_state.cached = CachedSnapshot(snapshot(at - 4)) if state == "succeeded" else None
    error = None if state == "succeeded" else errors.JobFailed(why)
    moments = (datetime.fromtimestamp(job_state.started, UTC), datetime.fromtimestamp(at, UTC))
    job_state.outcome = Outcome(
        "promptforge", job_state.job_id, state, job_state.snapshot, error, 6, job_state.errors, *moments
    )


def many(count, path):
    """The page of *count* jobs."""
    return report(record(count), path, title="A night's work")
