"""
Many jobs in one call: any mix of services and accounts, each by the rules of a single wait.

    for outcome in as_completed(jobs, limits={"promptforge": Limit(20)}):
        print(outcome.job_id, outcome.state)

One loop drives the operations of all jobs; all jobs of an account share its rate limits. The arguments, which all
functions have in common, are those of `wait_all`.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from jobwait import hooks
from jobwait._display.progress import live
from jobwait._http import first_use
from jobwait._jobs.drivers import notify
from jobwait._jobs.handle import Job, check_on_update, check_stop
from jobwait._jobs.registry import checked_limits
from jobwait._model.arguments import explained
from jobwait._model.display import Display
from jobwait._model.limits import Limit
from jobwait._model.policy import Policy, Seconds
from jobwait._model.types import Outcome, Outcomes, Update
from jobwait._polling.commands import Notify, Result
from jobwait._polling.rate_limits import RateLimiters, in_memory
from jobwait._sync import clock as _clock
from jobwait._sync.wake_up import Stop
from jobwait.errors import InvalidInput
from jobwait.fleet.fleet_job import FleetOptions
from jobwait.fleet.scheduler import Scheduler
from jobwait.fleet.sync_driver import Source, events

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from jobwait.fleet.async_driver import AsyncSource, Getter
    from jobwait.fleet.sync_driver import Incoming

S = TypeVar("S")
OnUpdate = Callable[[Update[Any]], object]
EachPolicy = Policy | Callable[[Job[Any]], Policy | None]

_ASYNC_MODULES = (
    "jobwait.fleet.async_driver",
    "jobwait._http.engines.asyncio_engine",
    "jobwait._http.engines.aiohttp_engine",
    "concurrent.futures.thread",  # in which asyncio resolves names
)
CONCURRENCY = 16  # requests in flight at once; httpx searches all its connections for each request


def clock() -> Result:
    """The time."""
    return Result(_clock.current.monotonic(), _clock.current.time())


def _notify(command: Notify) -> Result:
    """Pass *command* on if anything listens to it."""
    return notify(command) if command.to or command.warning or _hooked() else clock()


def _hooked() -> bool:
    """Whether hooks or the log get updates."""
    return bool(hooks.listeners) or hooks.LOG.isEnabledFor(logging.INFO)


class Fleet:
    """One call of a function here: its arguments, checked, and its scheduler."""

    def __init__(
        self,
        timeout: Seconds | None = None,
        policy: EachPolicy | None = None,
        on_update: OnUpdate | None = None,
        limits: Mapping[str, Limit] | None = None,
        weight: Callable[[Job[Any]], float] | None = None,
        fail_fast: bool = False,
        stop: Stop | None = None,
        concurrency: int = CONCURRENCY,
        limiters: RateLimiters = in_memory,
    ) -> None:
        check_on_update(on_update)
        if concurrency < 1:
            raise InvalidInput(f"concurrency must be 1 or more, not {concurrency}.")
        check_stop(stop)
        if weight is not None and not callable(weight):
            raise InvalidInput(f"weight must be a function of a job that returns a number, not {weight!r:.60}.")
        own = {} if limits is None else checked_limits(limits)
        self.concurrency, self.stop = concurrency, stop
        options = FleetOptions(timeout, policy, on_update, weight, own, fail_fast, limiters)
        self.scheduler = Scheduler(options, clock, _notify, _hooked if on_update is None else lambda: True)

    def run(self, jobs: Source[Any]) -> Generator[Any, None, None]:
        """The events of *jobs*, as they happen."""
        return events(self.scheduler, jobs, self.stop, self.concurrency)

    async def run_async(self, jobs: AsyncSource[Any]) -> AsyncGenerator[Any, None]:
        """The same, in a task."""
        await first_use.load(*_ASYNC_MODULES)
        from jobwait.fleet.async_driver import events_async  # noqa: PLC0415 - asyncio, which sync callers never need

        async with aclosing(events_async(self.scheduler, jobs, self.stop, self.concurrency)) as found:
            async for event in found:
                yield event

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keeps the display open, if there is one."""
        display = self.scheduler.options.on_update
        if not isinstance(display, Display):
            yield
            return
        display.open()
        try:
            yield
        finally:
            display.close()

    def in_order(self, found: Iterable[tuple[int, Outcome[Any]]]) -> Outcomes[Any]:
        """The outcomes *found*, in the order of their jobs."""
        by_number = dict(found)
        return Outcomes(by_number[number] for number in self.scheduler.order)


