"""The activities of a worker: wait for a batch, cancel its jobs, find batch runs that are gone."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from traceback import format_tb
from typing import Any, Final

import anyio
from temporalio import activity
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from jobwait.engines.batch_run import BatchRun
from jobwait.engines.batches import check_common
from jobwait.engines.payloads import Batch, Checkpoint, from_dict
from jobwait.engines.temporal.accounts import Account, by_name
from jobwait.engines.temporal.names import CANCEL_JOBS, FIND_GONE, RUN_BATCH
from jobwait.engines.temporal.rate_messages import Participant
from jobwait.engines.temporal.rate_share import rate_share
from jobwait.errors import InvalidInput, JobWaitError

MAX_DESCRIBES: Final = 16  # requests to Temporal at once
HEARTBEATS: Final = 3  # within the time after which a worker counts as dead
RUNNING: Final = {
    PendingActivityState.PENDING_ACTIVITY_STATE_STARTED,
    PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED,
}


class Activities:
    """The activities of a worker that has these *accounts*; *client* is its connection to the Temporal server."""

    def __init__(self, client: Client, accounts: Iterable[Account]) -> None:
        self._client = client
        self._accounts = by_name(accounts)

    @activity.defn(name=RUN_BATCH)
    async def run_batch(self, batch: Batch) -> Checkpoint:
        """
        Wait for the jobs until all have ended, `continue_after` seconds have passed or the wait is canceled.

        It starts at the last heartbeat of an earlier attempt, or at the end of an earlier run.
        """
        account = self._account(batch)
        with _errors_without_keys():
            async with account.client() as client:
                checkpoint = _heartbeat_details() or batch.checkpoint
                batch_run = BatchRun.of(batch, client, checkpoint, account.definition())
                async with _heartbeats(batch_run, batch.heartbeat):
                    try:
                        await self._run(batch_run, account)
                    except asyncio.CancelledError:
                        details = activity.cancellation_details()
                        if details is None or not details.cancel_requested:
                            raise  # this worker shuts down, or timed out: another one continues
                        if batch.cancel_at_service:
                            await _cancel(batch_run)
                        return batch_run.checkpoint(canceled=True)
                return batch_run.checkpoint()

    @activity.defn(name=CANCEL_JOBS)
    async def cancel(self, batch: Batch) -> int:
        """Cancel at the service the jobs of *batch* that still run; the number that it accepted."""
        account = self._account(batch)
        with _errors_without_keys():
            async with account.client() as client:
                return await _cancel(BatchRun.of(batch, client, batch.checkpoint, account.definition()))

    @activity.defn(name=FIND_GONE)
    async def find_gone(self, participants: list[Participant]) -> list[str]:
        """The workflow ids of those *participants* that no worker runs any more."""
        semaphore = asyncio.Semaphore(MAX_DESCRIBES)
        found = await asyncio.gather(*(self._runs(one, semaphore) for one in participants))
        return [one.sweep for one, running in zip(participants, found, strict=True) if not running]

    async def _run(self, batch_run: BatchRun, account: Account) -> None:
        batch, limit = batch_run.batch, account.shared_limit()
        async with rate_share(
            self._client, account.service_name, account.name, limit, lambda: len(batch_run.jobs), batch.heartbeat
        ) as limiters:
            with anyio.move_on_after(batch.continue_after):
                async for _ in batch_run.run(limit, limiters):
                    pass

    async def _runs(self, participant: Participant, semaphore: asyncio.Semaphore) -> bool:
        run, _, attempt = participant.attempt.rpartition("/")
        try:
            async with semaphore:
                found = await self._client.get_workflow_handle(participant.sweep).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        if found.status != WorkflowExecutionStatus.RUNNING or found.run_id != run:
            return False
        return any(
            one.activity_type.name == RUN_BATCH and one.state in RUNNING and str(one.attempt) == attempt
            for one in found.raw_description.pending_activities
        )

    def _account(self, batch: Batch) -> Account:
        found = self._accounts.get((batch.service, batch.account))
        if found is None:
            raise ApplicationError(
                f"This worker has no account {batch.account!r} at {batch.service}. Start one that has it: the wait "
                "continues there.",
                type="NoSuchAccount",
            )
        try:
            check_common(batch)
        except InvalidInput as error:  # at every worker
            raise ApplicationError(str(error), type="InvalidInput", non_retryable=True) from None
        return found


async def _cancel(batch_run: BatchRun) -> int:
    canceled = await batch_run.cancel()
    activity.logger.info("%s jobs were canceled at %s.", canceled, batch_run.batch.service)
    return canceled


@contextmanager
def _errors_without_keys() -> Iterator[None]:
    """
    Turn errors into failures that the history may store; another worker, with the key or the version, tries again.

    jobwait's errors contain no key. Of others only the type is stored: the text of a key provider's may contain one.
    """
    try:
        yield
    except ApplicationError:
        raise
    except JobWaitError as error:
        raise ApplicationError(f"{error} Another worker may succeed.", type=type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - of any type: its text stays here
        kind, trace = type(error).__name__, "".join(format_tb(error.__traceback__))
        activity.logger.warning(
            "A batch run failed with %s; its text may contain a key and is left out:\n%s", kind, trace
        )
        raise ApplicationError(f"A batch run failed with {kind}; its worker's log says where.", type=kind) from None


@asynccontextmanager
async def _heartbeats(batch_run: BatchRun, seconds: float) -> AsyncIterator[None]:
    """Send checkpoints of *batch_run* while the block runs; after *seconds* without one the server starts another."""

    async def send() -> None:
        while True:
            activity.heartbeat(batch_run.checkpoint())
            await asyncio.sleep(seconds / HEARTBEATS)

    sending = asyncio.create_task(send())
    try:
        yield
    finally:
        sending.cancel()
        await asyncio.wait([sending])
        activity.heartbeat(batch_run.checkpoint())  # so that an attempt that fails leaves its latest state
    if not sending.cancelled():
        sending.result()  # raises the error that ended it


def _heartbeat_details() -> Checkpoint | None:
    """The checkpoint in the last heartbeat of the attempt before this one."""
    details: Any = next(iter(activity.info().heartbeat_details), None)
    return from_dict(Checkpoint, details) if isinstance(details, dict) else None
