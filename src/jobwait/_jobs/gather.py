"""Several operations at once, in threads or in tasks."""

import queue
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

from jobwait._polling.commands import Gather, Operation


class _Begun:
    """The operations of *command*, handed out one by one, and their results; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self.left = deque(enumerate(command.operations))  # its popleft() and clear() are atomic
        self.hands = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []

    def each(self) -> Iterator[tuple[int, Operation[Any]]]:
        """The next one, again and again, until none is left."""
        with suppress(IndexError):
            while True:
                yield self.left.popleft()

    def fail(self, error: BaseException) -> None:
        """Remember *error*, and let nothing more begin."""
        self.errors.append(error)
        self.left.clear()

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """What the operations of *command* return, in order; *run* drives one. The first error is raised once all ended."""
    begun, done = _Begun(command), queue.SimpleQueue[None]()

    def work() -> None:
        try:
            for index, operation in begun.each():
                begun.results[index] = run(operation)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            begun.fail(error)
        done.put(None)

    try:
        for number in begun.hands:  # daemons: a program that is interrupted ends at once
            threading.Thread(target=work, name=f"jobwait_beside_{number}", daemon=True).start()
        for _ in begun.hands:
            done.get()
    finally:
        begun.left.clear()
    return begun.ended()


async def gather_async(command: Gather, run: Callable[[Operation[Any]], Awaitable[Any]]) -> list[Any]:
    """The same, in tasks."""
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    begun = _Begun(command)

    async def work() -> None:
        try:
            for index, operation in begun.each():
                begun.results[index] = await run(operation)
        except Exception as error:  # noqa: BLE001 - raised again in the caller's task, bare
            begun.fail(error)

    async with anyio.create_task_group() as group:
        for _ in begun.hands:
            group.start_soon(work)
    return begun.ended()
