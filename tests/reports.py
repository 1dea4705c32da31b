"""Reports of made-up jobs, for the tests of the page."""

from datetime import UTC, datetime

import httpx

from jobwait import Outcome, Progress, Record, errors, promptforge, report
from jobwait._polling.coordinator import Heard
from jobwait._polling.observation import Reading
from jobwait._polling.snapshot import Kept
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
    """What was kept of *count* jobs that were looked at six times each; each seventh has a look that failed."""
    client = promptforge.connect("k", base_url="http://127.0.0.1")
    kept = Record()
    for number in range(count):
        job = promptforge.PromptForgeJob(promptforge.job(client, "x")._course)
        course = job._course
        course.ids = {"job_id": name.format(number)}
        course.started = BEGAN + number
        kept.add(job)
        for look in range(6):
            at = BEGAN + number + 10.0 * (look + 1)
            course.state = "queued" if look < 2 else "running"
            course.looks += 1
            failed = look == 3 and number % 7 == 0
            course.errors += failed
            reading = None if failed else Reading("running", "PROCESSING", None, Progress(look, 6))
            error = httpx.ReadTimeout("the answer took too long") if failed else None
            course.record(Heard(look, at, at, at, course.track, reading, error))
        end(course, ENDINGS[number % len(ENDINGS)], at, why)
    return kept


def end(course, state, at, why):
    """Let the job of *course* have ended as *state*, seen at *at*."""
    course.state = state
    course.kept = Kept(snapshot(at - 4)) if state == "succeeded" else None
    error = None if state == "succeeded" else errors.JobFailed(why)
    moments = (datetime.fromtimestamp(course.started, UTC), datetime.fromtimestamp(at, UTC))
    course.outcome = Outcome("promptforge", course.job_id, state, course.snapshot, error, 6, course.errors, *moments)


def many(count, path):
    """The page of *count* jobs."""
    return report(record(count), path, title="A night's work")
