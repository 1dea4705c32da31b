"""Runs several operations concurrently, with a limit, in threads or in tasks."""

import queue
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from jobwait._polling.commands import Gather, Operation


class _Work:
    """The operations of *command*, given to workers one by one, and their results; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self.left = deque(enumerate(command.operations))  # its popleft() and clear() are atomic
        self.workers = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []

    def each(self) -> Iterator[tuple[int, Operation[Any]]]:
        """The operations that are left, one by one."""
        with suppress(IndexError):
            while True:
                yield self.left.popleft()

    def fail(self, error: BaseException) -> None:
        """Store *error*, and begin no more operations."""
        self.errors.append(error)
        self.left.clear()

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """What the operations of *command* return, in order; *run* drives one. The first error is raised once all ended."""
    work, done = _Work(command), queue.SimpleQueue[None]()

    def worker() -> None:
        try:
            for index, operation in work.each():
                work.results[index] = run(operation)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            work.fail(error)
        done.put(None)

    try:
        for number in work.workers:  # daemons: a program that is interrupted ends at once
            threading.Thread(target=worker, name=f"jobwait_gather_{number}", daemon=True).start()
        for _ in work.workers:
            done.get()
    finally:
        work.left.clear()
    return work.ended()


async def gather_async(command: Gather, run: Callable[[Operation[Any]], Awaitable[Any]]) -> list[Any]:
    """The same, in tasks."""
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    work = _Work(command)

    async def worker() -> None:
        try:
            for index, operation in work.each():
                work.results[index] = await run(operation)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's task, bare
            work.fail(error)

    async with anyio.create_task_group() as group:
        for _ in work.workers:
            group.start_soon(worker)
    return work.ended()
