"""Runs several operations concurrently, with a limit, in threads or in tasks."""

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from jobwait._polling.commands import Gather, Operation
from jobwait._sync import clock


class _Work:
    """The operations of *command*, given to workers one by one, and their results; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self.left = deque(enumerate(command.operations))  # its popleft() and clear() are atomic
        self.workers = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []
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

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """What the operations of *command* return, in order; *run* drives one. The first error is raised once all ended."""
    work, started = _Work(command), 0
    done: clock.Queue[int | None] = clock.current.queue()

    def worker() -> None:
        try:
            for index, operation in work.each():
                work.results[index] = run(operation)
                done.put(index)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            work.fail(error)
        done.put(None)

    def take() -> None:
        nonlocal started
        index = done.get()
        if index is None:
            started -= 1
        else:
            work.report(index)

    try:
        for number in work.workers:
            clock.current.start(worker, f"jobwait_gather_{number}")
            started += 1
        while started:
            take()
    except BaseException:
        work.end()
        while command.stop is not None and started:  # a second interrupt ends this
            with suppress(Exception):  # of the caller's function, which has raised one already
                take()
        raise
    return work.ended()


async def gather_async(command: Gather, run: Callable[[Operation[Any]], Awaitable[Any]]) -> list[Any]:
    """The same, in tasks."""
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    work, over = _Work(command), anyio.Event()
    running = len(work.workers)

    async def worker() -> None:
        nonlocal running
        try:
            for index, operation in work.each():
                with anyio.CancelScope(shield=command.stop is not None):
                    work.results[index] = await run(operation)
                    work.report(index)
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
