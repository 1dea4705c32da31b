"""The deadline of the request in this thread or task, which each byte of a file extends."""

import weakref
from contextvars import ContextVar, Token
from typing import Any, Final

SLOWEST: Final = 16 * 1024  # bytes per second that a file transfer needs on average, once the timeout has passed
# A weak reference: if an interruption skips the end of a request, its deadline does not bound later ones.
_CURRENT: Final[ContextVar[Any]] = ContextVar("jobwait_deadline", default=None)


def begin(deadline: Any) -> Token[Any]:
    """Make *deadline*, which has `extend()`, that of the current request, as long as the caller holds it."""
    return _CURRENT.set(weakref.ref(deadline))


def end(token: Token[Any]) -> None:
    """Restore what was before `begin` gave *token*."""
    _CURRENT.reset(token)


def current() -> Any:
    """The deadline of the current request; None outside of one."""
    held = _CURRENT.get()
    return None if held is None else held()


def extend(count: int) -> None:
    """Extend the deadline of the current request for *count* bytes that were transferred."""
    deadline = current()
    if deadline is not None:
        deadline.extend(count)
