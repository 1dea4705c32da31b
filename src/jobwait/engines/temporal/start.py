"""From a program: start waits, see how far they are."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError

from jobwait.engines.job_naming import complete
from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint, check
from jobwait.engines.temporal.names import SWEEP, queue_of
from jobwait.engines.temporal.workflows import WaitJobs
from jobwait.errors import InvalidInput

Handle = WorkflowHandle[WaitJobs, BatchDone]


async def start(client: Client, name: str, batch: Batch) -> Handle:
    """
    Begin to wait for *batch* in the workflow *name*; `await handle.result()` gives its BatchDone.

    Raises:
        InvalidInput: the batch cannot be waited for; nothing was started.

    """
    check(batch)
    complete(batch)
    return await client.start_workflow(WaitJobs.run, batch, id=name, task_queue=queue_of(batch.service, batch.account))


async def wait_all(client: Client, name: str, all_of: Iterable[Batch]) -> list[BatchDone]:
    """
    Wait for *all_of* them, each in a workflow of its own: *name*-0, *name*-1 and so on.

    A program that died and is run again goes on with the workflows that still run.

    Raises:
        InvalidInput: a batch cannot be waited for, or a workflow of that name waits for other jobs.

    """
    made = list(all_of)
    found = [await _started(client, f"{name}-{number}", batch) for number, batch in enumerate(made)]
    ends = await asyncio.gather(*(one.result() for one in found))
    for one, batch, done in zip(found, made, ends, strict=True):
        if batch.job_ids != [end.job_id for end in done.ended]:
            raise InvalidInput(f"The workflow {one.id} waited for other jobs. Take another name, or its own result.")
    return ends


async def _started(client: Client, name: str, batch: Batch) -> Handle:
    try:
        return await start(client, name, batch)
    except WorkflowAlreadyStartedError:
        return client.get_workflow_handle_for(WaitJobs.run, name)


async def progress(client: Client, name: str) -> BatchProgress:
    """
    How far the workflow *name* is, as of its sweep's last heartbeat; asking leaves no trace in the history.

    Once there is no sweep, before it began or after it ended, a worker is asked.
    """
    handle = client.get_workflow_handle_for(WaitJobs.run, name)
    described = await handle.describe()
    for one in described.raw_description.pending_activities:
        if one.activity_type.name == SWEEP and one.heartbeat_details.payloads:
            (checkpoint,) = await client.data_converter.decode(one.heartbeat_details.payloads[:1], [Checkpoint])
            jobs = checkpoint.waiting + sum(checkpoint.counts.values())
            return BatchProgress(jobs=jobs, waiting=checkpoint.waiting, counts=checkpoint.counts)
    return await handle.query(WaitJobs.progress)
