"""What a program calls: start waits, and read their progress."""

import asyncio
from collections.abc import Iterable

from temporalio.client import Client, WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError

from jobwait.engines.batches import check, check_common
from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint
from jobwait.engines.temporal.batch_workflow import WaitJobs
from jobwait.engines.temporal.names import RUN_BATCH, queue_of
from jobwait.errors import InvalidInput

Handle = WorkflowHandle[WaitJobs, BatchDone]


async def start(client: Client, name: str, batch: Batch) -> Handle:
    """
    Start to wait for *batch* in a workflow with the id *name*; `await handle.result()` returns its BatchDone.

    Raises:
        InvalidInput: the batch is invalid; nothing was started.

    """
    check(batch)
    check_common(batch)
    return await client.start_workflow(WaitJobs.run, batch, id=name, task_queue=queue_of(batch.service, batch.account))


async def wait_all(client: Client, name: str, batches: Iterable[Batch]) -> list[BatchDone]:
    """
    Wait for *batches*, each in a workflow of its own: *name*-0, *name*-1 and so on.

    A program that is run again with the same name continues with the workflows that still run.

    Raises:
        InvalidInput: a batch is invalid, or a workflow with that id waits for other jobs.

    """
    given = list(batches)
    handles = [await _start_or_find(client, f"{name}-{number}", batch) for number, batch in enumerate(given)]
    results = await asyncio.gather(*(one.result() for one in handles))
    for handle, batch, done in zip(handles, given, results, strict=True):
        if batch.job_ids != [one.job_id for one in done.ended]:
            raise InvalidInput(
                f"The workflow {handle.id} waited for other jobs. Choose another name, or read its result."
            )
    return results


async def _start_or_find(client: Client, name: str, batch: Batch) -> Handle:
    try:
        return await start(client, name, batch)
    except WorkflowAlreadyStartedError:
        return client.get_workflow_handle_for(WaitJobs.run, name)


async def progress(client: Client, name: str) -> BatchProgress:
    """
    The progress of the workflow *name*, as of the last heartbeat; adds nothing to the history.

    Before the batch run starts and after it ends, a worker answers a query.
    """
    handle = client.get_workflow_handle_for(WaitJobs.run, name)
    described = await handle.describe()
    for one in described.raw_description.pending_activities:
        if one.activity_type.name == RUN_BATCH and one.heartbeat_details.payloads:
            (checkpoint,) = await client.data_converter.decode(one.heartbeat_details.payloads[:1], [Checkpoint])
            jobs = checkpoint.waiting + sum(checkpoint.counts.values())
            return BatchProgress(jobs=jobs, waiting=checkpoint.waiting, counts=checkpoint.counts)
    return await handle.query(WaitJobs.progress)
