"""`jobwait wait`: until jobs that run somewhere have ended."""

from jobwait.cli.accounts import Accounts
from jobwait.cli.job_names import Jobs
from jobwait.cli.options import command
from jobwait.cli.output import Voice
from jobwait.cli.waiting import WaitOptions, follow, status_of


def _wait(jobs: Jobs, accounts: Accounts, wait_options: WaitOptions, voice: Voice) -> int:
    """Wait for jobs, of one service or of several."""
    wait_options.check()
    with jobs.handles(accounts) as handles:
        return status_of(follow(handles, voice, wait_options))


wait = command(_wait)
