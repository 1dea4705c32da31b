"""How a request that moves a file earns time: what the request now in this thread or task reports its bytes to."""

from contextvars import ContextVar
from typing import Any, Final

SLOWEST: Final = 16 * 1024  # bytes a second that a file has to move at, on average, once the timeout has passed
DEADLINE: Final[ContextVar[Any]] = ContextVar("jobwait_deadline", default=None)  # it has earn(), as below


def earn(count: int) -> None:
    """Tell the deadline of the request now under way of *count* bytes that were moved."""
    deadline = DEADLINE.get()
    if deadline is not None:
        deadline.earn(count)
