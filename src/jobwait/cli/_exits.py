"""What a command's exit status says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from jobwait.errors import (
    CallFailed,
    DownloadFailed,
    InvalidInput,
    JobCanceled,
    JobFailed,
    JobWaitError,
    ResultIncomplete,
    SubmitUnconfirmed,
    WaitTimeout,
)

SUCCEEDED: Final = 0
FAILED: Final = 1
USAGE: Final = 2
CANCELED: Final = 3
TIMED_OUT: Final = 4
COULD_NOT_ASK: Final = 5
FAULT: Final = 70  # of jobwait's own: BSD's EX_SOFTWARE
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

MEANING: Final = (
    "Exit status: 0 succeeded, 1 failed, 2 bad usage, 3 canceled, 4 timed out, 5 could not ask, 130 interrupted; "
    "of many jobs the highest."
)

_OF_STATE: Final = {
    "succeeded": SUCCEEDED,
    "failed": FAILED,
    "canceled": CANCELED,
    "timed_out": TIMED_OUT,
    "unreachable": COULD_NOT_ASK,
}
_OF_ERROR: Final[tuple[tuple[type[JobWaitError], int], ...]] = (
    (InvalidInput, USAGE),
    (JobCanceled, CANCELED),
    (JobFailed, FAILED),
    (WaitTimeout, TIMED_OUT),
    (CallFailed, COULD_NOT_ASK),
    (SubmitUnconfirmed, COULD_NOT_ASK),
    (ResultIncomplete, COULD_NOT_ASK),
    (DownloadFailed, COULD_NOT_ASK),
)


def of_states(states: Iterable[str]) -> int:
    """The exit status for jobs that ended so: the highest number among them."""
    return max((_OF_STATE[state] for state in states), default=SUCCEEDED)


def of_error(error: JobWaitError) -> int:
    """The exit status for *error*; what this machine's disk refuses is for its user to mend, as bad usage is."""
    if isinstance(error.__cause__, OSError):
        return USAGE
    return next((code for kind, code in _OF_ERROR if isinstance(error, kind)), USAGE)
