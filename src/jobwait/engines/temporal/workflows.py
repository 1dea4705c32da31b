"""The workflow that waits for a batch. It decides nothing that a replay could decide otherwise."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.exceptions import TimeoutError as TimedOut

with workflow.unsafe.imports_passed_through():
    from dataclasses import replace
    from typing import Any, NoReturn

    from jobwait.engines.batch_run import done
    from jobwait.engines.payloads import Batch, BatchDone, BatchProgress, Checkpoint, check, known_of
    from jobwait.engines.temporal.names import CANCEL, PROGRESS, STAND, SWEEP, WAIT_JOBS
    from jobwait.errors import InvalidInput

GRACE = 600.0  # seconds that a sweep may take beyond its stint before the server ends it
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
TRIES = 20  # at canceling at the service: a quarter of an hour


@workflow.defn(name=WAIT_JOBS)
class WaitJobs:
    """
    Wait for all jobs of a batch: one activity, however often it looks.

    A long wait goes on in a new run with an empty history. A cancellation ends the wait; the ends that were seen until
    then are still told by `progress` and `stand`.
    """

    @workflow.init
    def __init__(self, batch: Batch) -> None:
        self._jobs = len(batch.job_ids)
        self._stand = batch.checkpoint

    @workflow.run
    async def run(self, batch: Batch) -> BatchDone:
        """One run: all ends, or the stand from which the next goes on."""
        try:
            check(batch)
        except InvalidInput as error:
            raise ApplicationError(str(error), type="InvalidInput", non_retryable=True) from None
        batch_run = workflow.start_activity(
            SWEEP,
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
            self._stand = batch_run.result()
        else:
            self._stand = _left_by(batch_run) or batch.checkpoint
            if self._stand is None or self._stand.waiting:
                await self._canceled(batch)
        if self._stand.waiting:
            workflow.continue_as_new(replace(batch, checkpoint=self._stand))
        return done(batch, self._stand.unpack()[0])

    async def _canceled(self, batch: Batch) -> NoReturn:
        """End; and where no sweep could, as it had no worker or its stint was just over, cancel at the service."""
        if batch.cancel_at_service and not (self._stand and self._stand.canceled):
            try:
                await workflow.execute_local_activity(  # no place of a worker's that sweeps could fill
                    CANCEL,
                    replace(batch, checkpoint=self._stand),
                    result_type=int,
                    start_to_close_timeout=timedelta(seconds=GRACE),
                    retry_policy=replace(RETRY, maximum_attempts=TRIES),
                )
            except ActivityError as error:
                workflow.logger.warning("The jobs could not be canceled at %s: %s", batch.service, error.cause)
        raise CancelledError("The wait was canceled.")

    @workflow.query(name=PROGRESS)
    def progress(self) -> BatchProgress:
        """How far the batch was when its sweep last came back; `jobwait.engines.temporal.progress` knows more."""
        if self._stand is None:
            return BatchProgress(jobs=self._jobs, waiting=self._jobs, counts={})
        return BatchProgress(jobs=self._jobs, waiting=self._stand.waiting, counts=self._stand.counts)

    @workflow.query(name=STAND)
    def checkpoint(self) -> Checkpoint | None:
        """Where the waits stood when the sweep last came back."""
        return self._stand


def _left_by(batch_run: workflow.ActivityHandle[Any]) -> Checkpoint | None:
    """The stand that a canceled *sweep* came back with, or that its last heartbeat told."""
    if batch_run.cancelled():
        return None
    error = batch_run.exception()
    if error is None:
        checkpoint: Checkpoint = batch_run.result()
        return checkpoint
    cause = error.cause if isinstance(error, ActivityError) else None
    details = cause.last_heartbeat_details if isinstance(cause, TimedOut) else []
    return known_of(Checkpoint, details[0]) if details else None
