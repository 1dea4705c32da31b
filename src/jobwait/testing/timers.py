"""
When virtual time moves: once all that goes by it is at rest, and then to the next timer.

Threads that work for a wait are counted, and so are event loops with tasks that can run. A thread that is not known,
such as one that the code under test has just started, is given GRACE seconds of real time to begin a wait.
"""

import heapq
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from threading import get_ident
from typing import Any, Final, Protocol

from attrs import Factory, define, field

GRACE: Final = 0.001  # seconds of real time
_real_sleep = time.sleep


class Loop(Protocol):
    """An event loop."""

    def is_closed(self) -> bool:
        """Whether it has ended."""
        ...


@define(eq=False)
class Timer:
    """Calls *fire* at its time, once, unless it was canceled."""

    fire: Callable[[], object] | None

    def cancel(self) -> None:
        """Never fire."""
        self.fire = None


@define(eq=False)
class Timers:
    """
    The timers, and who works. Threads are named by their numbers.

    now: seconds. work: how often each thread works, waits within waits included. resting: threads that sleep by this
    clock; they do not work. loops: the event loops with tasks that can run, by thread. seen: threads of event loops
    that have slept by this clock. errors: what functions of timers raised.
    """

    now: float = 0.0
    work: dict[int, int] = field(factory=dict)
    resting: set[int] = field(factory=set)
    loops: dict[int, Loop] = field(factory=dict)
    seen: set[int] = field(factory=set)
    errors: list[Exception] = field(factory=list)
    lock: threading.RLock = field(factory=threading.RLock)
    _starting: int = 0
    _firing: int | None = None
    _heap: list[tuple[float, int, Timer]] = field(factory=list)
    _numbers: Any = field(factory=count)
    _before: set[threading.Thread] = field(
        default=Factory(lambda: set(threading.enumerate()) - {threading.current_thread()})
    )

    def at(self, due: float, fire: Callable[[], object]) -> Timer:
        """Call *fire* at *due*."""
        timer = Timer(fire)
        with self.lock:
            heapq.heappush(self._heap, (due, next(self._numbers), timer))
        return timer

    def add_work(self, thread: int, number: int) -> None:
        """Count *number* more, or fewer, works of *thread*."""
        with self.lock:
            self.work[thread] = self.work.get(thread, 0) + number
            if not self.work[thread]:
                del self.work[thread]

    def leave(self, thread: int) -> None:
        """End a work of *thread*, which now does something else; perhaps it begins the next wait at once."""
        self.add_work(thread, -1)
        if self._is_due():
            later = threading.Timer(GRACE, self.move)
            later.daemon = True
            later.start()

    def start(self, work: Callable[[], object], name: str) -> None:
        """Run *work* in a daemon thread, which works from now on."""

        def run() -> None:
            me = get_ident()
            self.add_work(me, 1)
            self._starting -= 1
            try:
                work()
            finally:
                self.add_work(me, -1)
                self.move()

        with self.lock:
            self._starting += 1
        try:
            threading.Thread(target=run, name=name, daemon=True).start()
        except BaseException:
            self._starting -= 1
            raise

    def move(self, *, graced: bool = False) -> None:
        """Move from timer to timer for as long as nobody works; *graced*: unknown threads had their time."""
        while self._is_due():
            if not graced and self.has_strangers():
                _real_sleep(GRACE)
            with self.lock:
                if not self._is_due():
                    return
                due, _, timer = heapq.heappop(self._heap)
                self.now, self._firing = max(self.now, due), get_ident()
                fire, timer.fire = timer.fire, None
            try:
                if fire is not None:
                    fire()
            except Exception as error:  # noqa: BLE001 - raised at the end of the block
                self.errors.append(error)
            finally:
                self._firing = None

    def rest(self, flag: "Flag", due: float | None) -> None:
        """Block this thread until *flag* is set, or until *due*."""
        me, timer = get_ident(), None
        if self._firing == me:
            raise RuntimeError("A function of call_later() must not wait; start() runs one that does.")
        try:
            with self.lock:
                if flag.real.is_set():
                    return
                flag.thread = me
                self.resting.add(me)
                timer = None if due is None else self.at(due, flag.set)
            self.move()
            flag.real.wait()
        finally:
            with self.lock:
                self.resting.discard(me)
                flag.thread = None
                if timer is not None:
                    timer.cancel()

    def release(self) -> None:
        """Fire all timers: virtual time is over."""
        with self.lock:
            timers, self._heap = sorted(self._heap), []
        for _, _, timer in timers:
            if timer.fire is not None:
                timer.fire()

    def has_strangers(self) -> bool:
        """Whether there are threads, begun in virtual time, that are not known to rest."""
        known = self.resting | self.seen | {get_ident()}
        return any(one.ident not in known and one not in self._before for one in threading.enumerate())

    def _is_due(self) -> bool:
        """Whether there is a timer, and nobody works."""
        with self.lock:
            while self._heap and self._heap[0][2].fire is None:
                heapq.heappop(self._heap)
            if not self._heap or self._starting or self._firing is not None:
                return False
            loops = (thread for thread, loop in self.loops.items() if not loop.is_closed())
            return self.resting.issuperset(self.work) and self.resting.issuperset(loops)


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
