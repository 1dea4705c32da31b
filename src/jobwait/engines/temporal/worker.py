"""Workers, one for each account's queue, in one event loop."""

from __future__ import annotations

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
from jobwait.engines.temporal.names import queue_of
from jobwait.engines.temporal.workflows import WaitJobs

WORKFLOWS: Final[Sequence[type[Any]]] = (WaitJobs, AccountRate)
SWEEPS: Final = 20  # at once in one worker: one event loop drives them all


def runner() -> SandboxedWorkflowRunner:
    """Temporal's own sandbox for workflow code; jobwait's modules are imported once, not anew for each workflow."""
    return SandboxedWorkflowRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules("jobwait", "httpx", "anyio", "attrs", "attr")
    )


def workers(client: Client, accounts: Iterable[Account], *, sweeps: int = SWEEPS) -> list[Worker]:
    """
    A worker for each of *accounts*, with at most *sweeps* batches at once; `run` runs them.

    Raises:
        InvalidInput: there is no account, or two have one name.

    """
    found = by_name(accounts)
    activities = Activities(client, found.values())
    return [
        Worker(
            client,
            task_queue=queue_of(service, name),
            workflows=WORKFLOWS,
            activities=[activities.batch_run, activities.gone, activities.cancel],
            workflow_runner=runner(),
            max_concurrent_activities=sweeps,
            max_heartbeat_throttle_interval=timedelta(seconds=0.3),  # we beat no oftener than we must
            sticky_queue_schedule_to_start_timeout=timedelta(seconds=2),  # a worker's death holds up no result
            graceful_shutdown_timeout=timedelta(),  # sweeps last for hours: others go on where they were
        )
        for service, name in found
    ]


async def run(client: Client, accounts: Iterable[Account], *, sweeps: int = SWEEPS) -> None:
    """
    Work for *accounts* until this task is canceled; sweeps under way go on at other workers, or at the next.

    Raises:
        InvalidInput: there is no account, or two have one name.

    """
    async with AsyncExitStack() as running:
        for worker in workers(client, accounts, sweeps=sweeps):
            await running.enter_async_context(worker)
        await asyncio.Event().wait()
