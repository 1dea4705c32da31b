"""What a task that does not defer does in its own worker."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

from jobwait.engines.airflow.connections import connected, limit_of
from jobwait.engines.airflow.outcomes import Ends
from jobwait.engines.batch_run import BatchRun, seen
from jobwait.engines.payloads import Batch
from jobwait.errors import JobWaitError

POLLS = 16  # at once, of a sensor that pokes


async def waited(connection: Any, batch: Batch) -> dict[str, Any]:
    """Wait for all; the event that a trigger would bring."""
    async with connected(batch.service, connection) as client:
        batch_run = BatchRun.of(batch, client, None)
        async for _ in batch_run.run(limit_of(connection)):
            pass
    return asdict(batch_run.done())


async def canceled(connection: Any, batch: Batch) -> None:
    """Cancel all at the service, where it can."""
    async with connected(batch.service, connection) as client:
        await BatchRun.of(batch, client, None).cancel()


async def take_result(connection: Any, batch: Batch) -> Ends:
    """Look at each once; the state of one that has not ended is none of an end."""
    async with connected(batch.service, connection) as client:
        places = asyncio.Semaphore(POLLS)

        async def poll(job: Any) -> dict[str, Any]:
            async with places:
                return asdict(seen(job, await _polled_at(job)))

        return list(await asyncio.gather(*map(poll, BatchRun.of(batch, client, None).jobs.values())))


async def _polled_at(job: Any) -> JobWaitError | None:
    try:
        await job.status_async()
    except JobWaitError as error:
        return error
    return None
