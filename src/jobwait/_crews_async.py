"""
The driver of a crew for event loops.

A few workers share the work: each asks the crew what to send, sends it and brings back the answer. Of those that find
nothing to do one watches the clock, so that a look that is due wakes one task and not all.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterable,
)
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeAlias, TypeVar

import anyio
import httpx
from attrs import define, field

from jobwait._crew import Crew, Errand
from jobwait._job import Job
from jobwait._steps import Look, Send
from jobwait._stop import Stop, waker
from jobwait.errors import InvalidInput

Sender: TypeAlias = Callable[[Look | Send], Awaitable[httpx.Response | Exception]]


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

    crew: Crew
    send: Sender
    stop: Stop | None
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
        if self.crew.events or self.error is not None or self.over:
            self.news.set()

    @property
    def over(self) -> bool:
        """Whether nothing can come any more."""
        return not self.feeding and not len(self.crew)

    async def work(self) -> None:
        """Serve until there is nothing left to serve."""
        crew = self.crew
        try:
            while not self.over:
                if self.stop is not None and self.stop.is_set() and not crew.stopping:
                    crew.stop()
                    self.feeding = False
                found = crew.next()
                self.publish()
                if isinstance(found, Errand):
                    if self.idle and self.watch is None:
                        self.idle.popleft().set()
                    crew.answer(found, await self._sent(found.step))
                    self.publish()
                elif not self.over:
                    await self._rest(found)
        except Exception as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.nudge()

    async def _sent(self, step: Look | Send) -> httpx.Response | Exception:
        """The answer to *step*; a request that cannot be made is its own job's affair."""
        try:
            return await self.send(step)
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

    async def serve(self, source: AsyncSource[Any], concurrency: int) -> None:
        """Take in jobs and work for them until all have ended."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.feed, source)
            for _ in range(concurrency):
                tasks.start_soon(self.work)

    async def feed(self, source: AsyncSource[Any]) -> None:
        """Take in jobs as they come."""
        try:
            if isinstance(source, AsyncIterable):
                async for job in source:
                    self._add(job)
            elif isinstance(source, Iterable):
                for job in source:
                    self.crew.add(job)
            else:
                while (later := await source.get()) is not None:
                    self._add(later)
        except Exception as error:  # noqa: BLE001 - raised again where the events are read
            self.error = error
        finally:
            self.feeding = False
            self.nudge()

    def _add(self, job: Job[Any]) -> None:
        if not self.crew.stopping:
            self.crew.add(job)
        self.nudge()


async def events_async(
    crew: Crew, source: AsyncSource[Any], stop: Stop | None, concurrency: int, send: Sender
) -> AsyncGenerator[Any, None]:
    """Drive *crew* until all its jobs have ended and no more can come; its events as they come."""
    workers = _Workers(crew, send, stop)
    crew.wake = waker(workers.nudge)
    forget = stop.notify(crew.wake) if stop is not None else None
    try:
        async with _beside(lambda: workers.serve(source, concurrency)):
            while True:
                while crew.events:
                    yield crew.events.popleft()
                if workers.error is not None or workers.over:
                    break
                workers.news = anyio.Event()
                workers.publish()
                await workers.news.wait()
        if workers.error is not None:
            raise workers.error
    finally:
        crew.close()
        if forget is not None:
            forget()


def in_asyncio() -> bool:
    """Whether asyncio runs us, and not trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@asynccontextmanager
async def _beside(serve: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """
    Run *serve* until the block ends.

    Whoever leaves an `async for` early drops our generator, and asyncio then ends it in another task; a task group that
    was open across its yields would break there. A task of its own does not mind where it is canceled from.
    """
    if not in_asyncio():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(serve)
            yield
            tasks.cancel_scope.cancel()
        return
    task = asyncio.create_task(serve())
    try:
        yield
    finally:
        task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([task])
