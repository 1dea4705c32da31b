"""What a task that does not defer does in its own worker."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final, TypeVar

import anyio
from anyio.from_thread import start_blocking_portal

from jobwait.engines.airflow.connections import client_for, limit_of
from jobwait.engines.airflow.outcomes import EndedJobs
from jobwait.engines.batch_run import BatchRun, batch_done, polled_once
from jobwait.engines.payloads import Batch
from jobwait.errors import JobWaitError, RateLimited

T = TypeVar("T")
MAX_POLLS: Final = 16  # requests at once of a sensor that pokes
LEAST_TIME: Final = 5.0  # seconds for its last poll


def run_aside(function: Callable[..., Awaitable[T]], *args: Any) -> T:
    """
    What the coroutine *function* gives, in an event loop of another thread.

    A time limit of the task is raised by a signal handler in the main thread, at any line. A callback of an event loop
    there would log and drop it; here it cancels the coroutine and is raised.
    """
    with start_blocking_portal() as portal:
        return portal.call(function, *args)


async def wait_for(connection: Any, batch: Batch) -> dict[str, Any]:
    """Wait for all jobs; returns the event that a trigger would send."""
    async with client_for(batch.service, connection) as client:
        batch_run = BatchRun.of(batch, client, None)
        async for _ in batch_run.run(limit_of(connection)):
            pass
    return asdict(batch_done(batch, batch_run.ended.values()))


async def cancel(connection: Any, batch: Batch) -> int:
    """Cancel all jobs at the service, if it can; the number that it accepted."""
    async with client_for(batch.service, connection) as client:
        return await BatchRun.of(batch, client, None).cancel()


async def poll_once(connection: Any, batch: Batch, seconds: float) -> EndedJobs:
    """
    Poll each job once, in *seconds* at most; those that still run have the state of a job that runs.

    So has a job that could not be polled within the rate limit, or within the time: nothing is known of it.
    """
    async with client_for(batch.service, connection) as client:
        semaphore, until = asyncio.Semaphore(MAX_POLLS), anyio.current_time() + max(seconds, LEAST_TIME)

        async def poll(job: Any) -> dict[str, Any]:
            async with semaphore:
                error = None
                try:
                    with anyio.CancelScope(deadline=until):
                        await job.status_async()
                except RateLimited:
                    pass
                except JobWaitError as failed:
                    error = failed
                return asdict(polled_once(job, error))

        return list(await asyncio.gather(*map(poll, BatchRun.of(batch, client, None).jobs.values())))
