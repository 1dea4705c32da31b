"""`jobwait wait`: until jobs that run somewhere have ended."""

from jobwait.cli._accounts import Accounts
from jobwait.cli._follow import WaitOptions, follow, status_of
from jobwait.cli._groups import command
from jobwait.cli._names import Jobs
from jobwait.cli._voice import Voice


def _wait(jobs: Jobs, accounts: Accounts, wait_options: WaitOptions, voice: Voice) -> int:
    """Wait for jobs, of one service or of several."""
    wait_options.check()
    with jobs.handles(accounts) as handles:
        return status_of(follow(handles, voice, wait_options))


wait = command(_wait)
