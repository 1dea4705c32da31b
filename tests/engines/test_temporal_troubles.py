"""Waits on a real Temporal server where workers lack something, sweeps end badly, and nobody is there to obey."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from benchmarks.engines.served import CANARY, job_ids, serving
from benchmarks.engines.temporal import temporal_server
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.service import RPCError
from temporalio.worker import Worker
from tests.engines.kit import BRISK, STEP, account, ended_once, history, pids, replay, submitted, until, working

from jobwait import Limit, errors, freeplay, promptforge
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.temporal import (
    WORKFLOWS,
    Account,
    AccountRate,
    Activities,
    Batch,
    Checkpoint,
    Ended,
    WaitJobs,
    account_id,
    batches,
    progress,
    queue_of,
    runner,
    start,
    wait_all,
)
from jobwait.engines.temporal.names import RUN_BATCH
from jobwait.engines.temporal.rate_messages import Join, Rate, RateState
from jobwait.sandbox import Sandbox

pytestmark = pytest.mark.xdist_group("temporal")


@asynccontextmanager
async def working_badly(client, one, batch_run):
    """A worker for the account *one* whose sweeps are replaced by *sweep*; the rest is real."""
    real = Activities(client, [one])
    async with Worker(
        client,
        task_queue=queue_of(one.service_name, one.name),
        workflows=WORKFLOWS,
        activities=[batch_run, real.find_gone, real.cancel],
        workflow_runner=runner(),
        max_concurrent_activities=1,
        max_heartbeat_throttle_interval=timedelta(seconds=0.1),
    ):
        yield


async def canceled():
    """Beat until the wait is canceled."""
    try:
        while True:
            activity.heartbeat(Checkpoint())
            await asyncio.sleep(STEP)
    except asyncio.CancelledError:
        return


@activity.defn(name=RUN_BATCH)
async def stint_just_over(batch: Batch) -> Checkpoint:
    """It comes back by itself, and has not heard that it is canceled."""
    await canceled()
    return Checkpoint(waiting=3)


@activity.defn(name=RUN_BATCH)
async def dying(batch: Batch) -> Checkpoint:
    """It hears of the cancellation and fails at it."""
    await canceled()
    raise RuntimeError


@activity.defn(name=RUN_BATCH)
async def waiting(batch: Batch) -> Checkpoint:
    """It does not end while the test runs."""
    await canceled()
    return Checkpoint(canceled=True)


@pytest.mark.parametrize("service_too", [False, True])
@pytest.mark.parametrize("batch_run", [stint_just_over, dying, waiting])
def test_a_cancellation_is_never_lost(temporal, batch_run, service_too):
    """Where no sweep can obey it, as one came back, died or had no place yet, the wait is canceled, and so its jobs."""
    address, _ = temporal
    name = f"lost-{batch_run.__name__}-{service_too}"
    with Sandbox(speed=1, seed=7) as box:
        project, ids = submitted(box, 3)

        def connect():
            return freeplay.connect(box.freeplay.key, base_url=box.freeplay.url)

        async def run():
            client = await Client.connect(address)
            one = Account("freeplay", name, connect)
            made = batches("freeplay", name, ids, common={"project_id": project}, cancel_at_service=service_too)
            async with working_badly(client, one, batch_run):
                running = await start(client, f"{name}-0", made[0])
                await until(lambda: _has_begun(client, running.id))
                handle = running
                if batch_run is waiting:  # its sweep has no place: the one place is taken
                    handle = await start(client, f"{name}-1", made[0])
                await handle.cancel()
                with pytest.raises(WorkflowFailureError) as failed:
                    await asyncio.wait_for(handle.result(), 60)  # a lost one would never come
                told = await handle.fetch_history()
                await running.terminate() if batch_run is waiting else None
                return failed.value.cause, told

        cause, told = asyncio.run(run())
        assert isinstance(cause, CancelledError)
        with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
            states = {str(freeplay.job(client, project, job_id).status().status).lower() for job_id in ids}
        assert ({"cancelled"} if service_too else {"pending", "running"}) >= states
        replay(told)


async def _has_begun(client, name):
    return bool(await pids(client, [name]))


def test_the_ends_that_a_dead_sweep_had_told_are_known_after_a_cancellation(temporal):
    """A sweep that dies of its cancellation leaves its last heartbeat, which the queries tell."""
    address, _ = temporal
    checkpoint = Checkpoint.of([Ended(job_id="a", state="succeeded")], ["b's token"])

    @activity.defn(name=RUN_BATCH)
    async def silent(batch: Batch) -> Checkpoint:
        activity.heartbeat(checkpoint)
        await asyncio.Event().wait()  # it hears of the cancellation with the next heartbeat, which never comes

    async def run():
        client = await Client.connect(address)
        async with working_badly(client, account("http://127.0.0.1:9", "silent"), silent):
            (one,) = batches("promptforge", "silent", ["a", "b"], heartbeat=1)
            handle = await start(client, "silent", one)
            await until(lambda: _has_begun(client, "silent"))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            return failed.value.cause, await progress(client, "silent"), await handle.query(WaitJobs.checkpoint)

    cause, far, left = asyncio.run(run())
    assert isinstance(cause, CancelledError)
    assert (1, {"succeeded": 1}) == (far.waiting, far.counts)
    assert checkpoint == left


def test_what_one_worker_lacks_another_may_have(temporal, caplog):
    """No key, another host, a key provider that breaks: the batch waits for a better worker, and loses nothing."""
    address, _ = temporal
    ids = job_ids(2, 0, 0)
    faults = []

    def unset():
        faults.append("unset")
        raise errors.InvalidInput("There is no key for promptforge.")

    def broken():
        faults.append("broken")
        raise ValueError(f"vault: {CANARY} was not taken")

    def elsewhere():
        faults.append("elsewhere")
        return promptforge.connect(CANARY, base_url="http://127.0.0.1:9")

    async def run():
        client = await Client.connect(address)
        with serving() as url:

            def right():
                return promptforge.connect(CANARY, base_url=url)

            turns = iter([unset, broken, elsewhere])

            def connect():
                return next(turns, right)()

            (one,) = batches("promptforge", "lacks", ids, policy=BRISK, heartbeat=1)
            one = replace(one, stand=BatchRun.of(one, right(), None).checkpoint())  # from an earlier stint
            async with working(client, Account("promptforge", "lacks", connect)):
                handle = await start(client, "lacks", one)
                failures = set()

                async def last():
                    described = await handle.describe()
                    for one in described.raw_description.pending_activities:
                        failures.add(str(one.last_failure))
                    return described.status != WorkflowExecutionStatus.RUNNING

                await until(last)
                done = await handle.result()
        return done, failures, await history(client, "lacks")

    done, failures, told = asyncio.run(run())
    assert ended_once([done], ids)
    assert ["unset", "broken", "elsewhere"] == faults
    text = "\n".join(failures)
    for word in ("There is no key", "ValueError", "TokenRefused"):
        assert word in text
    assert "ValueError" in caplog.text
    assert CANARY not in text + told.to_json() + caplog.text


def test_a_batch_that_no_worker_could_wait_for_fails(temporal):
    """Freeplay's jobs without their project are refused at once, at the start and by a worker."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        bad = Batch(service="freeplay", account="vague", job_ids=["a"])
        with pytest.raises(errors.InvalidInput, match="project_id"):
            await start(client, "vague", bad)
        async with working(client, Account("freeplay", "vague", lambda: freeplay.connect(CANARY))):
            queue = queue_of("freeplay", "vague")
            handle = await client.start_workflow(WaitJobs.run, bad, id="vague", task_queue=queue)
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
        return failed.value.cause.cause

    cause = asyncio.run(run())
    assert ("InvalidInput", True) == (cause.type, cause.non_retryable)


