"""Concurrent waits in real threads and tasks, synchronized by events without sleeping."""

import asyncio
import gc
import itertools
import os
import queue
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing

import anyio
import pytest

from jobwait import Policy, Stop, as_completed, as_completed_async, errors, promptforge, wait_all
from jobwait._httpx import httpx
from jobwait.testing import FakeServer
from support.waits import CALM, DONE, FAST, NAME, backends, batch, connect


class RateLimiter(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A service that responds once *let* is set; *asked* is set when a request has come."""

    def __init__(self, body=DONE):
        self.body, self.requests = body, 0
        self.asked, self.let = threading.Event(), threading.Event()

    def handle_request(self, request):
        """Wait in this thread."""
        self.requests += 1
        self.asked.set()
        self.let.wait()
        return httpx.Response(200, json=self.body)

    async def handle_async_request(self, request):
        """Wait in this task."""
        self.requests += 1
        self.asked.set()
        await anyio.to_thread.run_sync(self.let.wait, abandon_on_cancel=True)
        return httpx.Response(200, json=self.body)


@pytest.fixture
def limiter():
    """A service that responds when *let* is set, which is always set at the end."""
    limiter = RateLimiter()
    yield limiter
    limiter.let.set()


def test_waits_in_threads_share_their_polls(limiter):
    """Several threads that wait on one handle send one request, and all get its response."""
    with connect(limiter) as client, ThreadPoolExecutor(4) as pool:
        job = promptforge.job(client, NAME)
        waits = [pool.submit(job.outcome) for _ in range(4)]
        limiter.asked.wait()
        limiter.let.set()
        outcomes = [wait.result() for wait in waits]
    assert (1, ["succeeded"] * 4) == (limiter.requests, [outcome.state for outcome in outcomes])


@backends
def test_waits_in_tasks_share_their_polls(backend, limiter):
    """Several tasks that wait on one handle send one request, and all get its response."""

    async def main():
        async with connect(limiter) as client, anyio.create_task_group() as tasks:
            job, states = promptforge.job(client, NAME), []

            async def follow():
                states.append((await job.outcome_async()).state)

            for _ in range(4):
                tasks.start_soon(follow)
            await anyio.to_thread.run_sync(limiter.asked.wait)
            limiter.let.set()
        return states

    assert ["succeeded"] * 4 == anyio.run(main, backend=backend)
    assert limiter.requests == 1


@backends
def test_canceling_the_polling_wait_lets_another_poll(backend, limiter):
    """The task with the request in flight is canceled: another polls, and all others get the response."""

    async def main():
        async with connect(limiter) as client:
            job, states = promptforge.job(client, NAME), []

            async def follow():
                states.append((await job.outcome_async(policy=FAST)).state)

            async with anyio.create_task_group() as others:
                first = anyio.CancelScope()

                async def polling():
                    with first:
                        await job.outcome_async()

                others.start_soon(polling)
                await anyio.to_thread.run_sync(limiter.asked.wait)
                limiter.asked.clear()
                others.start_soon(follow)
                others.start_soon(follow)
                await anyio.wait_all_tasks_blocked()
                first.cancel()
                await anyio.to_thread.run_sync(limiter.asked.wait)
                limiter.let.set()
        return states

    assert ["succeeded"] * 2 == anyio.run(main, backend=backend)
    assert limiter.requests == 2


def test_a_thread_and_a_task_share_a_handle(limiter):
    """A sync and an async wait on one handle get the same response."""

    async def main(job):
        return await job.outcome_async()

    with connect(limiter) as client, ThreadPoolExecutor(1) as pool:
        job = promptforge.job(client, NAME)
        first = pool.submit(job.outcome)
        limiter.asked.wait()
        second = threading.Thread(target=lambda: states.append(asyncio.run(main(job)).state))
        states = []
        second.start()
        limiter.let.set()
        assert "succeeded" == first.result().state
        second.join()
    assert (["succeeded"], 1) == (states, limiter.requests)


def test_each_wait_keeps_its_own_deadline(limiter):
    """A wait ends at its deadline even while another's request is in flight."""
    with connect(limiter) as client, ThreadPoolExecutor(1) as pool:
        job = promptforge.job(client, NAME)
        patient = pool.submit(job.outcome)
        limiter.asked.wait()
        assert "timed_out" == job.outcome(timeout=0.01).state
        limiter.let.set()
        assert "succeeded" == patient.result().state


@backends
@pytest.mark.parametrize("place", ["sleep", "request", "callback"])
def test_a_canceled_task_ends_at_once(backend, place, limiter):
    """At any point; the cancellation is no failed poll, and nothing is left behind."""

    async def main():
        server = limiter if place == "request" else FakeServer(batch())
        async with connect(server) as client:
            job = promptforge.job(client, NAME)
            with anyio.CancelScope() as scope:

                def on_update(update):
                    if place == "callback":
                        scope.cancel()

                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(lambda: job.outcome_async(policy=CALM, on_update=on_update))
                    await anyio.wait_all_tasks_blocked()
                    scope.cancel()
            assert scope.cancelled_caught
            assert (job._state.errors, job._state._waits, job._state._polling) == (0, (), None)

    anyio.run(main, backend=backend)


def test_task_cancel_raises_cancelled_error(limiter):
    """And the loop has no pending tasks."""

    async def main():
        async with connect(limiter) as client:
            task = asyncio.create_task(promptforge.job(client, NAME).wait_async())
            await asyncio.to_thread(limiter.asked.wait)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return asyncio.all_tasks() - {asyncio.current_task()}

    assert set() == asyncio.run(main())


@backends
def test_move_on_after_ends_a_wait(backend):
    """A cancel scope of the caller bounds a wait like anything else."""

    async def main():
        async with connect(FakeServer(batch())) as client:
            with anyio.move_on_after(0) as scope:
                await promptforge.job(client, NAME).wait_async(policy=CALM)
            return scope.cancelled_caught

    assert anyio.run(main, backend=backend)


def test_a_handle_works_in_another_event_loop():
    """Made in one asyncio.run, awaited in another: pools belong to loops, handles do not."""
    server = FakeServer(batch(), DONE)

    async def make():
        client = connect(server)
        job = promptforge.job(client, NAME)
        await job.status_async()
        await client.aclose()
        return job

    async def follow(job):
        async with job._state.client:
            return await job.wait_async(policy=FAST)

    assert "COMPLETED" == asyncio.run(follow(asyncio.run(make()))).status


def test_wait_works_inside_a_running_event_loop():
    """wait() in a coroutine blocks its loop and starts no other."""

    async def main():
        with connect(FakeServer(DONE)) as client:
            return promptforge.job(client, NAME).wait()

    assert "COMPLETED" == asyncio.run(main()).status


def test_a_wait_starts_no_thread():
    """Only a fleet starts threads, and only while it runs."""
    before = threading.active_count()
    with connect(FakeServer(DONE)) as client:
        counts, threads = [], []
        promptforge.job(client, NAME).wait(on_update=lambda update: counts.append(threading.active_count()))
        many = [promptforge.job(client, NAME)]
        list(as_completed(many, on_update=lambda update: threads.append(threading.current_thread())))
    assert ({before}, {threading.current_thread()}) == (set(counts), set(threads))


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_a_wait_that_is_never_awaited_sends_nothing():
    """A coroutine that is dropped has not started."""
    server = FakeServer(DONE)
    with connect(server) as client:
        job = promptforge.job(client, NAME)
        job.wait_async()
        gc.collect()
        assert ([], ()) == (server.requests, job._state._waits)


def test_stop_before_a_wait_ends_that_wait_alone():
    """A signal that comes just before the wait begins is not lost; the wait after it goes on."""
    server = FakeServer(DONE)
    with connect(server) as client:
        job = promptforge.job(client, NAME)
        job.stop()
        job.stop()
        outcome = job.outcome()
        assert ("timed_out", []) == (outcome.state, server.requests)
        assert "stop()" in str(outcome.error)
        assert "succeeded" == job.outcome().state


def single(job, way, **more):
    """How one wait on *job* ends, by each of its methods."""
    if way == "updates":
        return list(job.updates(**more))[-1].state
    if way == "outcome":
        return job.outcome(**more).state

    async def main():
        if way == "updates_async":
            return [update async for update in job.updates_async(**more)][-1].state
        return (await job.outcome_async(**more)).state

    return asyncio.run(main())


WAYS = pytest.mark.parametrize("way", ["outcome", "updates", "outcome_async", "updates_async"])


@WAYS
def test_a_stop_that_is_set_before_a_wait_ends_it_without_a_poll(way):
    """Nothing is sent; and the Stop holds no wait any more."""
    stop, server = Stop(), FakeServer(DONE)
    stop.set()
    with connect(server) as client:
        assert "timed_out" == single(promptforge.job(client, NAME), way, stop=stop)
    assert ([], ()) == (server.requests, stop._callbacks)


@WAYS
def test_a_stop_that_is_set_during_a_wait_ends_it(way, limiter):
    """The request in flight is completed, and the wait then ends."""
    stop = Stop()
    limiter.body = batch()
    with connect(limiter) as client, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(single, promptforge.job(client, NAME), way, policy=CALM, stop=stop)
        limiter.asked.wait()
        stop.set()
        limiter.let.set()
        assert "timed_out" == waiting.result()
    assert (1, ()) == (limiter.requests, stop._callbacks)


def test_a_stop_of_another_type_is_refused():
    """The error names the argument, for one job and for many."""
    with connect(FakeServer(DONE)) as client:
        job = promptforge.job(client, NAME)
        for call in (job.outcome, job.wait, lambda **more: wait_all([job], **more)):
            with pytest.raises(errors.InvalidInput, match="stop must be a Stop"):
                call(stop=True)


def calling(function, at, files):
    """A trace function that calls *function* before the line number *at* that runs in *files*, as a signal would."""
    lines = itertools.count(1)

    def trace(frame, event, _argument):
        if not frame.f_code.co_filename.endswith(files):
            return None if event == "call" and "jobwait" not in frame.f_code.co_filename else trace
        if event == "line" and next(lines) == at:
            function()
        return trace

    return trace


@pytest.mark.parametrize("way", ["job.stop()", "stop=", "many"])
def test_a_stop_at_any_line_of_a_wait_ends_it(way):
    """As in a signal handler, which runs in the thread that it interrupts: no lock of that thread blocks it."""
    ended = []

    def waits():
        with connect(FakeServer(batch())) as client:
            for at in range(1, 150):
                job, stop = promptforge.job(client, NAME), Stop()
                end = job.stop if way == "job.stop()" else stop.set
                sys.settrace(calling(end, at, ("wake_up.py", "job_state.py", "threading.py", "queue.py")))
                try:
                    more = {"policy": FAST, "timeout": 60, "stop": stop}
                    outcome = wait_all([job], **more)[0] if way == "many" else job.outcome(**more)
                finally:
                    sys.settrace(None)
                ended.append(outcome)

    thread = threading.Thread(target=waits, daemon=True)
    thread.start()
    thread.join(60)  # a deadlock must not hold up all tests
    assert (149, {"timed_out"}) == (len(ended), {outcome.state for outcome in ended})
    assert all("stop()" in str(outcome.error) for outcome in ended)


def ended_first(backend, jobs, limiter, **more):
    """How the first of two *jobs* ends while the request of another hangs, which is then answered."""
    if backend is None:
        source = queue.Queue()
        source.put(jobs[0])
        threading.Thread(target=lambda: limiter.asked.wait() and (source.put(jobs[1]), source.put(None))).start()
        with closing(as_completed(source, **more)) as outcomes:
            first = next(outcomes)
            limiter.let.set()
        return first

    async def come():
        yield jobs[0]
        await anyio.to_thread.run_sync(limiter.asked.wait)
        yield jobs[1]

    async def main():
        async with aclosing(as_completed_async(come(), **more)) as outcomes:
            first = await anext(outcomes)
            limiter.let.set()
        return first

    return anyio.run(main, backend=backend)


@pytest.mark.parametrize("backend", [None, "asyncio", "trio"])
@pytest.mark.parametrize("way", ["timeout", "stop"])
def test_a_request_that_hangs_holds_up_no_other_job(way, backend, limiter):
    """Though no more requests may be in flight: the deadline of another job, or a stop, ends it meanwhile."""
    stop = Stop()

    def policy(job):
        if way == "stop" and job.id == "second":
            stop.set()
        return Policy(timeout=0.05 if way == "timeout" and job.id == "second" else None)

    with connect(limiter) as client:
        jobs = [promptforge.job(client, name) for name in ("first", "second")]
        first = ended_first(backend, jobs, limiter, policy=policy, concurrency=1, stop=stop)
    assert ("second", "timed_out", 1) == (first.job_id, first.state, limiter.requests)


def test_stop_ends_every_wait_on_the_handle(limiter):
    """All end with a WaitTimeout that says so."""
    limiter.body = batch()
    notified = threading.Barrier(4)
    with connect(limiter) as client, ThreadPoolExecutor(3) as pool:
        job = promptforge.job(client, NAME)
        waits = [
            pool.submit(job.outcome, policy=CALM, on_update=lambda update: update.terminal or notified.wait())
            for _ in range(3)
        ]
        while len(job._state._waits) < 3:
            os.sched_yield()
        limiter.let.set()
        notified.wait()
        job.stop()
        outcomes = [wait.result() for wait in waits]
    assert ["timed_out"] * 3 == [outcome.state for outcome in outcomes]
    assert all("stop()" in str(outcome.error) for outcome in outcomes)


def test_one_failed_job_does_not_affect_the_others():
    """Each job has an outcome, in order."""
    with connect(FakeServer(DONE)) as good, connect(FakeServer(400)) as bad:
        jobs = [promptforge.job(bad, NAME), promptforge.job(good, NAME), promptforge.job(bad, "x")]
        outcomes = wait_all([*jobs, jobs[0]])
    assert ["unreachable", "succeeded", "unreachable", "unreachable"] == [outcome.state for outcome in outcomes]
    assert isinstance(outcomes[0].error, errors.RequestRejected)
