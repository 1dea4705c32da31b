"""Iterators that are left early or bounded, of one job and of many: nothing runs on, and the loop goes on."""

import gc
import sys

import anyio
import pytest

from jobwait import as_completed_async, promptforge, updates_async, wait_all_async
from jobwait._httpx import httpx
from jobwait.testing import FakeServer
from support.waits import CALM, DONE, FAST, NAME, backends, batch, connect


@pytest.mark.parametrize("ended", ["closed", "forgotten"])
def test_an_iterator_left_early_stops_polling(ended):
    """Closing or dropping updates() ends the wait."""
    server = FakeServer(batch(), batch(done=1), DONE)
    with connect(server) as client:
        job = promptforge.job(client, NAME)
        updates = job.updates(policy=FAST)
        next(updates)
        if ended == "closed":
            updates.close()
        del updates
        gc.collect()
        assert (1, ()) == (len(server.requests), job._state._waits)
        assert "succeeded" == job.outcome(policy=FAST).state


@backends
def test_an_async_iterator_left_early_stops_polling(backend):
    """Closing or dropping updates_async() ends the wait."""
    server = FakeServer(batch(), DONE)

    async def main():
        async with connect(server) as client:
            job = promptforge.job(client, NAME)
            updates = job.updates_async(policy=FAST)
            await anext(updates)
            await updates.aclose()
            return job._state._waits

    assert ((), 1) == (anyio.run(main, backend=backend), len(server.requests))


def _mixed(server):
    """A client, and three jobs of which the first has ended."""
    client = promptforge.connect("key", transport=server)
    return client, [promptforge.job(client, f"{NAME[:-1]}{number}") for number in range(3)]


class Mixed(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A service at which only the job whose id ends in 0 has ended."""

    def __init__(self):
        self.requests = 0

    async def handle_async_request(self, request):
        """The status of the job that is asked for."""
        self.requests += 1
        job_id = request.url.path.split("/")[-2]
        return httpx.Response(200, json=batch("COMPLETED" if job_id.endswith("0") else "PROCESSING", job_id=job_id))


@backends
@pytest.mark.parametrize("many", [as_completed_async, updates_async])
@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")  # trio warns without aclosing()
def test_an_iterator_over_many_jobs_left_early_ends_all_waits(backend, many):
    """The loop goes on, and nothing more is sent."""
    server = Mixed()

    async def main():
        client, jobs = _mixed(server)
        async with client:
            stream = many(jobs, policy=CALM)
            async for _ in stream:
                break
            del stream
            gc.collect()
            await anyio.wait_all_tasks_blocked()
            assert [()] * 3 == [job._state._waits for job in jobs]
            return (await jobs[0].outcome_async()).state

    assert "succeeded" == anyio.run(main, backend=backend)


@backends
def test_a_cancel_scope_around_one_step_ends_the_iterator(backend):
    """And nothing else."""

    async def main():
        client, jobs = _mixed(Mixed())
        async with client:
            stream = as_completed_async(jobs, policy=CALM)
            first = (await anext(stream)).state
            with anyio.move_on_after(0) as scope:
                await anext(stream)
            with pytest.raises(StopAsyncIteration):
                await anext(stream)
            assert [()] * 3 == [job._state._waits for job in jobs]
            return first, scope.cancelled_caught

    assert ("succeeded", True) == anyio.run(main, backend=backend)


@backends
def test_an_exit_in_a_fleets_callback_reaches_the_caller(backend):
    """What on_update raises is raised unchanged, even if it is no Exception."""

    async def main():
        client, jobs = _mixed(Mixed())
        async with client:
            with pytest.raises(SystemExit):
                await wait_all_async(jobs, policy=CALM, on_update=lambda _: sys.exit(3))
            return [job._state._waits for job in jobs]

    assert [()] * 3 == anyio.run(main, backend=backend)
