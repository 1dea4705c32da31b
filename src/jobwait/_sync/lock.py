"""One lock for the few moments in which waits meet; a forked child begins with a free one."""

from __future__ import annotations

import os
import threading


def lock() -> threading.RLock:
    """The lock of this process. A thread may take it again, since a signal may come in the middle."""
    return _LOCK


def _begin() -> None:
    """Whoever held the lock stayed with the parent, and would never let go of the child's copy."""
    global _LOCK  # noqa: PLW0603 - it is the process's own
    _LOCK = threading.RLock()


_LOCK: threading.RLock
_begin()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin)
