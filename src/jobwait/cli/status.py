"""`jobwait status`: one look at each job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobwait.cli import _exits, json_forms
from jobwait.cli.accounts import Accounts
from jobwait.cli.exits import complain
from jobwait.cli.job_names import Jobs, name_of
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.errors import JobWaitError

if TYPE_CHECKING:
    from jobwait import Job


def _status(jobs: Jobs, accounts: Accounts, voice: Voice) -> int:
    """Show the status of jobs, asked for once."""
    with jobs.handles(accounts) as handles:
        return max(_poll(job, voice) for job in handles)


def _poll(job: Job[Any], voice: Voice) -> int:
    try:
        snapshot = job.status()
    except JobWaitError as error:
        voice.tell("status", service=job.service.name, job_id=job.id, state=None, error=json_forms.of_error(error))
        complain(str(error))
        return _exits.of_error(error)
    service = job.service
    raw, done = str(service.status(snapshot)), service.progress(snapshot)
    state = service.statuses.of(raw)
    voice.tell(
        "status", service=service.name, job_id=job.id, state=state, error=None, snapshot=json_forms.of_model(snapshot)
    )
    reason = service.reason(snapshot)
    told = [f"{name_of(job)} {state}", f"({raw})", str(done) if done else "", reason or ""]
    voice.say(" ".join(part for part in told if part))
    return _exits.SUCCEEDED


status = command(_status)
