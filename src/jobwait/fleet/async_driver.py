"""
The driver of a crew for event loops.

A few workers share the work: each asks the crew what to send, sends it and brings back the answer. Of those that find
nothing to do one watches the clock, so that a look that is due wakes one task and not all.
"""

from __future__ import annotations

import math
import queue
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeAlias, TypeVar

import anyio
import httpx
from attrs import define, field

from jobwait._jobs.handle import Job
from jobwait._polling.commands import Poll, SendRequest
from jobwait._sync.background_task import spawn
from jobwait._sync.wake_up import Stop, waker
from jobwait.errors import InvalidInput
from jobwait.fleet.scheduler import PendingRequest, Scheduler
from jobwait.fleet.sync_driver import no_source

Sender: TypeAlias = Callable[[Poll | SendRequest], Awaitable[httpx.Response | Exception]]
Senders: TypeAlias = Callable[[int], AbstractAsyncContextManager[Sender]]


S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Getter(Protocol[S_co]):
    """An async queue of jobs; None ends it."""

    async def get(self) -> Job[S_co] | None:
        """The next."""
        ...


AsyncSource: TypeAlias = Iterable[Job[S]] | AsyncIterable[Job[S]] | Getter[S]


@define(eq=False)
class _Workers:
    """The tasks that serve one crew, and the one who reads its events."""

    scheduler: Scheduler
    stop: Stop | None
    send: Sender = field(init=False)
    news: anyio.Event = field(factory=anyio.Event)
    idle: deque[anyio.Event] = field(factory=deque)
    watch: anyio.Event | None = None  # of the one that watches the clock
    until: float = math.inf  # when that one will look
    feeding: bool = True
    error: BaseException | None = None

    def nudge(self) -> None:
        """Something may have changed: whoever watches the clock shall look."""
        if self.watch is not None:
            self.watch.set()
        elif self.idle:
            self.idle.popleft().set()
        self.publish()

    def publish(self) -> None:
        """Wake the reader, if there is something to read."""
        if self.scheduler.events or self.error is not None or self.over:
            self.news.set()

    @property
    def over(self) -> bool:
        """Whether nothing can come any more."""
        return not len(self.scheduler) and (self.scheduler.stopping or not self.feeding)

    async def run(self, source: AsyncSource[Any], concurrency: int) -> None:
        """Take in what *source* brings, and serve it with so many workers."""
        async with anyio.create_task_group() as tasks:
            if isinstance(source, Iterable):
                await self.feed(source)  # all of it: a stop that is set already still ends each
            else:
                tasks.start_soon(self.feed, source)
            for _ in range(concurrency):
                tasks.start_soon(self.work)

    async def work(self) -> None:
        """Serve until there is nothing left to serve."""
        scheduler = self.scheduler
        try:
            while not self.over:
                if self.stop is not None and self.stop.is_set() and not scheduler.stopping:
                    scheduler.stop()
                found = scheduler.next()
                self.publish()
                if isinstance(found, PendingRequest):
                    if self.idle and self.watch is None:
                        self.idle.popleft().set()
                    scheduler.answer(found, await self._sent(found.command))
                    self.publish()
                elif not self.over:
                    await self._rest(found)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.nudge()

    async def _sent(self, command: Poll | SendRequest) -> httpx.Response | Exception:
        """The answer to *step*; a request that cannot be made is its own job's affair."""
        try:
            return await self.send(command)
        except InvalidInput as error:
            return error

    async def _rest(self, pause: float | None) -> None:
        ring = anyio.Event()
        due = math.inf if pause is None else time.monotonic() + pause
        if self.watch is not None:
            if due < self.until:
                self.watch.set()
            self.idle.append(ring)
            await ring.wait()
            return
        self.watch, self.until = ring, due
        try:
            with anyio.move_on_after(pause):
                await ring.wait()
        finally:
            self.watch = None

    async def feed(self, source: AsyncSource[Any]) -> None:
        """Take in jobs as they come."""
        try:
            if isinstance(source, queue.Queue | queue.SimpleQueue) or not (
                isinstance(source, AsyncIterable | Iterable) or hasattr(source, "get")
            ):
                raise no_source(source, "an async iterator, or a queue with an async get")
            if isinstance(source, AsyncIterable):
                async for job in source:
                    self._add(job)
            elif isinstance(source, Iterable):
                for job in source:
                    self.scheduler.add(job)
            else:
                while (later := await source.get()) is not None:
                    self._add(later)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.feeding = False
            self.nudge()

    def _add(self, job: Job[Any]) -> None:
        if not self.scheduler.stopping:
            self.scheduler.add(job)
        self.nudge()


async def events_async(
    scheduler: Scheduler, source: AsyncSource[Any], stop: Stop | None, concurrency: int, sender: Senders
) -> AsyncGenerator[Any, None]:
    """
    Drive *crew* until all its jobs have ended and no more can come; its events as they come.

    All work is done in a task of its own, which is gone when this ends, however it does.
    """
    workers = _Workers(scheduler, stop)
    scheduler.wake = waker(workers.nudge)
    forget = stop.notify(scheduler.wake) if stop is not None else None
    scope, done = anyio.CancelScope(), anyio.Event()

    async def serve() -> None:
        try:
            async with sender(concurrency) as workers.send:
                with scope:
                    await workers.run(source, concurrency)
        except anyio.get_cancelled_exc_class():
            raise
        except BaseException as error:  # noqa: BLE001 - raised again where the events are read
            workers.error = workers.error or error
        finally:
            scheduler.close()
            done.set()
            workers.news.set()

    spawn(serve)
    try:
        while True:
            while scheduler.events:
                yield scheduler.events.popleft()
            if workers.error is not None or workers.over or done.is_set():
                break
            workers.news = anyio.Event()
            workers.publish()
            await workers.news.wait()
        if workers.error is not None:
            raise workers.error
    finally:
        if forget is not None:
            forget()
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await done.wait()
