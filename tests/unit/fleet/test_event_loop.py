"""What is done for thousands of jobs is done in steps; between two of them the event loop has a turn."""

import asyncio
import threading
from contextlib import aclosing, asynccontextmanager

import anyio
import anyio.lowlevel
import pytest
from attrs import evolve

from jobwait import Policy, Stop, fryte
from jobwait._httpx import httpx
from jobwait._jobs.handle import handle_of
from jobwait._polling.job_state import JobState
from jobwait.fleet.functions import Fleet
from jobwait.fleet.scheduler import AT_MOST
from support.waits import CALM, backends, tour

MANY = 1500
CONCURRENCY = 1
MOST_TAKEN = 2 * AT_MOST  # twice, as trio runs the tasks of a turn in any order
MOST_ENDED = 2 * AT_MOST * (CONCURRENCY + 1)  # that many tasks, each of which may deal with AT_MOST jobs in a turn


class Turns:
    """The largest changes of what *of* counts from one turn of the loop to the next."""

    def __init__(self, of):
        self.of, self.rise, self.fall = of, 0, 0

    async def watch(self):
        """Look once a turn."""
        before = self.of()
        while True:
            await anyio.lowlevel.checkpoint()
            now = self.of()
            self.rise, self.fall = max(self.rise, now - before), max(self.fall, before - now)
            before = now


@asynccontextmanager
async def watching(of):
    """The Turns of the block."""
    turns = Turns(of)
    async with anyio.create_task_group() as group:
        group.start_soon(turns.watch)
        await anyio.lowlevel.checkpoint()
        yield turns
        group.cancel_scope.cancel()


class Listing(httpx.AsyncBaseTransport):
    """A list in which all *jobs* have succeeded; in their own responses they still run."""

    def __init__(self):
        self.jobs = []

    async def handle_async_request(self, request):
        """The list, or the status of one job."""
        await anyio.lowlevel.checkpoint()
        if "user_id" not in request.url.params:
            return httpx.Response(200, json=tour(job_id=request.url.path.split("/")[-1]))
        facts = {"optimization_id": 3, "date_created": "", "last_update": "", "status": "succeeded"}
        return httpx.Response(200, json=[{**facts, "job_id": job.id} for job in self.jobs])


def made(transport, count=MANY, service=fryte.SERVICE):
    """Handles on jobs of one user."""
    client = fryte.connect("key", base_url="http://127.0.0.1:9", transport=transport)
    states = (JobState(service, client, {"job_id": f"j{n}", "user_id": "7", "tour_id": "1"}) for n in range(count))
    return [handle_of(state) for state in states]


def fleet_of(policy=CALM, **more):
    """A fleet."""
    return Fleet(policy=policy, concurrency=CONCURRENCY, **more)


async def outcomes(fleet, source):
    """All outcomes of *source*."""
    async with aclosing(fleet.run_async(source)) as events:
        return [outcome async for _, outcome in events]


def sources(jobs):
    """The kinds of sources that never wait."""

    async def come():
        for job in jobs:
            yield job

    class Full:
        def __init__(self):
            self.left = [None, *reversed(jobs)]

        async def get(self):
            return self.left.pop()

    return {"list": jobs, "generator": (job for job in jobs), "async iterator": come(), "async queue": Full()}


@backends
@pytest.mark.parametrize("kind", ["list", "generator", "async iterator", "async queue"])
def test_jobs_are_taken_in_and_stopped_a_few_a_turn(backend, kind):
    """And what a fleet reports at its end is read a few a turn."""

    async def main():
        fleet, stop = fleet_of(), Stop()
        fleet.stop = stop
        async with watching(lambda: fleet.scheduler.count) as added, watching(lambda: len(fleet.scheduler)) as ended:
            read = [0]

            async def follow():
                async with aclosing(fleet.run_async(sources(made(Listing()))[kind])) as events:
                    async for _ in events:
                        read[0] += 1

            async with watching(lambda: read[0]) as reading, anyio.create_task_group() as group:
                group.start_soon(follow)
                while fleet.scheduler.count < MANY:
                    await anyio.lowlevel.checkpoint()
                stop.set()
            return read[0], added.rise, ended.fall, reading.rise

    count, added, ended, read = anyio.run(main, backend=backend)
    assert count == MANY
    assert 0 < added <= MOST_TAKEN
    assert 0 < ended <= MOST_ENDED
    assert 0 < read <= MOST_TAKEN


