"""Waits on a real Temporal server where workers lack something, sweeps end badly, and nobody is there to obey."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from benchmarks.engines.served import CANARY
from temporalio import activity
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError
from temporalio.worker import Worker
from tests.integration.temporal.kit import (
    BRISK,
    HANG,
    PROJECT,
    STEP,
    account,
    begun,
    ended_once,
    ids,
    on,
    replayed,
    serving,
    states,
    submitted,
    until,
    working,
)

from jobwait import errors, freeplay, promptforge
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.temporal import (
    WORKFLOWS,
    Account,
    Activities,
    Batch,
    Checkpoint,
    Ended,
    WaitJobs,
    batches,
    progress,
    queue_of,
    runner,
    start,
    wait_all,
)
from jobwait.engines.temporal.names import RUN_BATCH

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


@pytest.mark.parametrize("at_service", [False, True])
@pytest.mark.parametrize("batch_run", [stint_just_over, dying, waiting])
def test_a_cancellation_that_no_sweep_obeys_ends_the_wait_and_where_asked_the_jobs(
    temporal, slow_box, batch_run, at_service
):
    """No sweep can obey it, as one came back, died or had no place yet: the wait is canceled all the same."""
    name, jobs = f"lost-{batch_run.__name__}-{at_service}", submitted(slow_box, 2)

    def connect():
        return freeplay.connect(slow_box.freeplay.key, base_url=slow_box.freeplay.url)

    async def run():
        one = Account("freeplay", name, connect)
        more = {"common": {"project_id": PROJECT}, "cancel_at_service": at_service}
        (batch,) = batches("freeplay", name, jobs, **more)
        async with on(temporal) as client, working_badly(client, one, batch_run):
            handle = running = await start(client, f"{name}-0", batch)
            await until(lambda: begun(client, running.id))
            if batch_run is waiting:  # its sweep has no place: the one place is taken
                handle = await start(client, f"{name}-1", batch)
            await handle.cancel()
            with pytest.raises(WorkflowFailureError) as failed:
                await asyncio.wait_for(handle.result(), HANG)  # a lost one would never come
            await replayed(await handle.fetch_history())
            if batch_run is waiting:
                await running.terminate()
            return failed.value.cause

    assert isinstance(asyncio.run(run()), CancelledError)
    assert ({"cancelled"} if at_service else {"pending", "running"}) >= states(slow_box, jobs)


def test_a_sweep_that_dies_of_its_cancellation_leaves_the_ends_of_its_last_heartbeat(temporal):
    """The server keeps the heartbeat, the workflow reads it, and the queries tell it."""
    checkpoint = Checkpoint.of([Ended(job_id="a", state="succeeded")], ["b's token"])

    @activity.defn(name=RUN_BATCH)
    async def silent(batch: Batch) -> Checkpoint:
        activity.heartbeat(checkpoint)
        await asyncio.Event().wait()  # it hears of the cancellation with the next heartbeat, which never comes

    async def run():
        own = account("http://127.0.0.1:9", "silent")
        async with on(temporal) as client, working_badly(client, own, silent):
            (one,) = batches("promptforge", "silent", ["a", "b"], heartbeat=3)
            handle = await start(client, "silent", one)
            await until(lambda: begun(client, "silent"))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            return failed.value.cause, await progress(client, "silent"), await handle.query(WaitJobs.checkpoint)

    cause, far, left = asyncio.run(run())
    assert isinstance(cause, CancelledError)
    assert (1, {"succeeded": 1}) == (far.waiting, far.counts)
    assert checkpoint == left


def test_a_batch_goes_on_at_a_worker_that_has_what_others_lacked(temporal, caplog):
    """No key, a key provider that breaks, another host: each failure shows why, none has the key, nothing is lost."""
    jobs, connects = ids("job", 2), {}

    def unset():
        raise errors.InvalidInput("There is no key for promptforge.")

    def broken():
        raise ValueError(f"vault: {CANARY} was not taken")

    def elsewhere():
        return promptforge.connect(CANARY, base_url="http://127.0.0.1:9")

    async def run():
        async with on(temporal) as client, serving() as (_, url):
            own = Account("promptforge", "lacks", lambda: connects["now"]())  # noqa: PLW0108 - it changes
            right = account(url).connect
            (one,) = batches("promptforge", "lacks", jobs, policy=BRISK, heartbeat=30)
            one = replace(one, stand=BatchRun.of(one, right(), None).checkpoint())  # from an earlier stint
            connects["now"], seen = unset, []
            async with working(client, own):
                handle = await start(client, "lacks", one)
                for fault, word in ((unset, "There is no key"), (broken, "ValueError"), (elsewhere, "TokenRefused")):
                    connects["now"] = fault

                    async def failed(word=word):
                        described = await handle.describe()
                        assert described.status == WorkflowExecutionStatus.RUNNING
                        pending = described.raw_description.pending_activities
                        seen.append("".join(str(one.last_failure) for one in pending))
                        return word in seen[-1]

                    await until(failed)
                connects["now"] = right
                done = await handle.result()
            return done, "".join(seen) + (await handle.fetch_history()).to_json()

    done, text = asyncio.run(run())
    assert ended_once([done], jobs)
    assert "ValueError" in caplog.text
    assert CANARY not in text + caplog.text


def test_a_program_that_is_run_again_goes_on_with_its_workflows_and_refuses_others(temporal, monkeypatch):
    """wait_all with the same name finds the workflows that still run; those for other jobs it does not take."""
    jobs = ids("job", 6)

    async def run():
        asked = asyncio.Event()

        async def asking(*words):
            try:
                return await start(*words)
            finally:
                asked.set()

        async with on(temporal) as client, serving() as (_, url):
            made = batches("promptforge", "again", jobs, size=2, policy=BRISK, heartbeat=30)
            first = [await start(client, f"again-{number}", one) for number, one in enumerate(made[:2])]
            (other,) = batches("promptforge", "again", ["job-7-0"], policy=BRISK, heartbeat=30)
            await start(client, "mixed-0", other)
            monkeypatch.setattr("jobwait.engines.temporal.client.start", asking)
            mixed = asyncio.create_task(wait_all(client, "mixed", made[:1]))
            await asked.wait()  # while no worker is there, all of them still run
            async with working(client, account(url, "again")):
                done = await wait_all(client, "again", made)
                with pytest.raises(errors.InvalidInput, match="mixed-0 waited for other jobs"):
                    await mixed
            runs = {(await client.get_workflow_handle(one.id).describe()).run_id for one in first}
        return done, runs, {one.result_run_id for one in first}

    done, runs, started = asyncio.run(run())
    assert ended_once(done, jobs)
    assert runs == started
