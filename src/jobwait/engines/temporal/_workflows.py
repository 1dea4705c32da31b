"""The workflow that waits for a batch. It decides nothing that a replay could decide otherwise."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError

with workflow.unsafe.imports_passed_through():
    from dataclasses import replace

    from jobwait.engines._payloads import Batch, BatchDone, BatchProgress, Stand, check
    from jobwait.engines._sweep import done
    from jobwait.engines.temporal._names import SWEEP, WAIT_JOBS
    from jobwait.errors import InvalidInput

GRACE = 600.0  # seconds that a sweep may take beyond its stint before the server ends it
RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(minutes=1),
    non_retryable_error_types=["InvalidInput", "TokenRefused"],
)


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
        self._stand = batch.stand

    @workflow.run
    async def run(self, batch: Batch) -> BatchDone:
        """One run: all ends, or the stand from which the next goes on."""
        try:
            check(batch)
        except InvalidInput as error:
            raise ApplicationError(str(error), type="InvalidInput", non_retryable=True) from None
        stand: Stand = await workflow.execute_activity(
            SWEEP,
            batch,
            result_type=Stand,
            heartbeat_timeout=timedelta(seconds=batch.heartbeat),
            start_to_close_timeout=timedelta(seconds=batch.stint + GRACE),
            retry_policy=RETRY,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        self._stand = stand
        if stand.canceled:
            raise CancelledError("The wait was canceled.")
        if stand.waiting:
            workflow.continue_as_new(replace(batch, stand=stand))
        return done(batch, stand.unpack()[0])

    @workflow.query
    def progress(self) -> BatchProgress:
        """How far the batch was when its sweep last came back; `jobwait.engines.temporal.progress` knows more."""
        if self._stand is None:
            return BatchProgress(jobs=self._jobs, waiting=self._jobs, counts={})
        return BatchProgress(jobs=self._jobs, waiting=self._stand.waiting, counts=self._stand.counts)

    @workflow.query
    def stand(self) -> Stand | None:
        """Where the waits stood when the sweep last came back."""
        return self._stand