@backends
def test_a_fleet_that_is_left_closes_its_waits_a_few_a_turn(backend):
    """Also when its task is canceled."""

    async def main():
        fleet = fleet_of()
        async with watching(lambda: len(fleet.scheduler)) as ended, anyio.create_task_group() as group:
            group.start_soon(outcomes, fleet, made(Listing()))
            while fleet.scheduler.count < MANY:
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        return ended.fall, len(fleet.scheduler)

    most, left = anyio.run(main, backend=backend)
    assert left == 0
    assert 0 < most <= MOST_TAKEN


@backends
def test_a_list_of_thousands_is_read_in_a_thread_and_told_to_a_few_jobs_a_turn(backend):
    """The loop goes on while it is decoded."""
    transport, readers = Listing(), set()
    listing = fryte.SERVICE.listing

    def read(response, known):
        readers.add(threading.current_thread())
        return listing.read(response, known)

    service = evolve(fryte.SERVICE, listing=evolve(listing, read=read))
    transport.jobs = made(transport, service=service)

    async def main():
        fleet = fleet_of(Policy(interval=0.001, min_interval=0.001))
        async with watching(lambda: len(fleet.scheduler)) as ended:
            found = await outcomes(fleet, transport.jobs)
        return {one.state for one in found}, len(found), ended.fall

    states, count, most = anyio.run(main, backend=backend)
    assert ({"succeeded"}, MANY) == (states, count)
    assert threading.main_thread() not in readers
    assert readers
    assert 0 < most <= MOST_ENDED


def test_a_small_list_is_read_at_once():
    """A thread would take longer."""
    transport, readers = Listing(), set()
    listing = fryte.SERVICE.listing

    def read(response, known):
        readers.add(threading.current_thread())
        return listing.read(response, known)

    service = evolve(fryte.SERVICE, listing=evolve(listing, read=read))
    transport.jobs = made(transport, 5, service)
    found = anyio.run(outcomes, fleet_of(Policy(interval=0.001, min_interval=0.001)), transport.jobs)
    assert {threading.main_thread()} == readers
    assert len(found) == 5


@backends
def test_a_list_may_change_while_its_jobs_are_taken_in(backend):
    """Those that it had are waited for."""

    async def main():
        jobs, fleet, stop = dict.fromkeys(made(Listing(), 3 * AT_MOST)), fleet_of(), Stop()
        fleet.stop = stop
        async with anyio.create_task_group() as group:
            found = []

            async def follow():
                found.extend(await outcomes(fleet, jobs.keys()))

            group.start_soon(follow)
            while not fleet.scheduler.count:
                await anyio.lowlevel.checkpoint()
            jobs.clear()
            while fleet.scheduler.count < 3 * AT_MOST:
                await anyio.lowlevel.checkpoint()
            stop.set()
        return len(found)

    assert 3 * AT_MOST == anyio.run(main, backend=backend)


def test_hundreds_of_handles_stopped_at_once_wake_the_loop_once():
    """Each call from another thread costs a system call and a turn."""
    calls = []

    class Loop(asyncio.SelectorEventLoop):
        def call_soon_threadsafe(self, callback, *args, context=None):
            calls.append(callback)
            return super().call_soon_threadsafe(callback, *args, context=context)

    async def main():
        fleet, jobs = fleet_of(), made(Listing(), 300)
        async with anyio.create_task_group() as group:
            group.start_soon(outcomes, fleet, jobs)
            while fleet.scheduler.count < 300:
                await anyio.lowlevel.checkpoint()
            calls.clear()
            for job in jobs:
                job.stop()
            assert len(calls) == 1
        assert len(fleet.scheduler) == 0

    anyio.run(main, backend_options={"loop_factory": Loop})
