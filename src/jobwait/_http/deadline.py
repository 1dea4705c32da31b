"""How a request that moves a file earns time: what the request now in this thread or task reports its bytes to."""

from contextvars import ContextVar
from typing import Final, Protocol

SLOWEST: Final = 16 * 1024  # bytes a second that a file has to move at, on average, once the timeout has passed


class Deadline(Protocol):
    """The end of one request."""

    def earn(self, count: int) -> None:
        """Take note of *count* bytes that were moved."""
        ...


DEADLINE: Final[ContextVar[Deadline | None]] = ContextVar("jobwait_deadline", default=None)


def earn(count: int) -> None:
    """Tell the deadline of the request now under way of *count* bytes that go out."""
    deadline = DEADLINE.get()
    if deadline is not None:
        deadline.earn(count)