@explained
def as_completed(
    jobs: Iterable[Job[S]] | Incoming[S],
    *,
    timeout: Seconds | None = None,
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    on_update: Callable[[Update[Any]], object] | None = None,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> Generator[Outcome[S], None, None]:
    """
    The outcome of each of *jobs* as it ends. The arguments are those of wait_all().

    Raises:
        InvalidInput: an argument is invalid.

    """
    with closing(Fleet(timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency).run(jobs)) as found:
        for _, outcome in found:
            yield outcome


@explained
async def as_completed_async(
    jobs: Iterable[Job[S]] | AsyncIterable[Job[S]] | Getter[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    on_update: Callable[[Update[Any]], object] | None = None,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> AsyncGenerator[Outcome[S], None]:
    """The outcome of each of *jobs* as it ends, in a task: as as_completed(), with the same arguments and errors."""
    async with aclosing(
        Fleet(timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency).run_async(jobs)
    ) as found:
        async for _, outcome in found:
            yield outcome


@explained
def wait_all(
    jobs: Iterable[Job[S]] | Incoming[S],
    *,
    timeout: Seconds | None = None,
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    on_update: Callable[[Update[Any]], object] | None = None,
    progress: bool = False,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> Outcomes[S]:
    """
    The outcomes of all *jobs*, in their order; a job that fails does not affect the others.

    *jobs* is an iterable; or, for jobs that are added while others run, a `queue.Queue` (for the async functions an
    async iterator or a queue with an async get), which None ends. A job given twice is polled and reported once.

    timeout: in seconds for each job, from when it is given; many jobs need at least their number divided by the
    rate, as a job whose turn does not come before its deadline is "timed_out" without a poll. policy: a Policy, or a
    function of the job that returns one. on_update: called in the caller's thread with each Update, which names its
    job. progress: shows a live line on a terminal. limits: a Limit by service name for the polls and lists of this
    call, in addition to the one that the service documents; results are not among them. weight: a function of the job;
    if the rate limit is too low for all polls, a job of weight 4 is polled twice as often as one of weight 1.
    fail_fast: the first job that does not succeed ends the other waits, which then are "timed_out". stop: a Stop; once
    it is set, from any thread, requests in flight are completed and all waits end. concurrency: the most requests in
    flight at once.

    Raises:
        InvalidInput: an argument is invalid.

    """
    fleet = _fleet(jobs, progress, timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency)
    with fleet.shown(), closing(fleet.run(jobs)) as found:
        return fleet.in_order(found)


@explained
async def wait_all_async(
    jobs: Iterable[Job[S]] | AsyncIterable[Job[S]] | Getter[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    on_update: Callable[[Update[Any]], object] | None = None,
    progress: bool = False,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> Outcomes[S]:
    """The outcomes of all *jobs*, in their order, in a task: as wait_all(), with the same arguments and errors."""
    fleet = _fleet(jobs, progress, timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency)
    with fleet.shown():
        async with aclosing(fleet.run_async(jobs)) as found:
            return fleet.in_order([pair async for pair in found])


@explained
def updates(
    jobs: Iterable[Job[S]] | Incoming[S],
    *,
    timeout: Seconds | None = None,
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> Generator[Update[S], None, None]:
    """
    The updates of all *jobs* in one iterator; the last update of each job, and only that one, is terminal.

    The arguments are those of wait_all(). Closing the iterator ends the waits.

    Raises:
        InvalidInput: an argument is invalid.

    """
    with closing(_with_updates(timeout, policy, limits, weight, fail_fast, stop, concurrency).run(jobs)) as found:
        for event in found:
            if isinstance(event, Update):
                yield event


@explained
async def updates_async(
    jobs: Iterable[Job[S]] | AsyncIterable[Job[S]] | Getter[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: Policy | Callable[[Job[Any]], Policy | None] | None = None,
    limits: Mapping[str, Limit] | None = None,
    weight: Callable[[Job[Any]], float] | None = None,
    fail_fast: bool = False,
    stop: Stop | None = None,
    concurrency: int = 16,
) -> AsyncGenerator[Update[S], None]:
    """The updates of all *jobs* in one iterator, in a task: as updates(), with the same arguments and errors."""
    async with aclosing(
        _with_updates(timeout, policy, limits, weight, fail_fast, stop, concurrency).run_async(jobs)
    ) as found:
        async for event in found:
            if isinstance(event, Update):
                yield event


def _fleet(
    jobs: object,
    progress: bool,
    timeout: Seconds | None,
    policy: EachPolicy | None,
    on_update: OnUpdate | None,
    *others: Any,
) -> Fleet:
    if not progress:
        return Fleet(timeout, policy, on_update, *others)
    check_on_update(on_update)  # the display that has it is a plain function
    known = [(job.service.name, job.id) for job in jobs if isinstance(job, Job)] if isinstance(jobs, Sequence) else ()
    fleet = Fleet(timeout, policy, live(on_update, known, lambda: fleet.scheduler.count), *others)
    return fleet


def _with_updates(timeout: Seconds | None, policy: EachPolicy | None, *others: Any) -> Fleet:
    """A fleet whose events include updates."""

    def notify(update: Update[Any]) -> None:
        fleet.scheduler.events.append(update)

    fleet = Fleet(timeout, policy, notify, *others)
    return fleet


for _function in (as_completed, as_completed_async, updates, updates_async, wait_all, wait_all_async):
    _function.__module__ = "jobwait"  # where people import it from
