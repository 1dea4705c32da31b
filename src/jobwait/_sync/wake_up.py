"""How a wait is woken or told to stop, from any thread, whether it sleeps in a thread or in an event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from jobwait._sync.lock import lock

_LONGEST = 3600.0  # seconds of one sleep; the rules sleep again, and threading.TIMEOUT_MAX is never met


class Stop:
    """One wait's bell: it ends the wait's sleep, and once it is set, the wait."""

    __slots__ = ("_rung", "_stopped", "_wakers")

    def __init__(self) -> None:
        self._rung = False
        self._stopped = False
        self._wakers: tuple[Callable[[], object], ...] = ()

    def is_set(self) -> bool:
        """Whether somebody asked the wait to end."""
        return self._stopped

    def set(self) -> None:
        """End the wait. Safe from any thread."""
        self._stopped = True
        self.ring()

    def ring(self) -> None:
        """End the wait's sleep, or its next one; what it then does is its own affair."""
        with lock():
            self._rung = True
            wakers = self._wakers
        for wake in wakers:
            wake()

    def notify(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Have *wake* called, from whatever thread, when this rings; returns the way to take that back."""
        with lock():
            self._wakers = (*self._wakers, wake)
            late = self._rung
        if late:
            wake()
        return lambda: self._forget(wake)

    def wait(self, timeout: float) -> bool:
        """Block this thread for at most *timeout* seconds."""
        woken = threading.Event()
        forget = self.notify(woken.set)
        try:
            woken.wait(min(timeout, _LONGEST))
        finally:
            forget()
        return self._woken()

    async def wait_async(self, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's deadline, not a scope's
        """Suspend this task for at most *timeout* seconds."""
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        woken = anyio.Event()
        forget = self.notify(waker(woken.set))
        try:
            with anyio.move_on_after(min(timeout, _LONGEST)):
                await woken.wait()
        finally:
            forget()
        return self._woken()

    def _woken(self) -> bool:
        """A ring ends one sleep; a stop ends them all."""
        self._rung = self._stopped
        return self._stopped

    def _forget(self, wake: Callable[[], object]) -> None:
        with lock():
            self._wakers = tuple(one for one in self._wakers if one is not wake)


def waker(call: Callable[[], object]) -> Callable[[], object]:
    """A function that has *call* called in this task's loop, from any thread; nothing once that loop is gone."""
    import asyncio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    soon: Callable[[Callable[[], object]], object]
    try:
        soon = asyncio.get_running_loop().call_soon_threadsafe
    except RuntimeError:
        import trio  # noqa: PLC0415 - only where trio is what runs us

        soon = trio.lowlevel.current_trio_token().run_sync_soon

    def wake() -> None:
        with suppress(RuntimeError):  # what both raise once the loop is gone, which may be at any moment
            soon(call)

    return wake
