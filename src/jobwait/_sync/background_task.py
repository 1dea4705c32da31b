"""
A task that no block of the caller's owns.

A generator must hold neither a task group nor a cancel scope while it yields: a caller that leaves its loop early, or
bounds one step, would break them and the event loop. What it needs done meanwhile is done in a task of its own.
"""

from __future__ import annotations

import contextvars
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, TypeVar

from jobwait._sync import clock
from jobwait._sync.wake_up import call_in_loop

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")
_TASKS: Final[set[asyncio.Task[None]]] = set()  # event loops hold weak references only


def in_asyncio() -> bool:
    """Whether the running event loop is asyncio's, and not trio's."""
    if "asyncio" not in sys.modules:
        return False
    try:
        _asyncio().get_running_loop()
    except RuntimeError:
        return False
    return True


def spawn(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *work*, which must not raise, in a task of its own; the caller must end it."""
    if in_asyncio():
        task = _asyncio().create_task(work())
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
        return
    _trio().lowlevel.spawn_system_task(work, context=contextvars.copy_context())


async def finished(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *work* to its end, whatever is canceled meanwhile: in asyncio a second cancellation ends this alone."""
    import anyio  # noqa: PLC0415 - it is loaded by those who send requests

    with anyio.CancelScope(shield=True):
        if not in_asyncio():
            await work()
            return
        task = _asyncio().create_task(work())
        _TASKS.add(task)
        task.add_done_callback(_TASKS.discard)
        await _asyncio().shield(task)


async def in_thread(work: Callable[[], T]) -> T:
    """What *work* returns, or raises, in a thread, so that the event loop goes on; in this one if none can start."""
    event: Any = _asyncio().Event() if in_asyncio() else _trio().Event()
    done, found, errors = call_in_loop(event.set), [], []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's task
            errors.append(error)
        done()

    thread = threading.Thread(target=run, name="jobwait_work", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return work()
    with clock.current.sending():
        await event.wait()
    if errors:
        raise errors[0]
    return found[0]


def _asyncio() -> Any:
    import asyncio  # noqa: PLC0415 - sync programs need none of it

    return asyncio


def _trio() -> Any:
    import trio  # noqa: PLC0415 - only if trio runs the loop

    return trio
