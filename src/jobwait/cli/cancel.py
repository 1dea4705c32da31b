"""`jobwait cancel`: where the service can."""

from jobwait.cli import _exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.job_names import Jobs, name_of
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.errors import InvalidInput


def _cancel(jobs: Jobs, accounts: Accounts, voice: Voice) -> int:
    """Ask a service to cancel jobs; only Freeplay can."""
    with jobs.handles(accounts) as handles:
        for job in handles:
            if not hasattr(job, "cancel"):
                raise InvalidInput(f"{name_of(job)}: {job.service.name} cannot cancel a job; nothing was canceled.")
        for job in handles:
            job.cancel()  # type: ignore[attr-defined]
            voice.tell("cancel", service=job.service.name, job_id=job.id)
            voice.say(f"{name_of(job)}: asked to cancel; `jobwait wait {name_of(job)}` tells what came of it.")
    return _exits.SUCCEEDED


cancel = command(_cancel)
