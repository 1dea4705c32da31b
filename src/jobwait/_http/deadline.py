"""The deadline of the request in this thread or task, which each byte of a file extends."""

from contextvars import ContextVar
from typing import Any, Final

SLOWEST: Final = 16 * 1024  # bytes per second that a file transfer needs on average, once the timeout has passed
DEADLINE: Final[ContextVar[Any]] = ContextVar("jobwait_deadline", default=None)  # it has extend(), as below


def extend(count: int) -> None:
    """Extend the deadline of the current request for *count* bytes that were transferred."""
    deadline = DEADLINE.get()
    if deadline is not None:
        deadline.extend(count)
