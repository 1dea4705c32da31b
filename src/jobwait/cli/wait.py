"""`jobwait wait`: until jobs that run somewhere have ended."""

from jobwait.cli._accounts import Accounts
from jobwait.cli._follow import Patience, follow, status_of
from jobwait.cli._groups import command
from jobwait.cli._names import Jobs
from jobwait.cli._voice import Voice


def _wait(jobs: Jobs, accounts: Accounts, patience: Patience, voice: Voice) -> int:
    """Wait for jobs, of one service or of several."""
    patience.check()
    with jobs.handles(accounts) as handles:
        return status_of(follow(handles, voice, patience))


wait = command(_wait)
