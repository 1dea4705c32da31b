"""
A task that no block of the caller's owns.

A generator must hold neither a task group nor a cancel scope while it yields: a caller that leaves its loop early, or
bounds one step, would break them and the event loop. What it needs done meanwhile is done in a task of its own.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from typing import Any, Final

_TASKS: Final[set[asyncio.Task[None]]] = set()  # event loops hold weak references only


def in_asyncio() -> bool:
    """Whether the running event loop is asyncio's, and not trio's."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def spawn(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *work*, which must not raise, in a task of its own; the caller must end it."""
    if in_asyncio():
        task = asyncio.create_task(work())
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
        return
    import trio  # noqa: PLC0415 - only if trio runs the loop

    trio.lowlevel.spawn_system_task(work, context=contextvars.copy_context())
