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
from jobwait.testing import FakeServer, virtual_time
from support.services import PROMPTS, ROWS, TOUR

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])


PLAN = {
    "tour_id": 1, "status": "succeeded", "qualification": "Driveable", "sections": [], "poi_list": [],
    "battery_level_start": 0.8, "battery_level_end": 0.2,
}  # fmt: skip


def clients(box):
    return [row.connect(getattr(box, row.name).key, base_url=getattr(box, row.name).url) for row in ROWS]


def called(way, *arguments, **more):
    """The result of *way*, sync or async."""
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


def test_updates_yields_the_updates_of_all_jobs(box, quick):
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
def test_updates_async_yields_the_updates_of_all_jobs(backend, box, quick):
    """Under asyncio and trio."""

    async def main():
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            jobs = [await fryte.submit_async(client, TOUR) for _ in range(3)]
            return [update async for update in updates_async(jobs, policy=quick)], {job.id for job in jobs}

    seen, ids = anyio.run(main, backend=backend)
    assert ids == {update.job_id for update in seen if update.terminal}


def test_a_queue_adds_jobs_during_the_wait(client, quick):
    """As others end, until None."""
    jobs: queue.Queue = queue.Queue()
    jobs.put(fryte.submit(client, TOUR))
    ended = []
    for outcome in as_completed(jobs, policy=quick):
        ended.append(outcome.job_id)
        jobs.put(fryte.submit(client, TOUR) if len(ended) < 3 else None)
    assert len(set(ended)) == 3


@BACKENDS
def test_an_async_iterator_adds_jobs_during_the_wait(backend, box, quick):
    """The outcomes are in its order."""

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


def test_an_asyncio_queue_adds_jobs_until_none(box, quick):
    """As an async iterator does."""

    async def main():
        jobs: asyncio.Queue = asyncio.Queue()
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
            await jobs.put(await fryte.submit_async(client, TOUR))
            await jobs.put(None)
            return [outcome.state async for outcome in as_completed_async(jobs, policy=quick)]

    assert ["succeeded"] == asyncio.run(main())


def test_fail_fast_ends_the_other_waits(stuck, client, quick):
    """The first job that does not succeed ends the other waits, which say so."""
    bad = fryte.submit(client, {**TOUR, "vehicle_id": "000000000001"})
    outcomes = wait_all([stuck, bad], policy=quick, fail_fast=True)
    assert ["timed_out", "failed"] == [outcome.state for outcome in outcomes]
    assert "fail_fast" in str(outcomes[0].error)


def test_a_stop_ends_all_waits(stuck, quick):
    """Every job still has an outcome."""
    stop = Stop()
    outcomes = wait_all([stuck], policy=quick, stop=stop, on_update=lambda _: stop.set())
    assert ["timed_out"] == [outcome.state for outcome in outcomes]


@BACKENDS
def test_a_stop_ends_all_waits_async(backend, stuck):
    """Every job still has an outcome."""

    async def main():
        stop = Stop()
        async with stuck._state.client:
            return await wait_all_async(
                [stuck], policy=Policy(interval=0.05), stop=stop, on_update=lambda _: stop.set()
            )

    (outcome,) = anyio.run(main, backend=backend)
    assert outcome.state == "timed_out"


def test_stop_of_a_handle_ends_its_wait_alone(stuck, client, quick):
    """The other jobs of the fleet go on."""
    job = fryte.submit(client, TOUR)
    outcomes = wait_all([stuck, job], policy=quick, on_update=lambda one: one.job_id == stuck.id and stuck.stop())
    assert ["timed_out", "succeeded"] == [outcome.state for outcome in outcomes]


def test_each_job_may_have_its_own_policy_and_weight(stuck, client, quick):
    """Both may be functions of the job."""
    job = fryte.submit(client, TOUR)
    short = Policy(interval=0.05, timeout=1.0)
    outcomes = wait_all(
        [stuck, job],
        policy=lambda one: short if one.id == stuck.id else quick,
        weight=lambda one: 2.0 if one.id == job.id else 1.0,
    )
    assert ["timed_out", "succeeded"] == [outcome.state for outcome in outcomes]


def test_the_callers_limit_holds(box, quick):
    """No more requests are sent than the caller allows."""
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        jobs = [fryte.submit(client, TOUR) for _ in range(4)]
        before = box.stats()["fryte"]["polls"]
        wait_all(jobs, policy=quick, timeout=1.0, limits={"fryte": Limit(3)})
        assert box.stats()["fryte"]["polls"] - before <= 5


def test_invalid_arguments_are_refused_before_sending(client):
    """With a message."""

    async def callback(_):
        return None

    for bad in ({"on_update": callback}, {"concurrency": 0}):
        with pytest.raises(errors.InvalidInput):
            wait_all([fryte.job(client, "x")], **bad)


def test_an_exception_of_a_callback_is_raised_unchanged(client, quick):
    """Sync and async."""
    job = fryte.submit(client, TOUR)
    with pytest.raises(ZeroDivisionError):
        wait_all([job], policy=quick, on_update=lambda _: 1 // 0)

    async def main():
        async with client:
            await wait_all_async([fryte.job(client, job.id)], policy=quick, on_update=lambda _: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        anyio.run(main)


@pytest.mark.parametrize("with_aiohttp", [True, False])
def test_an_error_status_ends_one_wait_with_and_without_aiohttp(box, quick, with_aiohttp, monkeypatch):
    """Its error does not contain the key."""
    if not with_aiohttp:
        monkeypatch.setitem(sys.modules, "jobwait._http.engines.aiohttp_engine", None)

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
def test_a_break_out_of_as_completed_async_does_not_harm_the_loop(backend, box, quick, stream):
    """The loop ends the generator in another task, and nothing else ends."""

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
def test_an_invalid_key_ends_only_its_own_jobs(box, quick, ways):
    """A key function may return one later; its jobs end as unreachable."""
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
def test_sync_and_async_refuse_arguments_with_the_same_error(client, ways):
    """One error, in no group."""
    with pytest.raises(errors.InvalidInput, match="timeout"):
        called(ways, [promptforge.job(client, "j")], timeout=-1)


async def _async_function(update):
    """A callback of the wrong kind."""


@pytest.mark.parametrize("ways", [wait_all, wait_all_async])
@pytest.mark.parametrize("progress", [False, True])
@pytest.mark.parametrize("callback", [_async_function, 3])
def test_a_callback_that_is_no_plain_function_is_refused(client, ways, progress, callback):
    """With progress and without, before anything is sent."""
    with pytest.raises(errors.InvalidInput, match="on_update must be a plain function"):
        called(ways, [fryte.job(client, "j")], progress=progress, on_update=callback)


def test_a_result_in_the_loop_of_each_end_adds_at_most_one_request_to_each_poll():
    """With 50 polls a minute for the call there are at most 100 requests in any minute, as docs/fleet.md says."""
    sent = []

    def answer(request):
        sent.append(clock.now)
        number = request.url.path.split("/")[3]
        named = {"optimization_id": int(number)}
        return PLAN | named if request.url.path.endswith("/result") else PLAN | named | {"job_id": number}

    server = FakeServer(answer)
    with virtual_time() as clock, fryte.connect("a-key", base_url="https://fryte.invalid", transport=server) as client:
        jobs = [fryte.job(client, str(number)) for number in range(150)]
        for end in as_completed(jobs, timeout=3600, limits={"fryte": Limit(50, seconds=60)}):
            end.job.result()
    assert 300 == len(sent)
    assert 100 >= max(sum(at <= other < at + 60 for other in sent) for at in sent)
