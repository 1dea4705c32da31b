"""
When virtual time moves: once somebody sleeps by it and all that goes by it is at rest, and then to the next timer.

Threads that work for a wait are counted, and so are event loops with tasks that can run. A thread that is not known,
such as one that the code under test has just started, is given GRACE seconds of real time to begin a wait.
"""

import heapq
import threading
import time
from collections.abc import Callable
from itertools import count
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, Protocol

from attrs import Factory, define, field

if TYPE_CHECKING:
    from jobwait.testing.blocking import Flag

GRACE: Final = 0.001  # seconds of real time
_real_sleep = time.sleep


class Loop(Protocol):
    """An event loop."""

    def check(self) -> None:
        """Have it looked at again whether a task can run; from any thread."""
        ...

    def is_closed(self) -> bool:
        """Whether it has ended."""
        ...


@define(eq=False)
class Timer:
    """Calls *fire* at its time, once, unless it was canceled. wakes: it ends a sleep."""

    fire: Callable[[], object] | None
    wakes: bool = True

    def cancel(self) -> None:
        """Never fire."""
        self.fire = None


@define(eq=False)
class Timers:
    """
    The timers, and who works. Threads are named by their numbers.

    now: seconds. work: how often each thread works, waits within waits included. resting: threads that sleep by this
    clock; they do not work. loops: the event loops with tasks that can run, by thread. seen: threads of event loops
    that have slept by this clock. asleep: event loops with sleeping tasks, and how many, by thread. errors: what
    functions of timers raised.
    """

    now: float = 0.0
    work: dict[int, int] = field(factory=dict)
    resting: set[int] = field(factory=set)
    loops: dict[int, Loop] = field(factory=dict)
    seen: set[int] = field(factory=set)
    asleep: dict[int, tuple[Loop, int]] = field(factory=dict)
    errors: list[Exception] = field(factory=list)
    lock: threading.RLock = field(factory=threading.RLock)
    _starting: int = 0
    _firing: int | None = None
    _heap: list[tuple[float, int, Timer]] = field(factory=list)
    _numbers: Any = field(factory=count)
    _before: set[threading.Thread] = field(
        default=Factory(lambda: set(threading.enumerate()) - {threading.current_thread()})
    )

    def at(self, due: float, fire: Callable[[], object], *, wakes: bool = True) -> Timer:
        """Call *fire* at *due*."""
        timer = Timer(fire, wakes)
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
        self._check_loops()
        if self._is_due():
            later = threading.Timer(GRACE, self.move, kwargs={"graced": True})
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
                self._check_loops()
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
            if not timer.wakes:
                self._check_loops()

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
            self._check_loops()
            self.move()
            flag.real.wait()
        finally:
            with self.lock:
                self.resting.discard(me)
                flag.thread = None
                if timer is not None:
                    timer.cancel()

    def release(self) -> None:
        """End all sleeps: virtual time is over."""
        with self.lock:
            timers, self._heap = sorted(self._heap), []
        for _, _, timer in timers:
            if timer.wakes and timer.fire is not None:
                timer.fire()

    def leave_out(self, thread: threading.Thread) -> None:
        """Treat *thread* as one that was there before."""
        with self.lock:
            self._before = {*self._before, thread}

    def has_begun(self, thread: threading.Thread) -> bool:
        """Whether *thread* was not there before virtual time, or is its own."""
        return thread not in self._before

    def has_strangers(self) -> bool:
        """Whether there are threads, begun in virtual time, that are not known to rest."""
        known = self.resting | self.seen | {get_ident()}
        others = (one for one in threading.enumerate() if one not in self._before)
        return any(one.ident not in known and not isinstance(one, threading.Timer) for one in others)

    def add_sleeper(self, thread: int, loop: Loop, number: int) -> None:
        """Count *number* more, or fewer, sleeping tasks of *loop*, in *thread*."""
        with self.lock:
            count = self.asleep.get(thread, (loop, 0))[1] + number
            self.asleep[thread] = (loop, count)
            if not count:
                del self.asleep[thread]

    def _check_loops(self) -> None:
        """A thread has done something, perhaps for a task: all loops whose tasks sleep are looked at again."""
        for thread, (loop, _) in list(self.asleep.items()):
            if thread not in self.resting:
                loop.check()

    def _is_due(self) -> bool:
        """Whether there is a timer, somebody sleeps and nobody works: code between two waits holds the clock still."""
        with self.lock:
            while self._heap and self._heap[0][2].fire is None:
                heapq.heappop(self._heap)
            if not self._heap or self._starting or self._firing is not None:
                return False
            if not self.resting and not self.asleep:
                return False
            loops = (thread for thread, loop in self.loops.items() if not loop.is_closed())
            return self.resting.issuperset(self.work) and self.resting.issuperset(loops)
