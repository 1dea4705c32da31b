"""
The driver of a fleet for event loops.

A few tasks share the work: each asks the scheduler what to send, sends it and passes on the result. If there is nothing
to send, one of them sleeps until the next poll is due and the others wait, so that one poll wakes one task. There is
one task more than requests may be in flight: deadlines come while all of these take long.

The event loop is the caller's. Whatever is done for all jobs is done in steps, with a turn of the loop between them.
"""

import math
import queue
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from typing import Any, Protocol, TypeAlias, TypeVar

import anyio
import anyio.lowlevel
from attrs import define, field

from jobwait._http.pool import Pool, Reply
from jobwait._httpx import httpx
from jobwait._jobs.handle import Job
from jobwait._polling.commands import LARGE, Poll, SendRequest
from jobwait._sync import clock
from jobwait._sync.background_task import in_thread, spawn
from jobwait._sync.wake_up import Stop, call_in_loop
from jobwait.errors import InvalidInput
from jobwait.fleet.list_poll import ListPoll, PageContent
from jobwait.fleet.list_polls import read_page
from jobwait.fleet.scheduler import AT_MOST, PendingRequest, Scheduler, each_of
from jobwait.fleet.sync_driver import no_source

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Getter(Protocol[S_co]):
    """An async queue of jobs."""

    async def get(self) -> Job[S_co] | None:
        """The next job; None: no more jobs."""
        ...


AsyncSource: TypeAlias = Iterable[Job[S]] | AsyncIterable[Job[S]] | Getter[S]


@define
class Steps:
    """Gives the loop a turn after each AT_MOST items: jobs that are added, events that are read."""

    count: int = 0

    async def next(self) -> bool:
        """One more item is done; whether the loop had a turn."""
        self.count += 1
        due = self.count % AT_MOST == 0
        if due:
            await anyio.lowlevel.checkpoint()
        return due