def test_a_program_that_is_run_again_goes_on(temporal, monkeypatch):
    """wait_all with the same name finds the workflows that still run; those for other jobs it does not take."""
    address, _ = temporal
    ids = job_ids(6, 0, 3)

    async def run():
        client, asked = await Client.connect(address), asyncio.Event()

        async def asking(*words):
            try:
                return await start(*words)
            finally:
                asked.set()

        with serving() as url:
            made = batches("promptforge", "again", ids, size=2, policy=BRISK, heartbeat=1)
            first = [await start(client, f"again-{number}", one) for number, one in enumerate(made[:2])]
            (other,) = batches("promptforge", "again", ["job-7-0"], policy=BRISK, heartbeat=1)
            await start(client, "mixed-0", other)
            monkeypatch.setattr("jobwait.engines.temporal.start.start", asking)
            mixed = asyncio.create_task(wait_all(client, "mixed", made[:1]))
            await asked.wait()  # while no worker is there, all of them still run
            async with working(client, account(url, "again")):
                done = await wait_all(client, "again", made)
                with pytest.raises(errors.InvalidInput, match="mixed-0 waited for other jobs"):
                    await mixed
            runs = {(await client.get_workflow_handle(one.id).describe()).run_id for one in first}
        return done, runs, {one.result_run_id for one in first}

    done, runs, begun = asyncio.run(run())
    assert ended_once(done, ids)
    assert runs == begun


