"""Several scripts beside each other, so many at once: in threads, and in tasks."""

import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from jobwait._polling.commands import Gather, Operation


class _Begun:
    """The scripts of a step, handed out one by one, and what came of them; safe from any thread."""

    def __init__(self, command: Gather) -> None:
        self._left = iter(list(enumerate(command.operations)))
        self._lock = threading.Lock()
        self.hands = range(min(command.most, len(command.operations)))
        self.results: list[Any] = [None] * len(command.operations)
        self.errors: list[BaseException] = []

    def each(self) -> Iterator[tuple[int, Operation[Any]]]:
        """The next one, again and again, until there is none or `stop` was called."""
        while True:
            with self._lock:
                found = next(self._left, None)
            if found is None:
                return
            yield found

    def stop(self) -> None:
        """Let nothing more begin."""
        with self._lock:
            self._left = iter(())

    def fail(self, error: BaseException) -> None:
        """Remember *error*, which ends the whole."""
        self.errors.append(error)
        self.stop()

    def ended(self) -> list[Any]:
        """The results, in order; or the first error."""
        if self.errors:
            raise self.errors[0]
        return self.results


def gather(command: Gather, run: Callable[[Operation[Any]], Any]) -> list[Any]:
    """
    What each of the scripts of *step* comes to, in order; *run* drives one.

    The first error is raised once what had begun has ended; what had not, does not begin. The threads are daemons: a
    program that is interrupted ends at once.
    """
    begun, done = _Begun(command), queue.SimpleQueue[None]()

    def work() -> None:
        try:
            for index, operation in begun.each():
                begun.results[index] = run(operation)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            begun.fail(error)
        done.put(None)

    try:
        for number in begun.hands:
            threading.Thread(target=work, name=f"jobwait_beside_{number}", daemon=True).start()
        for _ in begun.hands:
            done.get()
    finally:
        begun.stop()
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