@define(eq=False)
class _Workers:
    """
    The tasks that serve one scheduler, and the caller that reads its events.

    changed: wakes the reader. idle: the wake-ups of tasks with nothing to do; timer: the one of the task that sleeps
    until the next poll is due, at *until* on the monotonic clock. feeding: whether more jobs may come; whole: all of
    them are added, also once the fleet is stopped.
    """

    scheduler: Scheduler
    stop: Stop | None
    pool: Pool
    changed: anyio.Event = field(factory=anyio.Event)
    idle: deque[anyio.Event] = field(factory=deque)
    timer: anyio.Event | None = None
    until: float = math.inf
    sending: int = 0
    feeding: bool = True
    whole: bool = False
    waking: bool = False
    error: BaseException | None = None

    def wakes(self) -> Callable[[], None]:
        """A function that calls check() in this loop, from any thread; once for any number of calls before that."""
        soon = call_in_loop(self.check)

        def wake() -> None:
            if not self.waking:
                self.waking = True
                soon()

        return wake

    def check(self) -> None:
        """Have one idle task ask the scheduler, as something may have changed."""
        self.waking = False
        self.wake_one()
        self.publish()

    def wake_one(self) -> None:
        """Have one idle task ask the scheduler."""
        if self.timer is not None:
            self.timer.set()
        elif self.idle:
            self.idle.popleft().set()

    def publish(self) -> None:
        """Wake the reader if there is something to read."""
        if self.scheduler.events or self.error is not None or self.over:
            self.changed.set()

    @property
    def over(self) -> bool:
        """Whether all jobs have ended and no more can come."""
        if len(self.scheduler):
            return False
        return not self.feeding or (self.scheduler.stopping and not self.whole)

    async def run(self, source: AsyncSource[Any], concurrency: int) -> None:
        """Add the jobs of *source*, and serve them with at most *concurrency* requests in flight."""
        async with anyio.create_task_group() as tasks:
            self.whole = isinstance(source, Iterable) and not isinstance(source, AsyncIterable)
            tasks.start_soon(self.feed, source)
            for _ in range(concurrency + 1):
                tasks.start_soon(self.work, concurrency)

    async def work(self, concurrency: int) -> None:
        """Send requests until there are no more."""
        scheduler = self.scheduler
        try:
            while not self.over:
                if self.stop is not None and self.stop.is_set() and not scheduler.stopping:
                    scheduler.stop()
                found = scheduler.next(room=self.sending < concurrency)
                self.publish()
                if isinstance(found, PendingRequest):
                    if self.sending + 1 < concurrency and scheduler.has_more:
                        self.wake_one()
                    value = await self._sent(found.command)
                    scheduler.take(
                        found, value, None if found.page is None else await _large_page(found.page[0], value)
                    )
                elif not self.over:
                    await self._rest(found)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.check()

    async def _sent(self, command: Poll | SendRequest) -> Reply:
        """The response to *command*, or the error; a request that cannot be made ends its own job alone."""
        self.sending += 1
        try:
            return await self.pool.send_async(command)
        except InvalidInput as error:
            return error
        finally:
            self.sending -= 1

    async def _rest(self, pause: float | None) -> None:
        woken = anyio.Event()
        due = math.inf if pause is None else clock.current.monotonic() + pause
        if self.timer is not None:
            if due < self.until:
                self.timer.set()
            self.idle.append(woken)
            await woken.wait()
            return
        self.timer, self.until = woken, due
        try:
            if pause is None:
                await woken.wait()
            else:
                await clock.current.wait_async(woken, pause)
        finally:
            self.timer = None

    async def feed(self, source: AsyncSource[Any]) -> None:
        """Add jobs as they come."""
        try:
            if isinstance(source, queue.Queue | queue.SimpleQueue) or not (
                isinstance(source, AsyncIterable | Iterable) or hasattr(source, "get")
            ):
                raise no_source(source, "an async iterator, or a queue with an async get")
            steps = Steps()
            if isinstance(source, AsyncIterable):
                async for job in source:
                    self._add(job)
                    await steps.next()
            elif isinstance(source, Iterable):
                for job in each_of(source):
                    self.scheduler.add(job)
                    if await steps.next():
                        self.check()
            else:
                while (later := await source.get()) is not None:
                    self._add(later)
                    await steps.next()
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.feeding = False
            self.check()

    def _add(self, job: Job[Any]) -> None:
        if not self.scheduler.stopping:
            self.scheduler.add(job)
        self.check()


async def _large_page(list_poll: ListPoll, value: object) -> PageContent | None:
    """What a large list says; None for a small one, which the scheduler reads at once."""
    if not isinstance(value, httpx.Response) or len(value.content) < LARGE:
        return None
    return await in_thread(lambda: read_page(list_poll, value))


async def events_async(
    scheduler: Scheduler, source: AsyncSource[Any], stop: Stop | None, concurrency: int
) -> AsyncGenerator[Any, None]:
    """
    Drive *scheduler* until all its jobs have ended and no more can come; yields its events.

    All work is done in a task of its own, which has ended when this ends.
    """
    workers = _Workers(scheduler, stop, Pool(concurrency))
    scheduler.wake = workers.wakes()
    forget = stop.notify(scheduler.wake) if stop is not None else None
    scope, done = anyio.CancelScope(), anyio.Event()

    async def serve() -> None:
        try:
            with scope:
                await workers.run(source, concurrency)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            workers.error = workers.error or error
        finally:
            with anyio.CancelScope(shield=True):
                await workers.pool.aclose()
                try:
                    while scheduler.close(AT_MOST):
                        await anyio.lowlevel.checkpoint()
                finally:
                    scheduler.close()
            done.set()
            workers.changed.set()

    spawn(serve)
    steps = Steps()
    try:
        while True:
            while scheduler.events:
                yield scheduler.events.popleft()
                await steps.next()
            if workers.error is not None or workers.over or done.is_set():
                break
            workers.changed = anyio.Event()
            workers.publish()
            await workers.changed.wait()
        if workers.error is not None:
            raise workers.error
    finally:
        if forget is not None:
            forget()
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await done.wait()
