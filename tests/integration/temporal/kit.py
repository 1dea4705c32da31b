"""What the tests on a real Temporal server share: a service in the test's own loop, workers, histories."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.engines.served import CANARY, Answering, Served
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Replayer

from jobwait import Policy, freeplay, promptforge
from jobwait.engines.temporal import WORKFLOWS, Account, AccountRate, Checkpoint, account_id, queue_of, runner, workers
from jobwait.engines.temporal.names import RUN_BATCH
from jobwait.engines.temporal.rate_messages import Join, Rate, RateState

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=None)
STEP = 0.05
HANG = 300  # seconds after which a test says that what it waits for never came
PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
ONE_SWEEP = [
    "WORKFLOW_EXECUTION_STARTED",
    "ACTIVITY_TASK_SCHEDULED",
    "ACTIVITY_TASK_STARTED",
    "ACTIVITY_TASK_COMPLETED",
    "WORKFLOW_EXECUTION_COMPLETED",
]


class Service(Served):
    """PromptForge: `job-1-0` has ended, `held-1-0` ends once the test sets *released*."""

    released = False

    def _poll(self, name, key, now):
        code, body = super()._poll(name, key, now)
        if name.startswith("held") and not self.released:
            body |= {"status": "PROCESSING", "completed_count": 3}
        return code, body


@asynccontextmanager
async def serving():
    """A service in this loop, and its address."""
    service = Service(0)
    server = await asyncio.get_running_loop().create_server(lambda: Answering(service), "127.0.0.1", 0)
    async with server:
        yield service, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def ids(kind, count):
    return [f"{kind}-{number}-0" for number in range(count)]


async def until(true):
    """Let the world go on until that is so."""
    async with asyncio.timeout(HANG):
        while not await true():  # noqa: ASYNC110 - of other processes
            await asyncio.sleep(STEP)


def account(url, name="team", limit=None):
    return Account("promptforge", name, lambda: promptforge.connect(CANARY, base_url=url), limit)


@asynccontextmanager
async def working(client, *accounts):
    """Workers in this process."""
    async with AsyncExitStack() as running:
        for one in workers(client, accounts):
            await running.enter_async_context(one)
        yield


async def sweeps(client, *names):
    """Of each sweep that has told something: its worker's process, its attempt, and where it stands."""
    found = {}
    for name in names:
        described = await client.get_workflow_handle(name).describe()
        for one in described.raw_description.pending_activities:
            if one.activity_type.name == RUN_BATCH and one.last_worker_identity and one.heartbeat_details.payloads:
                (checkpoint,) = await client.data_converter.decode(one.heartbeat_details.payloads, [Checkpoint])
                found[name] = int(one.last_worker_identity.partition("@")[0]), one.attempt, checkpoint
    return found


async def begun(client, name):
    """Whether the sweep of the workflow *name* has told something."""
    return bool(await sweeps(client, name))


async def divide(client, name, requests, batch_run, attempt):
    """
    Begin the workflow that divides the account's rate, in haste; *attempt* at *sweep* is there from the beginning.

    Begun before there is a worker it meets the sweeps' own words as soon as there is one: it cannot end before.
    """
    rate = Rate(requests=requests, seconds=1.0)
    return await client.start_workflow(
        AccountRate.run,
        RateState(rate=rate, hold=1.0, check=3.0),
        id=account_id("promptforge", name),
        task_queue=queue_of("promptforge", name),
        start_signal="join",
        start_signal_args=[Join(sweep=batch_run, attempt=attempt, jobs=10, rate=rate)],
    )


async def shares(client, name):
    """The arcs of all who share the account's rate; none while that cannot be asked."""
    try:
        found = await client.get_workflow_handle(account_id("promptforge", name)).query(AccountRate.state)
    except RPCError:
        return {}
    return {one.sweep: (one.low, one.high) for one in found.members}


async def runs_of(client, handle):
    """The histories of all runs of a workflow, from the first on."""
    name, found = handle.result_run_id, []
    while name:
        found.append(await client.get_workflow_handle(handle.id, run_id=name).fetch_history())
        last = found[-1].events[-1]
        name = last.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


def kinds(history):
    """What happened in *history*, without the workflow's own turns, of which a slow machine may need more."""
    names = [EventType.Name(one.event_type).removeprefix("EVENT_TYPE_") for one in history.events]
    return [one for one in names if not one.startswith("WORKFLOW_TASK")]


def ended_once(done, ids):
    """Each of *ids* has one end, a good one, and they are in order."""
    return ids == [one.job_id for batch in done for one in batch.ended] and all(
        one.state == "succeeded" for batch in done for one in batch.ended
    )


async def replayed(*histories):
    """Workflow code that decided otherwise than before would fail here."""
    for one in histories:
        replayer = Replayer(workflows=WORKFLOWS, workflow_runner=runner())
        await asyncio.wait_for(replayer.replay_workflow(one), HANG)  # one that stops in the middle would hang


@asynccontextmanager
async def on(temporal):
    """A client of the server."""
    yield await Client.connect(temporal[0])


def submitted(box, count):
    """Jobs of Freeplay that run for as long as the test does."""
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        more = {"prompt_template_version_id": PROJECT, "dataset_id": PROJECT}
        return [freeplay.submit(client, PROJECT, **more).id for _ in range(count)]


def states(box, jobs):
    """The states of those jobs at Freeplay."""
    with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
        return {str(freeplay.job(client, PROJECT, one).status().status).lower() for one in jobs}
