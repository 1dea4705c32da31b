"""Names that stand in histories: changing one loses what runs."""

from __future__ import annotations

from typing import Final

from jobwait.errors import InvalidInput

SWEEP: Final = "jobwait_sweep"
GONE: Final = "jobwait_gone"
CANCEL: Final = "jobwait_cancel"
WAIT_JOBS: Final = "jobwait_wait_jobs"
ACCOUNT: Final = "jobwait_account"
JOIN: Final = "join"  # signals
LEAVE: Final = "leave"
PROGRESS: Final = "progress"  # queries
STAND: Final = "stand"
PART: Final = "part"
SHARING: Final = "sharing"


def queue_of(service: str, account: str) -> str:
    """The task queue of an account: only workers that have its key take from it."""
    for word in (service, account):
        if not word or any(char.isspace() or not char.isprintable() for char in word):
            raise InvalidInput(f"The name of a service or an account has no spaces in it, unlike {word!r}.")
    return f"jobwait-{service}-{account}"


def account_id(service: str, account: str) -> str:
    """The id of the workflow that divides the account's rate."""
    return f"jobwait-account-{service}-{account}"
