"""
Many jobs in one call: any mix of services and accounts, each by the rules of a single wait.

Nothing is decided here either: one loop keeps the scripts of all jobs in the order of their next step.
"""

from __future__ import annotations

import heapq
import queue
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from jobwait._display import live_count
from jobwait._drive import do, do_async
from jobwait._job import Job
from jobwait._policy import Policy, Seconds
from jobwait._steps import Answer, Emit, Look, Script, Sleep, Step
from jobwait._types import Outcome, Update

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

S = TypeVar("S")
OnUpdate = Callable[[Update[Any]], object]

CONCURRENCY = 16  # requests under way at once


def _distinct(jobs: Iterable[Job[S]]) -> tuple[list[Job[S]], list[int]]:
    """The jobs without repeats, and for each that was given its place among them."""
    places: dict[Any, int] = {}
    found: list[Job[S]] = []
    order: list[int] = []
    for job in jobs:
        place = places.setdefault(job.key, len(found))
        if place == len(found):
            found.append(job)
        order.append(place)
    return found, order


@define(eq=False, match_args=False, repr=False)
class _Loop:
    """The scripts of all jobs: those asleep in a heap, those that ask in threads; each advances in the caller's."""

    scripts: list[Script[Outcome[Any]]]
    pool: ThreadPoolExecutor
    heap: list[tuple[float, int]] = field(factory=list)
    asleep: dict[int, float] = field(factory=dict)  # what of the heap still holds
    heard: queue.SimpleQueue[tuple[int, Answer | BaseException | None]] = field(factory=queue.SimpleQueue)
    watched: set[int] = field(factory=set)

    def advance(self, index: int, answer: Answer | None) -> Outcome[Any] | None:
        """Let script *index* go on to its next sleep or request; its outcome, if that was its end."""
        script = self.scripts[index]
        try:
            step = next(script) if answer is None else script.send(answer)
            while isinstance(step, Emit):
                step = script.send(do(step))
        except StopIteration as end:
            outcome: Outcome[Any] = end.value
            return outcome
        if isinstance(step, Sleep):
            self._sleep(index, step)
        else:
            self.pool.submit(self._ask, index, step)
        return None

    def _sleep(self, index: int, step: Sleep) -> None:
        self.asleep[index] = time.monotonic() + step.seconds
        heapq.heappush(self.heap, (self.asleep[index], index))
        if step.signal is not None and index not in self.watched:
            self.watched.add(index)
            step.signal.notify(lambda: self.heard.put((index, None)))

    def _ask(self, index: int, step: Step) -> None:
        try:
            self.heard.put((index, do(step)))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self.heard.put((index, error))

    def next(self) -> tuple[int, Answer]:
        """Whichever comes first: the end of a sleep, a call of stop(), or the answer to a request."""
        while True:
            while self.heap and self.asleep.get(self.heap[0][1]) != self.heap[0][0]:
                heapq.heappop(self.heap)
            pause = max(0.0, self.heap[0][0] - time.monotonic()) if self.heap else None
            try:
                index, answer = self.heard.get(timeout=pause)
            except queue.Empty:
                index = heapq.heappop(self.heap)[1]
                answer = None
            if isinstance(answer, BaseException):
                raise answer
            if answer is not None:
                return index, answer
            if self.asleep.pop(index, None) is not None:
                return index, do(Sleep(0))


def _outcomes(jobs: list[Job[S]], **arguments: Any) -> Iterator[tuple[int, Outcome[S]]]:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for those who wait for many

    pool = ThreadPoolExecutor(min(CONCURRENCY, max(1, len(jobs))), "jobwait")
    loop = _Loop([job.outcome_script(**arguments) for job in jobs], pool)
    try:
        ready: list[tuple[int, Answer | None]] = [(index, None) for index in range(len(jobs))]
        left = len(jobs)
        while left:
            index, answer = ready.pop() if ready else loop.next()
            outcome = loop.advance(index, answer)
            if outcome is not None:
                left -= 1
                yield index, outcome
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for script in loop.scripts:
            script.close()


async def _outcomes_async(jobs: list[Job[S]], **arguments: Any) -> AsyncGenerator[tuple[int, Outcome[S]]]:
    import anyio  # noqa: PLC0415 - it brings asyncio, which sync callers never need

    into, out = anyio.create_memory_object_stream[tuple[int, Outcome[S]]](len(jobs))
    places = anyio.CapacityLimiter(CONCURRENCY)

    async def follow(index: int, job: Job[S]) -> None:
        script = job.outcome_script(**arguments)
        try:
            step = next(script)
            while True:
                if isinstance(step, Look):
                    async with places:
                        answer = await do_async(step)
                else:
                    answer = await do_async(step)
                step = script.send(answer)
        except StopIteration as end:
            await into.send((index, end.value))
        finally:
            script.close()

    async with into, out, anyio.create_task_group() as tasks:
        for index, job in enumerate(jobs):
            tasks.start_soon(follow, index, job)
        for _ in jobs:
            yield await out.receive()


def as_completed(
    jobs: Iterable[Job[S]],
    *,
    timeout: Seconds | None = None,
    policy: Policy | None = None,
    on_update: OnUpdate | None = None,
) -> Iterator[Outcome[S]]:
    """
    The outcome of each of *jobs* as it ends; a job that is given twice is asked for once and told of once.

    *timeout*, in seconds, is each job's own. *on_update* is called in this thread; an Update names its job.

    Raises:
        InvalidInput: an argument cannot be.

    """
    distinct, _ = _distinct(jobs)
    for _, outcome in _outcomes(distinct, timeout=timeout, policy=policy, on_update=on_update):
        yield outcome


def wait_all(
    jobs: Iterable[Job[S]],
    *,
    timeout: Seconds | None = None,
    policy: Policy | None = None,
    on_update: OnUpdate | None = None,
    progress: bool = False,
) -> list[Outcome[S]]:
    """
    The outcomes of all *jobs*, in their order; one that fails spoils nothing.

    The arguments are those of as_completed(); *progress* shows a live line on a terminal.

    Raises:
        InvalidInput: an argument cannot be.

    """
    distinct, order = _distinct(jobs)
    show = live_count(len(distinct), on_update) if progress else on_update
    found = dict(_outcomes(distinct, timeout=timeout, policy=policy, on_update=show))
    return [found[place] for place in order]


async def as_completed_async(
    jobs: Iterable[Job[S]],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: Policy | None = None,
    on_update: OnUpdate | None = None,
) -> AsyncIterator[Outcome[S]]:
    """The async twin of as_completed()."""
    distinct, _ = _distinct(jobs)
    found = _outcomes_async(distinct, timeout=timeout, policy=policy, on_update=on_update)
    async with aclosing(found):
        async for _, outcome in found:
            yield outcome


async def wait_all_async(
    jobs: Iterable[Job[S]],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: Policy | None = None,
    on_update: OnUpdate | None = None,
    progress: bool = False,
) -> list[Outcome[S]]:
    """The async twin of wait_all()."""
    distinct, order = _distinct(jobs)
    show = live_count(len(distinct), on_update) if progress else on_update
    found = {
        index: outcome
        async for index, outcome in _outcomes_async(distinct, timeout=timeout, policy=policy, on_update=show)
    }
    return [found[place] for place in order]
