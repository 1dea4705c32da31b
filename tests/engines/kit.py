"""What the tests on a real Temporal server share: workers in this process, histories, waiting until it is so."""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.engines.served import CANARY
from temporalio.worker import Replayer

from jobwait import Policy, freeplay, promptforge
from jobwait.engines.temporal import WORKFLOWS, Account, runner, workers

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=120)
STEP = 0.05


async def until(true, seconds=30):
    """Let the world go on until that is so; a bound on waiting for it, not on how fast it is."""
    ends = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < ends, "it never came"
        await asyncio.sleep(STEP)


async def history(client, name):
    return await client.get_workflow_handle(name).fetch_history()


def account(url, name="team", limit=None):
    return Account("promptforge", name, lambda: promptforge.connect(CANARY, base_url=url), limit)


@asynccontextmanager
async def working(client, *accounts):
    """Workers in this process."""
    async with AsyncExitStack() as running:
        for one in workers(client, accounts):
            await running.enter_async_context(one)
        yield


async def pids(client, names):
    """Which process runs each of the sweeps."""
    found = {}
    for name in names:
        described = await client.get_workflow_handle(name).describe()
        for one in described.raw_description.pending_activities:
            if one.last_worker_identity and one.heartbeat_details.payloads:
                found[name] = int(one.last_worker_identity.partition("@")[0])
    return found


def ended_once(done, ids):
    """Each of *ids* has one end, a good one, and they are in order."""
    return ids == [one.job_id for batch in done for one in batch.ended] and all(
        one.state == "succeeded" for batch in done for one in batch.ended
    )


def replay(*histories):
    """Workflow code that decided otherwise than before would fail here."""

    async def run():
        for one in histories:
            replayer = Replayer(workflows=WORKFLOWS, workflow_runner=runner())
            await asyncio.wait_for(replayer.replay_workflow(one), 60)  # one that stops in the middle would hang

    asyncio.run(run())


def submitted(box, count):
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        project = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
        ids = {"prompt_template_version_id": project, "dataset_id": project}
        return project, [freeplay.submit(client, project, **ids).id for _ in range(count)]
