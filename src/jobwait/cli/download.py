"""`jobwait download`: the results of a job that has ended, into a folder."""

from . import _exits
from ._accounts import Accounts
from ._groups import command
from ._names import Jobs
from ._outputs import Outputs
from ._voice import Voice
from .run import show


def _download(jobs: Jobs, accounts: Accounts, outputs: Outputs, voice: Voice) -> int:
    """Write the results of a finished job to a folder; a download that broke off goes on."""
    with jobs.handle(accounts) as job:
        outputs.check(job.service.name, job.id)
        show(job, outputs, voice)
    return _exits.SUCCEEDED


download = command(_download)
