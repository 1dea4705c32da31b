"""The workflow that waits for a batch. All that a replay could decide otherwise is left to its activity."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.exceptions import TimeoutError as ActivityTimeout

with workflow.unsafe.imports_passed_through():
    from dataclasses import replace
    from typing import Any, NoReturn

    from jobwait.engines.batch_run import batch_done
    from jobwait.engines.batches import check
    from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint, from_dict
    from jobwait.engines.temporal.names import CANCEL_JOBS, CHECKPOINT, PROGRESS, RUN_BATCH, WAIT_JOBS
    from jobwait.errors import InvalidInput

GRACE = 600.0  # seconds that the activity may take beyond continue_after before the server ends it
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
CANCEL_ATTEMPTS = 20  # about a quarter of an hour


@workflow.defn(name=WAIT_JOBS)
class WaitJobs:
    """
    Wait for all jobs of a batch with one activity, however often it polls.

    A long wait continues in a new run with an empty history. A cancellation ends the wait; the jobs that had ended by
    then are still in the queries `progress` and `stand`.
    """

    @workflow.init
    def __init__(self, batch: Batch) -> None:
        self._jobs = len(batch.job_ids)
        self._checkpoint = batch.checkpoint

    @workflow.run
    async def run(self, batch: Batch) -> BatchDone:
        """One run: returns the result, or continues as new from a checkpoint."""
        try:
            check(batch)
        except InvalidInput as error:
            raise ApplicationError(str(error), type="InvalidInput", non_retryable=True) from None
        batch_run = workflow.start_activity(
            RUN_BATCH,
            batch,
            result_type=Checkpoint,
            heartbeat_timeout=timedelta(seconds=batch.heartbeat),
            start_to_close_timeout=timedelta(seconds=batch.continue_after + GRACE),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        try:
            await workflow.wait([batch_run])
        except asyncio.CancelledError:
            batch_run.cancel()
            await workflow.wait([batch_run])
        if workflow.cancellation_reason() is None:
            self._checkpoint = batch_run.result()
        else:
            self._checkpoint = _last_checkpoint(batch_run) or batch.checkpoint
            if self._checkpoint is None or self._checkpoint.waiting:
                await self._cancel(batch)
        if self._checkpoint.waiting:
            workflow.continue_as_new(replace(batch, stand=self._checkpoint))
        return batch_done(batch, self._checkpoint.unpack()[0])

    async def _cancel(self, batch: Batch) -> NoReturn:
        """End the wait; cancel the jobs at the service if the activity did not, as it had no worker or just ended."""
        if batch.cancel_at_service and not (self._checkpoint and self._checkpoint.canceled):
            try:
                await workflow.execute_local_activity(  # needs no activity slot, which batch runs could fill
                    CANCEL_JOBS,
                    replace(batch, stand=self._checkpoint),
                    result_type=int,
                    start_to_close_timeout=timedelta(seconds=GRACE),
                    retry_policy=replace(RETRY, maximum_attempts=CANCEL_ATTEMPTS),
                )
            except ActivityError as error:
                workflow.logger.warning("The jobs could not be canceled at %s: %s", batch.service, error.cause)
        raise CancelledError("The wait was canceled.")

    @workflow.query(name=PROGRESS)
    def progress(self) -> BatchProgress:
        """Progress when the activity last returned; `jobwait.engines.temporal.progress` has newer numbers."""
        if self._checkpoint is None:
            return BatchProgress(jobs=self._jobs, waiting=self._jobs, counts={})
        return BatchProgress(jobs=self._jobs, waiting=self._checkpoint.waiting, counts=self._checkpoint.counts)

    @workflow.query(name=CHECKPOINT)
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint with which the activity last returned."""
        return self._checkpoint


def _last_checkpoint(batch_run: workflow.ActivityHandle[Any]) -> Checkpoint | None:
    """The checkpoint that a canceled *batch_run* returned, or that was in its last heartbeat."""
    if batch_run.cancelled():
        return None
    error = batch_run.exception()
    if error is None:
        checkpoint: Checkpoint = batch_run.result()
        return checkpoint
    cause = error.cause if isinstance(error, ActivityError) else None
    details = cause.last_heartbeat_details if isinstance(cause, ActivityTimeout) else []
    return from_dict(Checkpoint, details[0]) if details else None
