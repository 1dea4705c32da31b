"""The driver of a crew for threads: requests are sent in a few of them, scripts and callbacks run in the caller's."""

from __future__ import annotations

import inspect
import queue
import threading
import time
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias, TypeVar

from attrs import define, field

from jobwait._jobs.drivers import do
from jobwait._jobs.handle import Job
from jobwait._polling.commands import Result
from jobwait._sync.wake_up import Stop
from jobwait.errors import InvalidInput
from jobwait.fleet.scheduler import PendingRequest, Scheduler

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


def no_source(source: object, queue: str) -> InvalidInput:
    """What is said of jobs that come from nowhere; *queue* is what would do."""
    return InvalidInput(
        f"jobs must be an iterable of jobs, or {queue}, not {type(source).__name__}. For a single job there is its "
        "own wait()."
    )


class Incoming(Protocol[S_co]):
    """What a queue is to us."""

    def empty(self) -> bool:
        """Whether nothing is there at this moment."""
        ...

    def get(self) -> Job[S_co] | None:
        """The next; None: no more will come."""
        ...


Source: TypeAlias = Iterable[Job[S]] | Incoming[S]
PEEK = 0.1  # seconds between two looks into a queue that may bring more jobs


def _checked(_feed: object, _attribute: object, source: object) -> None:
    get = getattr(source, "get", None)
    if not isinstance(source, Iterable) and (get is None or inspect.iscoroutinefunction(get)):
        raise no_source(source, "a queue.Queue")


@define
class _Feed:
    """Where jobs come from: all at once, or by a queue until None comes."""

    source: Source[Any] = field(validator=_checked)  # type: ignore[assignment]
    open: bool = True

    def pour(self, scheduler: Scheduler) -> None:
        """Take in what is there."""
        if isinstance(self.source, Iterable):
            for job in self.source:
                scheduler.add(job)
            self.open = False
            return
        while self.open and not scheduler.stopping and not self.source.empty():
            later = self.source.get()
            if later is not None:
                scheduler.add(later)
            self.open = later is not None


@define
class _Threads:
    """
    The requests under way, and what came of them.

    The threads are daemons, which an executor's are not: a program that has been interrupted ends at once, whatever
    request still hangs.
    """

    observation: queue.SimpleQueue[tuple[PendingRequest | None, Any]] = field(factory=queue.SimpleQueue)
    busy: int = 0
    _hands: int = 0
    _errands: queue.SimpleQueue[PendingRequest | None] = field(factory=queue.SimpleQueue)

    def send(self, pending: PendingRequest) -> None:
        """Send *errand* in a thread that is free, or in a new one."""
        self.busy += 1
        self._errands.put(pending)
        if self.busy > self._hands:
            self._hands += 1
            threading.Thread(target=self._work, name=f"jobwait_{self._hands}", daemon=True).start()

    def _work(self) -> None:
        while (pending := self._errands.get()) is not None:
            try:
                self.observation.put((pending, do(pending.command).reply))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                self.observation.put((pending, error))

    def close(self) -> None:
        """Send nothing more, and let each thread go once its request has ended."""
        while not self._errands.empty():
            with suppress(queue.Empty):
                self._errands.get_nowait()
        for _ in range(self._hands):
            self._errands.put(None)

    def wake(self) -> None:
        """End `listen` early; safe from any thread."""
        self.observation.put((None, None))

    def listen(self, scheduler: Scheduler, pause: float | None) -> None:
        """Bring *crew* the next answer, if one comes within *pause* seconds."""
        try:
            pending, reply = self.observation.get(timeout=pause)
        except queue.Empty:
            return
        if pending is None:
            return
        self.busy -= 1
        if isinstance(reply, BaseException) and not isinstance(reply, Exception):
            raise reply
        scheduler.answer(pending, reply)


def _sooner(one: float, other: float | None) -> float:
    return one if other is None else min(one, other)


def tick() -> Result:
    """The time."""
    return Result(time.monotonic(), time.time())


def events(
    scheduler: Scheduler, source: Source[Any], stop: Stop | None, concurrency: int
) -> Generator[Any, None, None]:
    """Drive *crew* until all its jobs have ended and no more can come; its events as they come."""
    feed = _Feed(source)
    threads = _Threads()
    scheduler.wake = threads.wake
    forget = stop.notify(threads.wake) if stop is not None else None
    try:
        while feed.open or len(scheduler) or scheduler.events:
            if feed.open:
                feed.pour(scheduler)
            if stop is not None and stop.is_set() and not scheduler.stopping:
                scheduler.stop()
            feed.open = feed.open and not scheduler.stopping
            found = scheduler.next() if threads.busy < concurrency else None
            if scheduler.events:
                yield scheduler.events.popleft()
            if isinstance(found, PendingRequest):
                threads.send(found)
            elif not scheduler.events and (feed.open or len(scheduler)):
                pause = _sooner(PEEK, found) if feed.open else found
                threads.listen(scheduler, pause)
    finally:
        threads.close()
        scheduler.close()
        if forget is not None:
            forget()