@pytest.mark.parametrize("end", ["terminate", "cancel"])
def test_an_account_whose_workflow_was_ended_gets_another(temporal, end):
    """Somebody ends the workflow that divides the rate: the sweeps begin a new one, and go on."""
    address, _ = temporal
    name = f"ended-{end}"

    async def run():
        client = await Client.connect(address)
        with serving() as url:
            async with working(client, account(url, name, Limit(50))):
                (one,) = batches("promptforge", name, job_ids(4, 60, 60), policy=BRISK, heartbeat=1)
                waiting = await start(client, name, one)
                divides = client.get_workflow_handle(account_id("promptforge", name))

                async def shares():
                    try:
                        found = await divides.describe()
                        members = (await divides.query(AccountRate.state)).members
                    except RPCError:
                        return None
                    return found.run_id if [name] == [one.sweep for one in members] and members[0].high else None

                await until(shares)
                before = await shares()
                await getattr(divides, end)()

                async def anew():
                    return (await shares()) not in {None, before}

                await until(anew)
                await waiting.cancel()

    asyncio.run(run())


def test_an_accounts_workflow_goes_on_in_a_new_run(tmp_path):
    """Once its history is long the workflow that divides the rate begins anew, and all keep what they have."""

    async def run(address):
        client, rate, runs = await Client.connect(address), Rate(requests=50, seconds=1.0), []
        with serving() as url:
            (one,) = batches("promptforge", "years", job_ids(5, 4, 6), policy=BRISK, heartbeat=3)
            waiting = await start(client, "years", one)
            first = await client.start_workflow(
                AccountRate.run,
                RateState(rate=rate, hold=1.0, check=1.0),
                id=account_id("promptforge", "years"),
                task_queue=queue_of("promptforge", "years"),
                start_signal="join",
                start_signal_args=[Join(sweep="years", attempt=f"{waiting.result_run_id}/1", jobs=5, rate=rate)],
            )
            async with working(client, account(url, "years", Limit(50))):
                done = await waiting.result()
                await first.result()  # a history that stops in the middle of a local activity cannot be replayed
                name = first.result_run_id
                while name:
                    runs.append(await client.get_workflow_handle(first.id, run_id=name).fetch_history())
                    name = runs[-1].events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
        begun = [one.events[0].workflow_execution_started_event_attributes.input.payloads for one in runs]
        return done, runs, [(await client.data_converter.decode(one, [RateState]))[0].members for one in begun[1:]]

    with temporal_server(tmp_path, "limit.historyCount.suggestContinueAsNew=8") as address:
        done, runs, members = asyncio.run(run(address))
    assert ended_once([done], job_ids(5, 4, 6))
    assert len(members) > 1
    assert {("years", 0.0, 1.0)} == {(one.sweep, one.low, one.high) for each in members for one in each}
    replay(*runs)
