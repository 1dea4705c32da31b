"""Waits on a real Temporal server, with workers in this process: new runs, progress, cancellations, refusals."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.engines.served import CANARY
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from tests.integration.temporal.kit import (
    BRISK,
    ONE_SWEEP,
    PROJECT,
    account,
    begun,
    divide,
    ended_once,
    ids,
    kinds,
    on,
    replayed,
    runs_of,
    serving,
    shares,
    states,
    submitted,
    until,
    working,
)

from jobwait import Limit, errors, freeplay
from jobwait.engines.temporal import Account, Batch, WaitJobs, batches, progress, queue_of, start

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.xdist_group("temporal")


def test_a_wait_longer_than_its_stint_goes_on_in_new_runs_and_loses_no_look(temporal):
    """Each run begins with an empty history where the last one was, each has one sweep, and all can be replayed."""

    async def run():
        jobs = [*ids("job", 5), *ids("held", 5)]
        async with on(temporal) as client, serving() as (service, url), working(client, account(url, "long")):
            (one,) = batches("promptforge", "long", jobs, policy=BRISK, continue_after=1.0, heartbeat=60)
            handle = await start(client, "long", one)
            known = set()

            async def third():
                known.add((await client.get_workflow_handle("long").describe()).run_id)
                return len(known) >= 3

            await until(third)
            service.released = True
            done = await handle.result()
            runs = await runs_of(client, handle)
            await replayed(*runs)
        return ended_once([done], jobs), runs, {one.job_id: one.polls for one in done.ended}, service.polls

    whole, runs, told, polls = asyncio.run(run())
    assert whole
    assert len(runs) >= 3
    new = [*ONE_SWEEP[:-1], "WORKFLOW_EXECUTION_CONTINUED_AS_NEW"]
    assert [*[new] * (len(runs) - 1), ONE_SWEEP] == [kinds(one) for one in runs]
    assert polls == told


def test_progress_of_a_running_batch_is_told_and_leaves_no_event(temporal):
    """Asking tells what the last heartbeat knew; once all have ended a worker is asked."""

    async def run():
        jobs = [*ids("job", 4), *ids("held", 16)]
        async with on(temporal) as client, serving() as (service, url), working(client, account(url, "asked")):
            (one,) = batches("promptforge", "asked", jobs, policy=BRISK, heartbeat=3)
            handle = await start(client, "asked", one)
            seen = []

            async def some():
                seen.append(await progress(client, "asked"))
                return seen[-1].counts == {"succeeded": 4}

            await until(some)
            before = await handle.fetch_history()
            seen += [await progress(client, "asked") for _ in range(5)]
            after = await handle.fetch_history()
            service.released = True
            await handle.result()
            return seen, before, after, await progress(client, "asked")

    seen, before, after, last = asyncio.run(run())
    assert all(one.waiting + sum(one.counts.values()) == one.jobs == 20 for one in seen)
    assert 16 == seen[-1].waiting
    assert len(before.events) == len(after.events)
    assert (0, {"succeeded": 20}) == (last.waiting, last.counts)


@pytest.mark.parametrize("at_service", [False, True])
def test_a_canceled_wait_ends_its_sweep_and_its_jobs_only_where_asked(temporal, slow_box, at_service):
    """Its jobs run on, unless the batch says that they go with it; what was known is still told."""
    jobs, name = submitted(slow_box, 3), f"cancel-{at_service}"

    def connect():
        return freeplay.connect(slow_box.freeplay.key, base_url=slow_box.freeplay.url)

    async def run():
        async with on(temporal) as client, working(client, Account("freeplay", name, connect)):
            more = {"common": {"project_id": PROJECT}, "cancel_at_service": at_service, "heartbeat": 3}
            (one,) = batches("freeplay", name, jobs, **more)
            handle = await start(client, name, one)
            await until(lambda: begun(client, name))
            await handle.cancel()
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            await replayed(await handle.fetch_history())
            return failed.value.cause, await progress(client, name)

    cause, left = asyncio.run(run())
    assert isinstance(cause, CancelledError)
    assert 3 == left.waiting
    assert ({"cancelled"} if at_service else {"pending", "running"}) >= states(slow_box, jobs)


@pytest.mark.parametrize(
    "bad",
    [
        Batch(service="promptforge", account="bad", job_ids=["a", "a"]),  # the workflow refuses it
        Batch(service="freeplay", account="vague", job_ids=["a"]),  # a worker refuses it
    ],
)
def test_a_batch_that_cannot_be_fails_for_good_where_another_program_started_it(temporal, bad):
    """It is not retried: no worker could do better."""

    async def run():
        own = Account(bad.service, bad.account, lambda: freeplay.connect(CANARY))
        async with on(temporal) as client, working(client, own):
            queue = queue_of(bad.service, bad.account)
            handle = await client.start_workflow(WaitJobs.run, bad, id=f"bad-{bad.service}", task_queue=queue)
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
            await replayed(await handle.fetch_history())
        return failed.value.cause

    cause = asyncio.run(run())
    refusal = cause if isinstance(cause, ApplicationError) else cause.cause
    assert ("InvalidInput", True) == (refusal.type, refusal.non_retryable)


def test_the_part_of_a_sweep_that_is_gone_is_given_to_the_one_that_runs(temporal):
    """One who joined and does not run is found by asking the server; when the last has left the workflow ends."""

    async def run():
        async with on(temporal) as client, serving() as (service, url):
            (one,) = batches("promptforge", "heirs", ids("held", 5), policy=BRISK, heartbeat=30)
            waiting = await start(client, "heir", one)
            rates = await divide(client, "heirs", 20, "nobody", "run/1")

            async def shared():
                return await shares(client, "heirs") == {"heir": (0.0, 1.0)}

            async with working(client, account(url, "heirs", Limit(20))):
                await until(shared)
                service.released = True
                done = await waiting.result()
                await rates.result()
                await replayed(*await runs_of(client, rates))
        return done

    assert ended_once([asyncio.run(run())], ids("held", 5))


def test_an_account_whose_workflow_was_ended_gets_another(temporal):
    """Somebody terminates the workflow that divides the rate, or cancels it: the sweep begins another, and goes on."""

    async def run():
        async with on(temporal) as client, serving() as (service, url):
            (one,) = batches("promptforge", "ended", ids("held", 3), policy=BRISK, heartbeat=30)
            waiting = await start(client, "ended", one)
            rates = await divide(client, "ended", 50, "ended", f"{waiting.result_run_id}/1")

            async def shared():
                return await shares(client, "ended") == {"ended": (0.0, 1.0)}

            async with working(client, account(url, "ended", Limit(50))):
                for end in ("terminate", "cancel"):
                    await until(shared)
                    ended = await client.get_workflow_handle(rates.id).describe()
                    first = ended.raw_info.first_run_id
                    await getattr(client.get_workflow_handle(rates.id), end)()

                    async def anew(first=first):
                        found = await client.get_workflow_handle(rates.id).describe()
                        return found.raw_info.first_run_id != first

                    await until(anew)
                await until(shared)
                service.released = True
                return await waiting.result()

    assert ended_once([asyncio.run(run())], ids("held", 3))


def test_the_command_with_a_namespace_that_there_is_not_says_so_and_ends_with_status_2(temporal, tmp_path):
    """The server's refusal ends the worker, a process of its own, with one sentence."""
    words = ["worker", "temporal", "--account", "promptforge", "--address", temporal[0], "--namespace", "nowhere"]
    environment = {**os.environ, "PROMPTFORGE_API_KEY": CANARY}
    done = subprocess.run(
        [sys.executable, "-m", "jobwait", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
    assert "does not let this worker work" in done.stderr


def test_the_example_that_kills_a_worker_tells_each_end_once(temporal):
    """The example runs in small: sixty jobs, a worker killed on the way."""
    words = [sys.executable, str(ROOT / "examples" / "temporal" / "ten_thousand.py"), "60", temporal[0]]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)
    assert "one worker was killed\n" in done.stdout
    assert done.stdout.endswith("60 jobs, {'succeeded': 60}, 0 reported twice\n")


def test_a_batch_for_which_start_refuses_leaves_no_workflow(temporal):
    """What `start` refuses never reaches the server."""

    async def run():
        async with on(temporal) as client:
            with pytest.raises(errors.InvalidInput, match="project_id"):
                await start(client, "never", Batch(service="freeplay", account="vague", job_ids=["a"]))
            return [one.id async for one in client.list_workflows("WorkflowId = 'never'")]

    assert [] == asyncio.run(run())
