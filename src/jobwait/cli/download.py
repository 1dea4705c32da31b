"""`jobwait download`: the results of a job that has ended, into a folder."""

from jobwait.cli import _exits
from jobwait.cli.accounts import Accounts
from jobwait.cli.job_names import Jobs
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.cli.result_folder import Outputs
from jobwait.cli.run import show


def _download(jobs: Jobs, accounts: Accounts, outputs: Outputs, voice: Voice) -> int:
    """Write the results of a finished job to a folder; a download that broke off goes on."""
    with jobs.handle(accounts) as job:
        outputs.check(job.service.name, job.id)
        show(job, outputs, voice)
    return _exits.SUCCEEDED


download = command(_download)
