"""Names of workflows, activities, signals and queries in histories: a changed one breaks the workflows that run."""

from typing import Final

from jobwait.errors import InvalidInput

WAIT_JOBS: Final = "jobwait_wait_jobs"
ACCOUNT_RATE: Final = "jobwait_account"
RUN_BATCH: Final = "jobwait_sweep"
FIND_GONE: Final = "jobwait_gone"
CANCEL_JOBS: Final = "jobwait_cancel"
JOIN: Final = "join"
LEAVE: Final = "leave"
PROGRESS: Final = "progress"
CHECKPOINT: Final = "stand"
SHARE: Final = "part"
RATE_STATE: Final = "sharing"


def queue_of(service: str, account: str) -> str:
    """
    The task queue of an account: only workers that have its key take tasks from it.

    Raises:
        InvalidInput: a name is empty, or contains a space or a character that cannot be printed.

    """
    for name in (service, account):
        if not name or any(char.isspace() or not char.isprintable() for char in name):
            raise InvalidInput(f"The name of a service or an account has no spaces in it, unlike {name!r}.")
    return f"jobwait-{service}-{account}"


def account_id(service: str, account: str) -> str:
    """The id of the workflow that divides the account's rate."""
    return f"jobwait-account-{service}-{account}"
