"""The functions of the fleet, sync and async, against the sandbox."""

import asyncio
import gc
import inspect
import queue
import sys

import anyio
import pytest

from jobwait import (
    Limit,
    Policy,
    Stop,
    as_completed,
    as_completed_async,
    errors,
    fryte,
    promptforge,
    updates,
    updates_async,
    wait_all,
    wait_all_async,
)
from jobwait.sandbox import Sandbox
from support.services import PROMPTS, ROWS, TOUR

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


def clients(box):
    return [row.connect(getattr(box, row.name).key, base_url=getattr(box, row.name).url) for row in ROWS]


def called(way, *arguments, **more):
    """What *way* gives, whichever of the twins it is."""
    if not inspect.iscoroutinefunction(way):
        return way(*arguments, **more)

    async def main():
        return await way(*arguments, **more)

    return anyio.run(main)


@pytest.fixture
def client(box):
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        yield client


@pytest.fixture
def stuck():
    """A job that never ends, at a sandbox of its own."""
    with (
        Sandbox(speed=1200, seed=7) as own,
        promptforge.connect(own.promptforge.key, base_url=own.promptforge.url) as client,
    ):
        yield promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-stuck")


def test_updates_of_all_jobs_in_one_stream(box, quick):
    """Each update names its job, and each job has one terminal update, its last."""
    made = clients(box)
    jobs = [row.submit(client) for row, client in zip(ROWS, made, strict=True)]
    seen = list(updates(jobs, policy=quick))
    for job in jobs:
        own = [update for update in seen if update.job_id == job.id]
        assert [False] * (len(own) - 1) + [True] == [update.terminal for update in own]
        assert {job.service.name} == {update.service for update in own}
    for client in made:
        client.close()


@BACKENDS
def test_updates_async(backend, box, quick):
    """The async twin, under both loops."""

    async def main():
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            jobs = [await fryte.submit_async(client, TOUR) for _ in range(3)]
            return [update async for update in updates_async(jobs, policy=quick)], {job.id for job in jobs}

    seen, ids = anyio.run(main, backend=backend)
    assert ids == {update.job_id for update in seen if update.terminal}


def test_jobs_may_be_added_while_it_runs(client, quick):
    """A queue brings jobs as others end, until None."""
    jobs: queue.Queue = queue.Queue()
    jobs.put(fryte.submit(client, TOUR))
    ended = []
    for outcome in as_completed(jobs, policy=quick):
        ended.append(outcome.job_id)
        jobs.put(fryte.submit(client, TOUR) if len(ended) < 3 else None)
    assert len(set(ended)) == 3


@BACKENDS
def test_jobs_may_come_from_an_async_iterator(backend, box, quick):
    """What an async iterator brings is followed as it comes; the outcomes are in its order."""

    async def main():
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            ids = []

            async def come():
                for _ in range(3):
                    job = await fryte.submit_async(client, TOUR)
                    ids.append(job.id)
                    yield job

            outcomes = await wait_all_async(come(), policy=quick)
            return ids, [outcome.job_id for outcome in outcomes]

    ids, ended = anyio.run(main, backend=backend)
    assert ids == ended


def test_jobs_may_come_from_an_asyncio_queue(box, quick):
    """An asyncio queue will do as well, None ends it."""

    async def main():
        jobs: asyncio.Queue = asyncio.Queue()
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            await jobs.put(await fryte.submit_async(client, TOUR))
            await jobs.put(None)
            return [outcome.state async for outcome in as_completed_async(jobs, policy=quick)]

    assert ["succeeded"] == asyncio.run(main())


def test_fail_fast_ends_the_other_waits(stuck, client, quick):
    """The first job that does not succeed ends the waits for the others, which say so."""
    bad = fryte.submit(client, {**TOUR, "vehicle_id": "000000000001"})
    outcomes = wait_all([stuck, bad], policy=quick, fail_fast=True)
    assert ["timed_out", "failed"] == [outcome.state for outcome in outcomes]
    assert "stop" in str(outcomes[0].error)


def test_a_stop_ends_all_waits(stuck, quick):
    """Once the stop is set all waits end, and every job still has an outcome."""
    stop = Stop()
    outcomes = wait_all([stuck], policy=quick, stop=stop, on_update=lambda _: stop.set())
    assert ["timed_out"] == [outcome.state for outcome in outcomes]


@BACKENDS
def test_a_stop_ends_all_waits_async(backend, stuck):
    """The same in a task."""

    async def main():
        stop = Stop()
        async with stuck._state.client:
            return await wait_all_async(
                [stuck], policy=Policy(interval=0.05), stop=stop, on_update=lambda _: stop.set()
            )

    (outcome,) = anyio.run(main, backend=backend)
    assert outcome.state == "timed_out"


def test_one_jobs_stop_leaves_the_others(stuck, client, quick):
    """A handle's own stop() ends its wait in the fleet, and no other."""
    job = fryte.submit(client, TOUR)
    outcomes = wait_all([stuck, job], policy=quick, on_update=lambda one: one.job_id == stuck.id and stuck.stop())
    assert ["timed_out", "succeeded"] == [outcome.state for outcome in outcomes]


