"""The driver of a fleet for threads: threads send requests; operations and callbacks run in the caller's thread."""

import inspect
import queue
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, Protocol, TypeAlias, TypeVar

from attrs import define, field

from jobwait._http.pool import Pool
from jobwait._jobs.handle import Job
from jobwait._sync import clock
from jobwait._sync.wake_up import Stop
from jobwait.errors import InvalidInput
from jobwait.fleet.scheduler import AT_MOST, PendingRequest, Scheduler, each_of

_END: Final[Any] = object()  # of a source
_LATER: Final[Any] = object()  # a queue is empty, and not at its end
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


def no_source(source: object, queue: str) -> InvalidInput:
    """The error for jobs that are not a source; *queue*: the kinds that are allowed beside an iterable."""
    return InvalidInput(
        f"jobs must be an iterable of jobs, or {queue}, not {type(source).__name__}. For a single job there is its "
        "own wait()."
    )


class Incoming(Protocol[S_co]):
    """A queue of jobs."""

    def empty(self) -> bool:
        """Whether there is no job now."""
        ...

    def get(self) -> Job[S_co] | None:
        """The next job; None: no more jobs."""
        ...


Source: TypeAlias = Iterable[Job[S]] | Incoming[S]
QUEUE_INTERVAL: Final = 0.1  # seconds between two checks of a queue for more jobs


def _each_there(jobs: Incoming[S]) -> Iterator[Job[S]]:
    """The jobs of a queue; _LATER: there is none now."""
    while True:
        if jobs.empty():
            yield _LATER
        elif (job := jobs.get()) is None:
            return
        else:
            yield job


class _Feed:
    """
    The jobs of a source: an iterable, or a queue until None comes.

    pause: seconds after which there may be more of them. whole: all jobs are added, also once the fleet is stopped.
    """

    def __init__(self, source: Source[Any]) -> None:
        get = getattr(source, "get", None)
        if not isinstance(source, Iterable) and (get is None or inspect.iscoroutinefunction(get)):
            raise no_source(source, "a queue.Queue")
        self.open = True
        self.whole = isinstance(source, Iterable)
        self.pause = 0.0 if self.whole else QUEUE_INTERVAL
        self._jobs = each_of(source) if isinstance(source, Iterable) else _each_there(source)

    def add_to(self, scheduler: Scheduler) -> None:
        """Add a few of the jobs that are there now."""
        for _ in range(AT_MOST):
            if scheduler.stopping and not self.whole:
                return
            job = next(self._jobs, _END)
            if job is _END:
                self.open = False
                return
            if job is _LATER:
                return
            scheduler.add(job)


@define
class _Threads:
    """The threads that send requests."""

    pool: Pool = field(factory=Pool)
    in_flight: int = 0
    _started: int = 0
    _requests: clock.Queue[PendingRequest | None] = field(factory=lambda: clock.current.queue())  # noqa: PLW0108 - it may be another clock by then
    _results: clock.Queue[tuple[PendingRequest | None, Any]] = field(factory=lambda: clock.current.queue())  # noqa: PLW0108 - it may be another clock by then

    def send(self, pending: PendingRequest) -> None:
        """Send *pending* in an idle thread, or in a new one."""
        self.in_flight += 1
        self._requests.put(pending)
        if self.in_flight > self._started:
            self._started += 1
            clock.current.start(self._work, f"jobwait_{self._started}")

    def _work(self) -> None:
        while (pending := self._requests.get()) is not None:
            try:
                self._results.put((pending, self.pool.send(pending.command)))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                self._results.put((pending, error))

    def close(self) -> None:
        """Send no more requests, and end each thread after its request."""
        while not self._requests.empty():
            with suppress(queue.Empty):
                self._requests.get_nowait()
        for _ in range(self._started):
            self._requests.put(None)

    def wake(self) -> None:
        """End `receive` early; safe from any thread."""
        self._results.put((None, None))

    def receive(self, scheduler: Scheduler, pause: float | None) -> None:
        """Pass *scheduler* the next result, if one comes within *pause* seconds."""
        try:
            pending, value = self._results.get(timeout=pause)
        except queue.Empty:
            return
        if pending is None:
            return
        self.in_flight -= 1
        if isinstance(value, BaseException) and not isinstance(value, Exception):
            raise value
        scheduler.take(pending, value)


def events(
    scheduler: Scheduler, source: Source[Any], stop: Stop | None, concurrency: int
) -> Generator[Any, None, None]:
    """Drive *scheduler* until all its jobs have ended and no more can come; yields its events."""
    return clock.stepped(_events(scheduler, source, stop, concurrency))


def _events(
    scheduler: Scheduler, source: Source[Any], stop: Stop | None, concurrency: int
) -> Generator[Any, None, None]:
    feed = _Feed(source)
    threads = _Threads()
    scheduler.wake = threads.wake
    forget = stop.notify(threads.wake) if stop is not None else None
    try:
        while feed.open or len(scheduler) or scheduler.events:
            if feed.open:
                feed.add_to(scheduler)
            if stop is not None and stop.is_set() and not scheduler.stopping:
                scheduler.stop()
            feed.open = feed.open and (feed.whole or not scheduler.stopping)
            found = scheduler.next(room=threads.in_flight < concurrency)
            if scheduler.events:
                yield scheduler.events.popleft()
            if isinstance(found, PendingRequest):
                threads.send(found)
            elif not scheduler.events and (feed.open or len(scheduler)):
                check = feed.pause if feed.open else None
                threads.receive(scheduler, min((one for one in (check, found) if one is not None), default=None))
    finally:
        threads.close()
        scheduler.close()
        if forget is not None:
            forget()
