"""Runs several operations concurrently, with a limit, in threads or in tasks."""

import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from jobwait._polling.commands import Gather, Operation


class _Work:
    """The operations of a Gather, given to workers one by one, and their results; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self._left = iter(list(enumerate(command.operations)))
        self._lock = threading.Lock()
        self.workers = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []

    def each(self) -> Iterator[tuple[int, Operation[Any]]]:
        """The operations that are left, until `stop` is called."""
        while True:
            with self._lock:
                found = next(self._left, None)
            if found is None:
                return
            yield found

    def stop(self) -> None:
        """Begin no more operations."""
        with self._lock:
            self._left = iter(())

    def fail(self, error: BaseException) -> None:
        """Stop because of *error*."""
        self.errors.append(error)
        self.stop()

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """
    The return values of the operations of *command*, in order; *run* drives one.

    After an error no more operations begin, and it is raised once those under way have ended. The threads are daemons:
    an interrupted program ends at once.
    """
    work, done = _Work(command), queue.SimpleQueue[None]()

    def worker() -> None:
        try:
            for index, operation in work.each():
                work.results[index] = run(operation)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            work.fail(error)
        done.put(None)

    try:
        for number in work.workers:
            threading.Thread(target=worker, name=f"jobwait_gather_{number}", daemon=True).start()
        for _ in work.workers:
            done.get()
    finally:
        work.stop()
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