def test_each_job_may_have_its_own_policy_and_weight(stuck, client, quick):
    """Deadlines and weights are told of each job."""
    job = fryte.submit(client, TOUR)
    short = Policy(interval=0.05, timeout=1.0)
    outcomes = wait_all(
        [stuck, job],
        policy=lambda one: short if one.id == stuck.id else quick,
        weight=lambda one: 2.0 if one.id == job.id else 1.0,
    )
    assert ["timed_out", "succeeded"] == [outcome.state for outcome in outcomes]


def test_the_callers_limit_holds(box, quick):
    """No more is sent than the caller allows."""
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        jobs = [fryte.submit(client, TOUR) for _ in range(4)]
        before = box.stats()["fryte"]["polls"]
        wait_all(jobs, policy=quick, timeout=1.0, limits={"fryte": Limit(3)})
        assert box.stats()["fryte"]["polls"] - before <= 5


def test_arguments_are_checked(client):
    """What cannot be is refused in a sentence, before anything is sent."""

    async def callback(_):
        return None

    for bad in ({"on_update": callback}, {"concurrency": 0}):
        with pytest.raises(errors.InvalidInput):
            wait_all([fryte.job(client, "x")], **bad)


def test_what_a_callback_raises_ends_the_call(client, quick):
    """An error of the caller's own comes back as it is, sync and async."""
    job = fryte.submit(client, TOUR)
    with pytest.raises(ZeroDivisionError):
        wait_all([job], policy=quick, on_update=lambda _: 1 // 0)

    async def main():
        async with client:
            await wait_all_async([fryte.job(client, job.id)], policy=quick, on_update=lambda _: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        anyio.run(main)


@pytest.mark.parametrize("with_aiohttp", [True, False])
def test_a_refused_look_is_an_outcome_with_and_without_aiohttp(box, quick, with_aiohttp, monkeypatch):
    """An error status ends the wait for its job alone, and says nothing of the key, however the fleet sends."""
    if not with_aiohttp:
        monkeypatch.setitem(sys.modules, "httpx_aiohttp", None)

    async def run():
        async with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            good = await promptforge.submit_async(client, PROMPTS, provider="openai", model="sandbox-quick")
            unknown = promptforge.job(client, "3f7a1c2e-0000-4000-8000-000000000000")
            return await wait_all_async([good, unknown], policy=quick)

    good, unknown = anyio.run(run)
    assert ("succeeded", "unreachable") == (good.state, unknown.state)
    assert isinstance(unknown.error, errors.JobNotFound)
    assert box.promptforge.key not in str(unknown.error)


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # what trio says of any that is left early
@BACKENDS
@pytest.mark.parametrize("stream", [as_completed_async, updates_async])
def test_a_stream_that_is_left_early_leaves_the_loop_whole(backend, box, quick, stream):
    """A plain `break` drops the generator in the middle; the loop ends it in another task, and nothing else ends."""

    async def main():
        async with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            jobs = [promptforge.job(client, f"3f7a1c2e-0000-4000-8000-00000000000{number}") for number in range(3)]
            async for _ in stream(jobs, policy=quick):
                break
            gc.collect()
            for _ in range(20):
                await anyio.lowlevel.checkpoint()
            if backend == "asyncio":
                others = asyncio.all_tasks() - {asyncio.current_task()}
                await asyncio.gather(*others, return_exceptions=True)
            return [outcome.state for outcome in await wait_all_async(jobs, policy=quick)]

    assert ["unreachable"] * 3 == anyio.run(main, backend=backend)


@pytest.mark.parametrize("ways", [wait_all, wait_all_async])
def test_a_key_that_cannot_be_sent_spoils_only_its_own_jobs(box, quick, ways):
    """A function may give a bad key later; its jobs end unreachable, all others as they would."""
    notified = []

    def rejected():
        return "two words"

    with (
        promptforge.connect(rejected, base_url=box.promptforge.url) as bad,
        promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as good,
    ):
        jobs = [
            promptforge.job(bad, "3f7a1c2e-0000-4000-8000-000000000000"),
            promptforge.submit(good, PROMPTS, provider="openai", model="sandbox-quick"),
        ]
        outcomes = called(ways, jobs, policy=quick, on_update=notified.append)
    assert ["unreachable", "succeeded"] == [outcome.state for outcome in outcomes]
    assert isinstance(outcomes[0].error, errors.InvalidInput)
    assert "two words" not in str(outcomes[0].error)
    assert sorted(job.id for job in jobs) == sorted(one.job_id for one in notified if one.terminal)


@pytest.mark.parametrize("ways", [wait_all, wait_all_async])
def test_what_cannot_be_is_refused_in_the_same_words(client, ways):
    """One error, in no group."""
    with pytest.raises(errors.InvalidInput, match="timeout"):
        called(ways, [promptforge.job(client, "j")], timeout=-1)
