"""Wakes or stops a wait, from any thread, whether it sleeps in a thread or in an event loop."""

import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from jobwait._sync import clock

_LONGEST = 3600.0  # seconds of one sleep, below threading.TIMEOUT_MAX; the operation then sleeps again


def lock() -> threading.RLock:
    """The lock of this process for what waits share; reentrant, as a signal handler may run while it is held."""
    return _LOCK


def forks() -> int:
    """How many forks lie between this process and the one that imported this module."""
    return _FORKS


def _make_lock() -> None:
    """Make a new lock; in a forked child, as a thread of the parent may hold the old one."""
    global _LOCK  # noqa: PLW0603 - one for the process
    _LOCK = threading.RLock()


def _after_fork() -> None:
    global _FORKS  # noqa: PLW0603 - one for the process
    _make_lock()
    _FORKS += 1


_LOCK = threading.RLock()
_FORKS = 0
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class WakeUp:
    """Ends the sleep of one wait and, once set, the wait, for a *reason*; from any thread or a signal handler."""

    __slots__ = ("_callbacks", "_is_set", "_woken", "reason")

    def __init__(self) -> None:
        self.reason = "stop()"
        self._woken = False
        self._is_set = False
        self._callbacks: tuple[Callable[[], object], ...] = ()

    def is_set(self) -> bool:
        """Whether the wait was asked to end."""
        return self._is_set

    def set(self) -> None:
        """End the wait."""
        self._is_set = True
        self.wake()

    def wake(self) -> None:
        """End the wait's current or next sleep."""
        with lock():
            self._woken = True
            callbacks = self._callbacks
        for callback in callbacks:
            callback()

    def notify(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call *callback* at each wake-up, in the waking thread; returns a function that ends this."""
        with lock():
            self._callbacks = (*self._callbacks, callback)
            late = self._woken
        if late:
            callback()
        return lambda: self._forget(callback)

    def wait(self, timeout: float) -> bool:
        """Block this thread for at most *timeout* seconds; whether the wait was asked to end."""
        # Its put() is reentrant: an event may deadlock in a signal handler.
        woken: clock.Queue[None] = clock.current.queue()
        forget = self.notify(lambda: woken.put(None))
        try:
            with suppress(queue.Empty):
                woken.get(timeout=min(timeout, _LONGEST))
        finally:
            forget()
        return self._consume()

    async def wait_async(self, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's deadline, not a scope's
        """Suspend this task for at most *timeout* seconds; whether the wait was asked to end."""
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        woken = anyio.Event()
        forget = self.notify(call_in_loop(woken.set))
        try:
            await clock.current.wait_async(woken, min(timeout, _LONGEST))
        finally:
            forget()
        return self._consume()

    def _consume(self) -> bool:
        """Reset after a sleep, unless the wait was asked to end."""
        self._woken = self._is_set
        return self._is_set

    def _forget(self, callback: Callable[[], object]) -> None:
        with lock(), suppress(ValueError):  # already forgotten
            callbacks = list(self._callbacks)
            callbacks.remove(callback)
            self._callbacks = tuple(callbacks)


class Stop(WakeUp):
    """
    Ends the waits that it was passed to as `stop=`, once `set()` is called, from any thread or a signal handler.

    A wait that begins later ends at once. Requests in flight are completed; the waits then end as "timed_out".
    """

    __module__ = "jobwait"

    __slots__ = ()


def call_in_loop(callback: Callable[[], object]) -> Callable[[], object]:
    """A function that calls *callback* in this task's event loop, from any thread, if the loop still exists."""
    soon: Callable[[Callable[[], object]], object]
    try:
        soon = sys.modules["asyncio"].get_running_loop().call_soon_threadsafe  # it is loaded where its loop runs
    except (KeyError, RuntimeError):
        import trio  # noqa: PLC0415 - only if trio runs the loop

        soon = trio.lowlevel.current_trio_token().run_sync_soon

    def call() -> None:
        with suppress(RuntimeError):  # both raise it once the loop is closed
            soon(callback)

    return call
