"""The deadline of the request in this thread or task, which each byte of a file extends."""

from contextvars import ContextVar
from typing import Final, Protocol

SLOWEST: Final = 16 * 1024  # bytes per second that a file transfer needs on average, once the timeout has passed


class Deadline(Protocol):
    """The deadline of one request."""

    def extend(self, count: int) -> None:
        """Extend it for *count* bytes that were transferred."""
        ...


DEADLINE: Final[ContextVar[Deadline | None]] = ContextVar("jobwait_deadline", default=None)


def extend(count: int) -> None:
    """Extend the deadline of the current request for *count* bytes that are sent."""
    deadline = DEADLINE.get()
    if deadline is not None:
        deadline.extend(count)
