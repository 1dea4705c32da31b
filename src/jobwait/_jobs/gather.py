"""Runs several operations concurrently, with a limit, in threads or in tasks."""

import functools
import queue
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from jobwait._polling.commands import Gather, Operation
from jobwait._sync import clock

CHECK: Final = 0.2  # seconds between two checks of what has ended, after an interrupt
STEP: Final = 32  # operations that a task runs before it gives the loop a turn, as some send nothing


class _Work:
    """The operations of *command*, given to workers one by one, and their results; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self.left = deque(enumerate(command.operations))  # its popleft() and clear() are atomic
        self.workers = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []
        self.done: deque[int] = deque()  # ended, and not reported yet
        self.command = command

    def each(self) -> Iterator[tuple[int, Operation[Any]]]:
        """The operations that are left, one by one."""
        with suppress(IndexError):
            while True:
                yield self.left.popleft()

    def fail(self, error: BaseException) -> None:
        """Store *error*, and begin no more operations."""
        self.errors.append(error)
        self.end()

    def end(self) -> None:
        """Begin no more operations; those that can be stopped end soon."""
        self.left.clear()
        if self.command.stop is not None:
            self.command.stop.set()

    def report(self, index: int) -> None:
        """Tell the caller that the operation *index* has ended."""
        if self.command.each is not None:
            self.command.each(index, self.results[index])

    def report_done(self, *, ignore: bool = False) -> None:
        """Tell the caller what has ended; an interrupt in the middle loses none, but may tell one again."""
        while self.done:
            try:
                self.report(self.done[0])
            except Exception:
                self.done.popleft()
                if not ignore:
                    raise
            else:
                self.done.popleft()

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """What the operations of *command* return, in order; *run* drives one. The first error is raised once all ended."""
    work = _Work(command)
    wake: clock.Queue[None] = clock.current.queue()
    begun: list[int] = []
    ended: list[int] = []

    def worker(number: int) -> None:
        begun.append(
            number
        )  # here, as an interrupt may come before start() returns; one that begins late finds no work
        try:
            for index, operation in work.each():
                work.results[index] = run(operation)
                work.done.append(index)
                wake.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            work.fail(error)
        ended.append(number)
        wake.put(None)

    try:
        for number in work.workers:
            clock.current.start(functools.partial(worker, number), f"jobwait_gather_{number}")
        while len(ended) < len(work.workers):
            wake.get()
            work.report_done()
        work.report_done()
    except BaseException:
        work.end()
        if command.stop is not None:  # a second interrupt ends this
            while len(ended) < len(begun):
                with suppress(queue.Empty):  # an interrupt may have taken an item
                    wake.get(timeout=CHECK)
            work.report_done(ignore=True)  # the caller's function has raised one already
        raise
    return work.ended()


async def gather_async(command: Gather, run: Callable[[Operation[Any]], Awaitable[Any]]) -> list[Any]:
    """The same, in tasks."""
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need
    import anyio.lowlevel  # noqa: PLC0415 - the same

    work, over = _Work(command), anyio.Event()
    running = len(work.workers)

    async def worker() -> None:
        nonlocal running
        try:
            for count, (index, operation) in enumerate(work.each(), 1):
                with anyio.CancelScope(shield=command.stop is not None):
                    work.results[index] = await run(operation)
                    work.report(index)
                    if count % STEP == 0:
                        await anyio.lowlevel.checkpoint()
        except Exception as error:  # noqa: BLE001 - raised again in the caller's task, bare
            work.fail(error)
        finally:
            running -= 1
            if not running:
                over.set()

    async def watch() -> None:
        """End the shielded operations when the caller is canceled."""
        try:
            await over.wait()
        finally:
            work.end()

    try:
        async with anyio.create_task_group() as group:
            for _ in work.workers:
                group.start_soon(worker)
            if command.stop is not None and running:
                group.start_soon(watch)
    except BaseExceptionGroup as errors:  # trio's KeyboardInterrupt, which callers expect bare
        raise _first(errors) from None
    return work.ended()


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
