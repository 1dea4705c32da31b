"""`jobwait download`: the results of a job that has ended, into a folder."""

from jobwait.cli import _exits
from jobwait.cli._accounts import Accounts
from jobwait.cli._groups import command
from jobwait.cli._names import Jobs
from jobwait.cli._outputs import Outputs
from jobwait.cli._voice import Voice
from jobwait.cli.run import show


def _download(jobs: Jobs, accounts: Accounts, outputs: Outputs, voice: Voice) -> int:
    """Write the results of a finished job to a folder; a download that broke off goes on."""
    with jobs.handle(accounts) as job:
        outputs.check(job.service.name, job.id)
        show(job, outputs, voice)
    return _exits.SUCCEEDED


download = command(_download)
