"""
Virtual time in event loops: it does not move while a task of a loop can run.

asyncio does not say whether it has anything to do, so its queue of callbacks is looked at, which all loops of the
standard library have; others, as uvloop, are given TURNS. trio says it.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from threading import get_ident
from typing import Any, Final

from attrs import frozen

from jobwait._sync.background_task import in_asyncio
from jobwait.testing.timers import GRACE, Timers

TURNS: Final = 32  # of a loop whose queue cannot be looked at
MOST_TURNS: Final = 1000  # a task that only ever yields does not stop virtual time


@frozen(eq=False)
class LoopRest:
    """
    The event loop of this thread, whose sleeping tasks *timers* wakes.

    soon: calls a function in the loop, from any thread. begin: begins, in the loop, to look whether it is at rest.
    """

    timers: Timers
    loop: Any
    thread: int
    soon: Callable[[Callable[[], object]], object]
    begin: Callable[[], object]

    @classmethod
    def of_this_thread(cls, timers: Timers) -> "LoopRest":
        """The loop that runs now."""
        me = get_ident()
        timers.seen.add(me)
        if in_asyncio():
            loop = asyncio.get_running_loop()
            return cls(timers, loop, me, loop.call_soon_threadsafe, partial(_check_asyncio, timers, loop, me))
        import trio  # noqa: PLC0415 - only if trio runs the loop

        token = trio.lowlevel.current_trio_token()
        return cls(timers, None, me, token.run_sync_soon, partial(_check_trio, timers, me))

    def runs(self) -> None:
        """The loop has something to do from now on, until it is seen to be at rest; called in the loop."""
        if self._is_new():
            self.begin()

    def wake(self, callback: Callable[[], object]) -> None:
        """Call *callback* in the loop, which runs from now on; from any thread."""
        new = self._is_new()
        try:
            self.soon(callback)
            if new:
                self.soon(self.begin)
        except RuntimeError:  # the loop has ended
            _rests(self.timers, self.thread)

    def check(self) -> None:
        """Look again whether it is at rest; from any thread."""
        self.wake(int)

    def is_closed(self) -> bool:
        """Whether it has ended; trio ends all tasks before it does."""
        return self.loop is not None and self.loop.is_closed()

    def _is_new(self) -> bool:
        """Whether it was not known to run, and now is."""
        with self.timers.lock:
            known = self.timers.loops.get(self.thread)
            if known is not None and not known.is_closed():
                return False
            self.timers.loops[self.thread] = self
            return True


def _rests(timers: Timers, thread: int) -> None:
    with timers.lock:
        timers.loops.pop(thread, None)


def _check_asyncio(timers: Timers, loop: Any, thread: int) -> None:
    ready = getattr(loop, "_ready", None)

    def check(turn: int, *, graced: bool) -> None:
        if turn < (TURNS if ready is None else MOST_TURNS) and (ready is None or ready or not turn):
            loop.call_soon(partial(check, turn + 1, graced=False))
        elif not graced and timers.has_strangers():
            loop.call_later(GRACE, partial(check, turn, graced=True))
        else:
            _rests(timers, thread)
            timers.move(graced=True)

    check(0, graced=False)


def _check_trio(timers: Timers, thread: int) -> None:
    import trio.testing  # noqa: PLC0415 - only if trio runs the loop

    async def check() -> None:
        try:
            await trio.testing.wait_all_tasks_blocked(GRACE if timers.has_strangers() else 0.0)
        finally:
            _rests(timers, thread)
        timers.move(graced=True)

    trio.lowlevel.spawn_system_task(check)
