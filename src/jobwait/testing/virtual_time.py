"""virtual_time(): a block in which all waits of the process go by a clock that moves as soon as all of them sleep."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from threading import Thread, current_thread, get_ident
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from jobwait._polling import rate_limits
from jobwait._polling.duration_model import own_histories
from jobwait._sync import clock as _clock
from jobwait._sync.wake_up import call_in_loop
from jobwait.testing.blocking import Flag, TimedQueue
from jobwait.testing.loops import LoopRest
from jobwait.testing.own_sleeps import replaced_sleeps
from jobwait.testing.simulation import EPOCH
from jobwait.testing.timers import Timers

if TYPE_CHECKING:
    import anyio

_SENDING: Final[ContextVar[bool]] = ContextVar("sending", default=False)


def virtual_time(start: datetime | None = None, *, own_sleeps: bool = False) -> "VirtualTime":
    """
    Virtual time for all waits of the process, for `with` or `async with`; the block gets a VirtualTime.

    It moves to the next moment at which a wait has something to do once all waits sleep, and no task of their event
    loop can run. *start*: what the calendar says at its beginning, 2026-01-01 00:00 UTC unless given. *own_sleeps*:
    `time.sleep`, `asyncio.sleep`, `trio.sleep` and `anyio.sleep` take virtual time as well, wherever they are called by
    these names; else they take real time, as all that is not jobwait's does.

    Raises:
        RuntimeError: virtual time is on already.

    """
    return VirtualTime(EPOCH if start is None else start.timestamp(), own_sleeps=own_sleeps)


class VirtualTime(_clock.Clock):
    """The clock of one virtual_time(), whose seconds are counted from the beginning of the block."""

    __module__ = "jobwait.testing"

    def __init__(self, start: float, *, own_sleeps: bool) -> None:
        self._start, self._own_sleeps = start, own_sleeps
        self._timers, self._exit = Timers(), ExitStack()
        self._origin = math.ceil(time.monotonic())

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return self._timers.now

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._start + self.now

    def datetime(self) -> datetime:
        """The calendar's time, in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def sleep(self, seconds: float) -> None:
        """Sleep in this thread."""
        self.event().wait(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Sleep in this task, of asyncio or trio."""
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        await self.wait_async(anyio.Event(), seconds)

    def call_later(self, seconds: float, function: Callable[[], object]) -> Callable[[], None]:
        """
        Call *function* in so many seconds, in whichever thread waits then; returns a function that cancels this.

        It must not wait. What it raises is raised at the end of the block.
        """
        return self._timers.at(self.now + seconds, function, wakes=False).cancel

    def start(self, work: Callable[[], object], name: str = "virtual_time") -> None:
        """Run *work* in a daemon thread for which virtual time waits until it ends or sleeps."""
        self._timers.start(work, name)

    def leave_out(self, thread: Thread) -> None:
        """Have *thread*, which serves requests and waits for nothing, go by real time."""
        self._timers.leave_out(thread)

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once, whoever works: for a server of yours that takes its time over a request."""
        with self._timers.lock:
            self._timers.now += seconds

    def governs_this_thread(self) -> bool:
        """Whether this thread is that of the block, or has begun in it."""
        return self._timers.has_begun(current_thread())

    # What jobwait itself asks, beside time(), sleep(), sleep_async() and start().

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return self._origin + self.now

    def event(self) -> Flag:
        """An event that one thread waits for."""
        return Flag(self._timers)

    def queue(self) -> TimedQueue:
        """A queue between threads."""
        return TimedQueue(self._timers)

    async def wait_async(self, event: "anyio.Event", seconds: float) -> None:
        """Suspend this task until *event* is set, at the latest in *seconds*."""
        loop, sending = LoopRest.of_this_thread(self._timers), _SENDING.get()
        timer = self._timers.at(self.now + max(0.0, seconds), lambda: loop.wake(event.set))
        self._timers.add_sleeper(loop.thread, loop, 1)
        loop.runs()
        self._timers.add_work(loop.thread, -sending)
        try:
            await event.wait()
        finally:
            self._timers.add_work(loop.thread, sending)
            self._timers.add_sleeper(loop.thread, loop, -1)
            timer.cancel()

    def cancel_after(self, scope: "anyio.CancelScope", seconds: float) -> Callable[[], object]:
        """Cancel *scope*, of this task, in so many seconds, also real ones; returns a function that takes this back."""
        super().cancel_after(scope, seconds)
        return self.call_later(seconds, call_in_loop(scope.cancel))

    @contextmanager
    def working(self) -> Iterator[None]:
        """The block is work of this thread."""
        me = get_ident()
        self._timers.add_work(me, 1)
        try:
            yield
        finally:
            self._timers.leave(me)

    @contextmanager
    def sending(self) -> Iterator[None]:
        """The block, in a task, sends a request, for which virtual time waits."""
        loop = LoopRest.of_this_thread(self._timers)
        self._timers.add_work(loop.thread, 1)
        token = _SENDING.set(True)
        try:
            yield
        finally:
            _SENDING.reset(token)
            loop.runs()
            self._timers.add_work(loop.thread, -1)

    def __enter__(self) -> Self:
        before = _clock.current
        if isinstance(before, VirtualTime):
            fact = "Virtual time is on already: one virtual_time() is enough for the process."
            raise RuntimeError(fact)  # noqa: TRY004 - of the clock, not of an argument
        rate_limits.forget()  # they go by the time of the block
        self._exit.enter_context(own_histories())
        self._exit.callback(rate_limits.forget)
        self._exit.callback(_clock.use, before)
        _clock.use(self)
        if self._own_sleeps:
            self._exit.enter_context(replaced_sleeps(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exit.close()
        self._timers.release()
        if error is None and self._timers.errors:
            raise self._timers.errors[0]

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)
