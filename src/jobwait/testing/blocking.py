"""What threads wait for in virtual time: a flag that is set, an item of a queue."""

import queue
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from attrs import define, field

from jobwait.testing.timers import Timers


@define(eq=False)
class Flag:
    """What one thread waits for, once, or until its time is over."""

    timers: Timers
    thread: int | None = None
    real: threading.Event = field(factory=threading.Event)

    def set(self) -> None:
        """End the wait: the thread works again from this moment."""
        with self.timers.lock:
            if self.thread is not None:
                self.timers.resting.discard(self.thread)
            self.real.set()

    def wait(self, timeout: float | None = None) -> None:
        """Block this thread until it is set, or for *timeout* seconds."""
        self.timers.rest(self, None if timeout is None else self.timers.now + max(0.0, timeout))


@define(eq=False)
class TimedQueue:
    """A queue between threads; whoever takes an item works from the moment at which it is put."""

    timers: Timers
    _items: deque[Any] = field(factory=deque)
    _waiting: list[Flag] = field(factory=list)

    def put(self, item: Any) -> None:
        """Add *item*."""
        with self.timers.lock:
            self._items.append(item)
            if self._waiting:
                self._waiting.pop(0).set()

    def get(self, *, timeout: float | None = None) -> Any:
        """The next item; raises queue.Empty after *timeout* seconds."""
        due = None if timeout is None else self.timers.now + timeout
        while True:
            with self.timers.lock:
                if self._items:
                    return self._items.popleft()
                if due is not None and self.timers.now >= due:
                    raise queue.Empty
                flag = Flag(self.timers)
                self._waiting.append(flag)
            try:
                self.timers.rest(flag, due)
            finally:
                with self.timers.lock, suppress(ValueError):
                    self._waiting.remove(flag)

    def get_nowait(self) -> Any:
        """The next item; raises queue.Empty if there is none now."""
        with self.timers.lock:
            if not self._items:
                raise queue.Empty
            return self._items.popleft()

    def empty(self) -> bool:
        """Whether there is no item now."""
        return not self._items
