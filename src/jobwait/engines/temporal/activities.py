"""What workers do: sweep over a batch until all its jobs have ended, and see which sweeps still run."""

from __future__ import annotations

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
from jobwait.engines.job_naming import complete
from jobwait.engines.payloads import Batch, Checkpoint, known_of
from jobwait.engines.temporal.accounts import Account, by_name
from jobwait.engines.temporal.messages import Member
from jobwait.engines.temporal.names import CANCEL, GONE, SWEEP
from jobwait.engines.temporal.rate_share import part_of
from jobwait.errors import InvalidInput, JobWaitError

TOGETHER: Final = 16  # questions at once, of who still runs
BEATS: Final = 3  # heartbeats within the time after which a worker counts as dead


class Activities:
    """The activities of a worker that has these *accounts*; *client* is its own way to the Temporal server."""

    def __init__(self, client: Client, accounts: Iterable[Account]) -> None:
        self._client = client
        self._accounts = by_name(accounts)

    @activity.defn(name=SWEEP)
    async def batch_run(self, batch: Batch) -> Checkpoint:
        """
        Wait for the jobs of *batch* from where an earlier attempt's heartbeat, or an earlier run, left off.

        It comes back when all have ended, when its stint is over, or when the wait is canceled.
        """
        account = self._account(batch)
        with _failing_without_secrets():
            async with account.client() as client:
                batch_run = BatchRun.of(batch, client, _earlier() or batch.checkpoint, account.definition())
                async with _beating(batch_run, batch.heartbeat):
                    try:
                        await self._run(batch_run, account)
                    except asyncio.CancelledError:
                        if not _is_canceled():
                            raise  # this worker shuts down, or lost its claim: another goes on
                        if batch.cancel_at_service:
                            await _cancel(batch_run)
                        return batch_run.checkpoint(canceled=True)
                return batch_run.checkpoint()

    @activity.defn(name=CANCEL)
    async def cancel(self, batch: Batch) -> int:
        """Cancel at the service what still runs of a *batch* that no sweep is at work on; how many it took."""
        account = self._account(batch)
        with _failing_without_secrets():
            async with account.client() as client:
                return await _cancel(BatchRun.of(batch, client, batch.checkpoint, account.definition()))

    @activity.defn(name=GONE)
    async def gone(self, members: list[Member]) -> list[str]:
        """Those of *members* that nobody runs any more."""
        places = asyncio.Semaphore(TOGETHER)

        async def runs(one: Member) -> bool:
            async with places:
                return await self._runs(one)

        found = await asyncio.gather(*map(runs, members))
        return [one.batch_run for one, still in zip(members, found, strict=True) if not still]

    async def _run(self, batch_run: BatchRun, account: Account) -> None:
        batch, limit = batch_run.batch, account.shared_limit()
        async with part_of(
            self._client, account.service_name, account.name, limit, lambda: len(batch_run.jobs), batch.heartbeat
        ) as limiters:
            with anyio.move_on_after(batch.continue_after):
                async for _ in batch_run.run(limit, limiters):
                    pass

    async def _runs(self, member: Member) -> bool:
        run, _, attempt = member.attempt.rpartition("/")
        try:
            found = await self._client.get_workflow_handle(member.batch_run).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        if found.status != WorkflowExecutionStatus.RUNNING or found.run_id != run:
            return False
        started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
        canceling = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED
        return any(
            one.activity_type.name == SWEEP and one.state in {started, canceling} and str(one.attempt) == attempt
            for one in found.raw_description.pending_activities
        )

    def _account(self, batch: Batch) -> Account:
        found = self._accounts.get((batch.service, batch.account))
        if found is None:
            raise ApplicationError(
                f"This worker has no account {batch.account!r} at {batch.service}. Start one that has it; the wait "
                "goes on there.",
                type="NoSuchAccount",
            )
        try:
            complete(batch)
        except InvalidInput as error:  # no worker could do better
            raise ApplicationError(str(error), type="InvalidInput", non_retryable=True) from None
        return found


async def _cancel(batch_run: BatchRun) -> int:
    taken = await batch_run.cancel()
    activity.logger.info("%s jobs were canceled at %s.", taken, batch_run.batch.service)
    return taken


@contextmanager
def _failing_without_secrets() -> Iterator[None]:
    """
    A failure goes into the history, and another worker tries: it may have the key, or the version, that this one lacks.

    Our own errors hold no key. Of others only their kind is told, as what a key provider raises may hold one.
    """
    try:
        yield
    except ApplicationError:
        raise
    except JobWaitError as error:
        raise ApplicationError(f"{error} Another worker may do better.", type=type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its text stays here
        kind, where = type(error).__name__, "".join(format_tb(error.__traceback__))
        activity.logger.warning("A sweep failed with %s, whose text may hold a key and is left out:\n%s", kind, where)
        raise ApplicationError(f"A sweep failed with {kind}; its worker's log says where.", type=kind) from None


@asynccontextmanager
async def _beating(batch_run: BatchRun, heartbeat: float) -> AsyncIterator[None]:
    """Tell the server where *sweep* stands, from its beginning on."""

    async def beat() -> None:
        while True:
            activity.heartbeat(batch_run.checkpoint())
            await asyncio.sleep(heartbeat / BEATS)

    beats = asyncio.create_task(beat())
    try:
        yield
    finally:
        beats.cancel()
        await asyncio.wait([beats])
        activity.heartbeat(batch_run.checkpoint())  # an attempt that fails leaves its latest behind
    if not beats.cancelled():
        beats.result()  # a heart that stopped by itself did so for a reason


def _earlier() -> Checkpoint | None:
    """What the attempt before this one left behind."""
    details: Any = next(iter(activity.info().heartbeat_details), None)
    if not isinstance(details, dict):
        return None
    return known_of(Checkpoint, details)


def _is_canceled() -> bool:
    details = activity.cancellation_details()
    return details is not None and details.cancel_requested
