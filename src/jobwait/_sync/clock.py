"""
The clock of the drivers: what time it is, how to sleep, and how threads wait for one another.

All that waits in jobwait asks `current`, which is real time. `jobwait.testing.virtual_time()` puts its own clock in the
place of that, for all threads of the process. The timeouts of requests are not among it: they are always in real time.
"""

import queue
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, nullcontext
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from jobwait._sync import sliced

if TYPE_CHECKING:
    import anyio

T = TypeVar("T")
_NOTHING: Final = nullcontext()
_END: Final = object()


class Event(Protocol):
    """What one thread waits for, once."""

    def set(self) -> None:
        """End the wait; safe from any thread."""
        ...

    def wait(self, timeout: float | None = None, /) -> object:
        """Block this thread until it is set, or for *timeout* seconds."""
        ...


class Queue(Protocol[T]):
    """A queue between threads, as far as queue.SimpleQueue is used."""

    def put(self, item: T, /) -> None:
        """Add *item*."""
        ...

    def get(self, *, timeout: float | None = None) -> T:
        """The next item; raises queue.Empty after *timeout* seconds."""
        ...

    def get_nowait(self) -> T:
        """The next item; raises queue.Empty if there is none now."""
        ...

    def empty(self) -> bool:
        """Whether there is no item now."""
        ...


class Clock:
    """Real time; another clock is a subclass."""

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Block this thread."""
        time.sleep(seconds)

    def event(self) -> Event:
        """An event."""
        return sliced.SlicedEvent() if sys.platform == "win32" else threading.Event()

    def queue(self) -> Queue[Any]:
        """A queue."""
        return sliced.SlicedQueue() if sys.platform == "win32" else queue.SimpleQueue()

    def start(self, work: Callable[[], object], name: str) -> None:
        """Run *work* in a daemon thread: a program that is interrupted ends at once, even while a request hangs."""
        threading.Thread(target=work, name=name, daemon=True).start()

    def leave_out(self, thread: threading.Thread) -> None:
        """Have *thread*, which serves requests and waits for nothing, go by real time whatever this clock says."""

    async def sleep_async(self, seconds: float) -> None:
        """Suspend this task."""
        import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

        await anyio.sleep(seconds)

    async def wait_async(self, event: "anyio.Event", seconds: float) -> None:
        """Suspend this task until *event* is set, or for *seconds*; the event is no one else's, and may be set then."""
        import anyio  # noqa: PLC0415 - the same

        with anyio.move_on_after(seconds):
            await event.wait()

    def cancel_after(self, scope: "anyio.CancelScope", seconds: float) -> Callable[[], object]:
        """Cancel *scope*, of this task, in so many seconds; returns a function that takes this back."""
        import anyio  # noqa: PLC0415 - the same

        scope.deadline = anyio.current_time() + seconds
        return lambda: None

    def working(self) -> AbstractContextManager[None]:
        """The block, in this thread, is work of a wait: it sleeps by this clock alone."""
        return _NOTHING

    def sending(self) -> AbstractContextManager[None]:
        """The block, in this task, sends a request."""
        return _NOTHING


current: Clock = Clock()


def use(clock: Clock) -> None:
    """Have all waits of the process ask *clock* from now on."""
    global current  # noqa: PLW0603 - one for the process
    current = clock


def stepped(steps: Generator[T, None, None]) -> Generator[T, None, None]:
    """*steps*, each of which is work of a wait; what the caller does between them is not."""
    with closing(steps):
        while True:
            with current.working():
                found = next(steps, _END)
            if found is _END:
                return
            yield found  # type: ignore[misc]
