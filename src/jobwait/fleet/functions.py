"""
Many jobs in one call: any mix of services and accounts, each by the rules of a single wait.

    for outcome in as_completed(jobs, limits={"promptforge": Limit(20)}):
        print(outcome.job_id, outcome.state)

One loop drives the operations of all jobs; all jobs of an account share its rate limits. Common to all functions:

- *jobs* is an iterable; or, for jobs that are added while others run, a `queue.Queue` (for the async functions an async
  iterator or a queue with an async get), which None ends. A job that is given twice is polled and reported once.
- *timeout*, in seconds, is for each job; *policy* is a Policy, or a function of the job that returns one. *on_update*
  is called in the caller's thread with each Update, which names its job.
- *limits*: a Limit by service name, in addition to the one that the service documents.
- *weight*: a function of the job; if the rate limit is too low for all polls, a job of weight 4 is polled twice as
  often as one of weight 1.
- *fail_fast*: the first job that does not succeed ends the other waits, which then are "timed_out".
- *stop*: a Stop; once it is set, from any thread, requests in flight are completed and all waits end.
- *concurrency*: the most requests in flight at once.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing, contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from jobwait import hooks
from jobwait._display.progress import live
from jobwait._http import first_use
from jobwait._jobs.drivers import notify
from jobwait._jobs.handle import Job, check_stop
from jobwait._jobs.registry import SERVICES
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
    from jobwait.fleet.async_driver import AsyncSource

S = TypeVar("S")
OnUpdate = Callable[[Update[Any]], object]
EachPolicy = Policy | Callable[[Job[Any]], Policy | None]

_ASYNC_MODULES = ("jobwait.fleet.async_driver", "jobwait._http.engines.aiohttp_engine")
CONCURRENCY = 16  # requests in flight at once; httpx searches all its connections for each request


def clock() -> Result:
    """The time."""
    return Result(_clock.current.monotonic(), _clock.current.time())


def _notify(command: Notify) -> Result:
    """Pass *command* on if anything listens to it."""
    wanted = command.to or command.warning or hooks.listeners or hooks.LOG.isEnabledFor(logging.INFO)
    return notify(command) if wanted else clock()


class More(TypedDict, total=False):
    """Further arguments of all functions here; see the module."""

    limits: Mapping[str, Limit]
    weight: Callable[[Job[Any]], float]
    fail_fast: bool
    stop: Stop | None
    concurrency: int


class Fleet:
    """One call of a function here: its arguments, checked, and its scheduler."""

    def __init__(
        self,
        timeout: Seconds | None,
        policy: EachPolicy | None,
        on_update: OnUpdate | None,
        more: More,
        limiters: RateLimiters = in_memory,
    ) -> None:
        if on_update is not None and inspect.iscoroutinefunction(on_update):
            raise InvalidInput("on_update must be a plain function; for async code use updates_async().")
        unknown = [name for name in more if name not in More.__annotations__]
        if unknown:
            raise TypeError(f"a fleet takes no argument {unknown[0]!r}; there are {', '.join(More.__annotations__)}")
        self.concurrency = more.get("concurrency", CONCURRENCY)
        if self.concurrency < 1:
            raise InvalidInput(f"concurrency must be 1 or more, not {self.concurrency}.")
        self.stop = more.get("stop")
        check_stop(self.stop)
        for name, limit in (more.get("limits") or {}).items():
            meant = get_close_matches(name, SERVICES, 1) if name not in SERVICES else []
            if meant:
                raise InvalidInput(f"limits names {name!r}, and there is no such service; did you mean {meant[0]!r}?")
            if not isinstance(limit, Limit):
                raise InvalidInput(f"limits[{name!r}] must be a Limit, as in Limit(20, seconds=1), not {limit!r}.")
        limits, fail_fast = dict(more.get("limits") or {}), more.get("fail_fast", False)
        options = FleetOptions(timeout, policy, on_update, more.get("weight"), limits, fail_fast, limiters)
        self.scheduler = Scheduler(options, clock, _notify)

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


def as_completed(
    jobs: Source[S],
    *,
    timeout: Seconds | None = None,
    policy: EachPolicy | None = None,
    on_update: OnUpdate | None = None,
    **more: Unpack[More],
) -> Generator[Outcome[S], None, None]:
    """
    The outcome of each of *jobs* as it ends. The arguments are those of the module.

    Raises:
        InvalidInput: an argument is invalid.

    """
    with closing(Fleet(timeout, policy, on_update, more).run(jobs)) as found:
        for _, outcome in found:
            yield outcome


async def as_completed_async(
    jobs: AsyncSource[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: EachPolicy | None = None,
    on_update: OnUpdate | None = None,
    **more: Unpack[More],
) -> AsyncGenerator[Outcome[S], None]:
    """The async counterpart of as_completed()."""
    async with aclosing(Fleet(timeout, policy, on_update, more).run_async(jobs)) as found:
        async for _, outcome in found:
            yield outcome


def wait_all(
    jobs: Source[S],
    *,
    timeout: Seconds | None = None,
    policy: EachPolicy | None = None,
    on_update: OnUpdate | None = None,
    progress: bool = False,
    **more: Unpack[More],
) -> Outcomes[S]:
    """
    The outcomes of all *jobs*, in their order; a job that fails does not affect the others.

    The arguments are those of the module; *progress* shows a live line on a terminal.

    Raises:
        InvalidInput: an argument is invalid.

    """
    fleet = _fleet(jobs, timeout, policy, on_update, progress, more)
    with fleet.shown(), closing(fleet.run(jobs)) as found:
        return fleet.in_order(found)


async def wait_all_async(
    jobs: AsyncSource[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: EachPolicy | None = None,
    on_update: OnUpdate | None = None,
    progress: bool = False,
    **more: Unpack[More],
) -> Outcomes[S]:
    """The async counterpart of wait_all()."""
    fleet = _fleet(jobs, timeout, policy, on_update, progress, more)
    with fleet.shown():
        async with aclosing(fleet.run_async(jobs)) as found:
            return fleet.in_order([pair async for pair in found])


def updates(
    jobs: Source[S], *, timeout: Seconds | None = None, policy: EachPolicy | None = None, **more: Unpack[More]
) -> Generator[Update[S], None, None]:
    """
    The updates of all *jobs* in one iterator; the last update of each job, and only that one, is terminal.

    The arguments are those of the module. Closing the iterator ends the waits.

    Raises:
        InvalidInput: an argument is invalid.

    """
    with closing(_with_updates(timeout, policy, more).run(jobs)) as found:
        for event in found:
            if isinstance(event, Update):
                yield event


async def updates_async(
    jobs: AsyncSource[S],
    *,
    timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
    policy: EachPolicy | None = None,
    **more: Unpack[More],
) -> AsyncGenerator[Update[S], None]:
    """The async counterpart of updates()."""
    async with aclosing(_with_updates(timeout, policy, more).run_async(jobs)) as found:
        async for event in found:
            if isinstance(event, Update):
                yield event


def _fleet(
    jobs: object,
    timeout: Seconds | None,
    policy: EachPolicy | None,
    on_update: OnUpdate | None,
    progress: bool,
    more: More,
) -> Fleet:
    if not progress:
        return Fleet(timeout, policy, on_update, more)
    known = [(job.service.name, job.id) for job in jobs if isinstance(job, Job)] if isinstance(jobs, Sequence) else ()
    fleet = Fleet(timeout, policy, live(on_update, known, lambda: fleet.scheduler.count), more)
    return fleet


def _with_updates(timeout: Seconds | None, policy: EachPolicy | None, more: More) -> Fleet:
    """A fleet whose events include updates."""

    def notify(update: Update[Any]) -> None:
        fleet.scheduler.events.append(update)

    fleet = Fleet(timeout, policy, notify, more)
    return fleet
