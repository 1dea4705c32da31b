"""Workers, one for each account's task queue, in one event loop."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from jobwait.engines.temporal.account_workflow import AccountRate
from jobwait.engines.temporal.accounts import Account, by_name
from jobwait.engines.temporal.activities import Activities
from jobwait.engines.temporal.batch_workflow import WaitJobs
from jobwait.engines.temporal.names import queue_of

WORKFLOWS: Final[Sequence[type[Any]]] = (WaitJobs, AccountRate)
CONCURRENCY: Final = 20  # batches at once for each account: all share one event loop


def runner() -> SandboxedWorkflowRunner:
    """Temporal's sandbox for workflow code, which imports jobwait's modules once instead of for each workflow."""
    libraries = ("httpx", "httpx2", "anyio", "attrs", "attr")
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules("jobwait", *libraries)
    )


def workers(client: Client, accounts: Iterable[Account], *, concurrency: int = CONCURRENCY) -> list[Worker]:
    """
    A worker for each of *accounts*, with at most *concurrency* batches at once.

    Raises:
        InvalidInput: there is no account, or two have the same name.

    """
    found = by_name(accounts)
    activities = Activities(client, found.values())
    return [
        Worker(
            client,
            task_queue=queue_of(service, name),
            workflows=WORKFLOWS,
            activities=[activities.run_batch, activities.find_gone, activities.cancel],
            workflow_runner=runner(),
            max_concurrent_activities=concurrency,
            max_heartbeat_throttle_interval=timedelta(seconds=0.3),  # a batch run sends no more than it must
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),  # a worker's death delays no result
            graceful_shutdown_timeout=timedelta(),  # a batch run lasts for hours: another worker continues it
        )
        for service, name in found
    ]


async def run(client: Client, accounts: Iterable[Account], *, concurrency: int = CONCURRENCY) -> None:
    """
    Work for *accounts* until this task is canceled; other workers, or the next one, continue its batches.

    Raises:
        InvalidInput: there is no account, or two have the same name.

    """
    async with AsyncExitStack() as stack:
        for worker in workers(client, accounts, concurrency=concurrency):
            await stack.enter_async_context(worker)
        await asyncio.Event().wait()
