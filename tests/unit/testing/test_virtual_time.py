"""Code that waits, in virtual time: each entry point, in threads, asyncio and trio, alone and side by side."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import anyio
import anyio.lowlevel
import pytest
import trio

from jobwait import Limit, Stop, as_completed, fryte, promptforge, wait_all, wait_all_async
from jobwait._sync import clock as clocks
from jobwait.sandbox import Sandbox
from jobwait.testing import EPOCH, FakeServer, Reply, virtual_time
from jobwait.testing.blocking import Flag
from jobwait.testing.timers import Timers
from jobwait.tracker import Tracker
from support.waits import batch

pytest_plugins = ["jobwait.testing.pytest_plugin"]
ROUTE = "GET /v1/jobs/{job_id}/status"
END = 120.0
KINDS = ["asyncio", "trio"]


def lasting(clock, seconds=END, begun=0.0):
    """The response for a job that began then and lasts so long."""

    def respond(request):
        ended = clock.now >= begun + seconds
        body = batch("COMPLETED", 100) if ended else batch("PROCESSING", int(100 * clock.now / (begun + seconds)))
        return {**body, "job_id": request.url.path.split("/")[3]}

    return respond


def connect(server):
    """A client of PromptForge, played by *server*."""
    return promptforge.connect("k" * 20, base_url="https://forge.invalid", transport=server)


def jobs_of(client, count=5):
    """So many handles."""
    return [promptforge.job(client, f"j{number}") for number in range(count)]


def is_soon_after(now, seconds=END):
    """Whether *now* is when a wait sees the end of a job that lasts so long."""
    return seconds <= now < 1.05 * seconds + 5


@pytest.fixture
def clock(virtual_clock):
    """Virtual time, by the fixture that users have."""
    return virtual_clock


@pytest.fixture
def server(clock):
    """PromptForge, whose jobs all last END seconds."""
    return FakeServer().on(ROUTE, lasting(clock))


WAITS = {
    "wait": lambda client: [promptforge.job(client, "j0").wait(timeout=3600).status.value],
    "outcome": lambda client: [promptforge.job(client, "j0").outcome(timeout=3600).unwrap().status.value],
    "updates": lambda client: [[*promptforge.job(client, "j0").updates(timeout=3600)][-1].raw_status],
    "wait_all": lambda client: [one.unwrap().status.value for one in wait_all(jobs_of(client), timeout=3600)],
    "as_completed": lambda client: [one.unwrap().status.value for one in as_completed(jobs_of(client), timeout=3600)],
}


@pytest.mark.parametrize("name", WAITS)
def test_a_wait_in_a_thread_takes_no_time(name, clock, server):
    """It sees the end when it is there, by the clock of the test."""
    with connect(server) as client:
        assert {"COMPLETED"} == set(WAITS[name](client))
    assert is_soon_after(clock.now)


async def _updates(client):
    return [[one async for one in promptforge.job(client, "j0").updates_async(timeout=3600)][-1].raw_status]


async def _wait(client):
    return [(await promptforge.job(client, "j0").wait_async(timeout=3600)).status.value]


async def _all(client):
    return [one.unwrap().status.value for one in await wait_all_async(jobs_of(client), timeout=3600)]


async def _tasks(client):
    found = []

    async def wait(job):
        found.append((await job.wait_async(timeout=3600)).status.value)

    async with anyio.create_task_group() as tasks:
        for job in jobs_of(client):
            tasks.start_soon(wait, job)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wait", [_wait, _updates, _all, _tasks])
def test_a_wait_in_an_event_loop_takes_no_time(kind, wait, clock, server):
    """In one task, and in several side by side, which begin at one time."""

    async def main():
        async with connect(server) as client:
            return await wait(client)

    assert {"COMPLETED"} == set(anyio.run(main, backend=kind))
    assert is_soon_after(clock.now)


@pytest.mark.parametrize("kind", KINDS)
def test_waits_side_by_side_end_each_in_its_time(kind):
    """A short one sees its end long before the other, on the same clock."""
    ends = {}

    async def main():
        server = FakeServer()
        async with virtual_time() as clock, connect(server) as client:
            server.on(ROUTE, lasting(clock, 60.0)).on("GET /v1/jobs/j1/status", lasting(clock, 900.0))

            async def wait(job):
                await job.wait_async(timeout=3600)
                ends[job.id] = clock.now

            async with anyio.create_task_group() as tasks:
                for job in jobs_of(client, 2):
                    tasks.start_soon(wait, job)

    anyio.run(main, backend=kind)
    assert (True, True) == (is_soon_after(ends["j0"], 60.0), is_soon_after(ends["j1"], 900.0))


def test_threads_of_ones_own_wait_side_by_side(clock, server):
    """Of an executor, which begins them one after the other."""
    with connect(server) as client, ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda job: job.wait(timeout=3600).status.value, jobs_of(client, 6)))
    assert ["COMPLETED"] * 6 == found
    assert is_soon_after(clock.now)


def test_waits_in_threads_of_an_event_loop_take_no_time(clock, server):
    """asyncio.to_thread, beside a wait in the loop."""

    async def main():
        async with connect(server) as client:
            first, second = jobs_of(client, 2)
            return await asyncio.gather(asyncio.to_thread(first.wait), second.wait_async())

    assert ["COMPLETED"] * 2 == [one.status.value for one in asyncio.run(main())]
    assert is_soon_after(clock.now)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sync_wait_in_an_event_loop_blocks_it_and_ends(kind, clock, server):
    """The other task goes on afterwards, as in real time."""

    async def main():
        async with connect(server) as client, anyio.create_task_group() as tasks:
            first, second = jobs_of(client, 2)
            tasks.start_soon(first.wait_async)
            await anyio.lowlevel.checkpoint()
            with connect(server) as other:
                assert "COMPLETED" == promptforge.job(other, second.id).wait().status

    anyio.run(main, backend=kind)
    assert is_soon_after(clock.now)


@pytest.mark.parametrize("run", [asyncio.run, trio.run])
def test_one_block_serves_several_event_loops(run, clock):
    """A loop that has ended does not stop virtual time."""
    server = FakeServer()
    for _ in range(3):
        begun = clock.now
        server.on(ROUTE, lasting(clock, END, begun))

        async def main():
            async with connect(server) as client:
                await wait_all_async(jobs_of(client, 3), timeout=3600)

        run(main()) if run is asyncio.run else run(main)
        assert is_soon_after(clock.now - begun)
    with connect(server) as client:
        begun = clock.now
        server.on(ROUTE, lasting(clock, END, begun))
        promptforge.job(client, "j9").wait(timeout=3600)
    assert is_soon_after(clock.now - begun)


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_submit_all_takes_no_time(kind, clock):
    """Twenty tours within a limit of one in ten seconds."""
    server = FakeServer().on("POST /planner/v2", lambda _: Reply(202, {"job_id": f"t-{len(server.requests)}"}))
    tours = [TOUR] * 20
    limits = Limit(2, seconds=10)

    def client():
        return fryte.connect("k" * 20, base_url="https://fryte.invalid", transport=server)

    async def main():
        async with client() as made:
            return await fryte.submit_all_async(made, tours, user_id=1, limits=limits)

    if kind == "threads":
        with client() as made:
            found = fryte.submit_all(made, tours, user_id=1, limits=limits)
    else:
        found = anyio.run(main, backend=kind)
    assert 20 == len({job.id for job in found}) == len(server.requests)
    assert 150 <= clock.now <= 250


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_a_run_of_a_tracker_takes_no_time(kind, clock, server, tmp_path):
    """With jobs that are added while it runs."""
    told = []
    with Tracker(tmp_path / "jobs.db") as tracker, connect(server) as client:
        tracker.add_all([(job, job.id) for job in jobs_of(client, 3)], "team")

        def on_outcome(row):
            told.append(row.key)
            if row.key == "j0":
                tracker.add(promptforge.job(client, "late"), "team", key="late")

        async def main():
            async with connect(server) as own:
                return await tracker.run_async(lambda _: own, on_outcome=on_outcome, timeout=3600)

        if kind == "threads":
            ended = tracker.run(lambda _: client, on_outcome=on_outcome, timeout=3600)
        else:
            ended = anyio.run(main, backend=kind)
    assert (4, {"j0", "j1", "j2", "late"}) == (ended, set(told))
    assert is_soon_after(clock.now)


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_a_timeout_comes_at_its_time(kind, clock, server):
    """A wait of a minute for a job of two."""

    async def main():
        async with connect(server) as client:
            return await promptforge.job(client, "j0").outcome_async(timeout=60)

    with connect(server) as client:
        found = (
            promptforge.job(client, "j0").outcome(timeout=60) if kind == "threads" else anyio.run(main, backend=kind)
        )
    assert "timed_out" == found.state
    assert 50 < clock.now <= 60.001


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_call_later_stops_waits_at_a_time(kind, clock, server):
    """A function of the test, called when virtual time has come so far."""
    stop = Stop()
    clock.call_later(100, stop.set)
    canceled = clock.call_later(50, lambda: pytest.fail("it was canceled"))
    canceled()

    async def main():
        async with connect(server) as client:
            return await wait_all_async(jobs_of(client), stop=stop)

    with connect(server) as client:
        found = wait_all(jobs_of(client), stop=stop) if kind == "threads" else anyio.run(main, backend=kind)
    assert {"timed_out"} == {one.state for one in found}
    assert 100 == clock.now


def test_the_clock_stands_still_while_nobody_sleeps():
    """Code between two waits, as between submit() and wait(), takes no virtual time, whatever is planned for later."""
    timers, fired = Timers(), []
    timers.at(1.0, lambda: fired.append(timers.now), wakes=False)
    timers.move(graced=True)  # as after the end of a wait, when the thread does something else
    assert (0.0, []) == (timers.now, fired)
    timers.rest(Flag(timers), 5.0)
    assert (5.0, [1.0]) == (timers.now, fired)


def test_what_call_later_raises_is_raised_at_the_end_of_the_block():
    """The waits go on."""
    with pytest.raises(ZeroDivisionError), virtual_time() as clock:  # noqa: PT012 - it is raised by the block
        clock.call_later(1, lambda: 1 // 0)
        clock.sleep(5)
        assert 5 == clock.now


def test_a_function_of_call_later_must_not_wait():
    """It would wait for itself."""
    with pytest.raises(RuntimeError, match="must not wait"), virtual_time() as clock:  # noqa: PT012 - the same
        clock.call_later(1, lambda: clock.sleep(1))
        clock.sleep(5)


def test_start_runs_a_thread_in_step(clock, server):
    """Virtual time does not move before it sleeps or ends."""
    stop = Stop()

    def later():
        time.sleep(0.02)  # of real time, which virtual time waits for
        clock.sleep(30)
        stop.set()

    clock.start(later)
    with connect(server) as client:
        assert {"timed_out"} == {one.state for one in wait_all(jobs_of(client), stop=stop)}
    assert 30 == clock.now


@pytest.mark.parametrize("kind", KINDS)
def test_a_thread_in_step_reaches_the_waits_of_an_event_loop(kind, clock, server):
    """What it stops stops at that time: the loop is looked at before virtual time moves."""
    stop = Stop()
    clock.start(lambda: (clock.sleep(33), stop.set()))

    async def main():
        async with connect(server) as client:
            return await wait_all_async(jobs_of(client), stop=stop)

    assert {"timed_out"} == {one.state for one in anyio.run(main, backend=kind)}
    assert 33 == clock.now


def test_tasks_sleep_by_the_clock_of_the_test():
    """In step with a wait beside them."""
    seen = []

    async def main():
        async with virtual_time() as clock, connect(FakeServer().on(ROUTE, lasting(clock, 60.0))) as client:

            async def look():
                for _ in range(3):
                    await clock.sleep_async(10)
                    seen.append((clock.now, job.service.name))

            (job,) = jobs_of(client, 1)
            await asyncio.gather(job.wait_async(), look())

    asyncio.run(main())
    assert [10, 20, 30] == [now for now, _ in seen]


@pytest.mark.parametrize("kind", KINDS)
def test_sleeps_of_ones_own_are_left_alone(kind, clock, server):
    """They take real time, and virtual time passes by meanwhile."""
    real = {"asyncio": asyncio, "trio": trio}[kind].sleep

    async def main():
        async with connect(server) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(jobs_of(client, 1)[0].wait_async)
            began = time.monotonic()
            await real(0.05)
            assert time.monotonic() - began >= 0.05

    anyio.run(main, backend=kind)
    assert is_soon_after(clock.now)
    assert real is {"asyncio": asyncio, "trio": trio}[kind].sleep


@pytest.mark.parametrize("kind", KINDS)
def test_own_sleeps_take_virtual_time_if_asked_for(kind):
    """asyncio, trio, anyio and threads; real again after the block."""
    before = (time.sleep, asyncio.sleep, trio.sleep, anyio.sleep)

    async def main():
        await {"asyncio": asyncio, "trio": trio}[kind].sleep(3600)
        await anyio.sleep(1800)
        await anyio.lowlevel.checkpoint()

    with virtual_time(own_sleeps=True) as clock:
        anyio.run(main, backend=kind)
        time.sleep(600)
        time.sleep(0)
        assert "told" == asyncio.run(asyncio.sleep(1, "told"))
        # A server that another test keeps running in this process may sleep by the same names meanwhile.
        assert 0 <= clock.now - 6001 < 60
    assert before == (time.sleep, asyncio.sleep, trio.sleep, anyio.sleep)


def test_a_task_that_only_yields_does_not_stop_virtual_time(clock, server):
    """Such as one that looks again and again whether something has happened."""

    async def main():
        async with connect(server) as client:
            waiting = asyncio.create_task(promptforge.job(client, "j0").outcome_async(timeout=5))
            while not waiting.done():  # noqa: ASYNC110 - that is the point
                await asyncio.sleep(0)

    asyncio.run(main())
    assert 0 < clock.now <= 5.001


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_a_slow_response_takes_virtual_time(kind, clock):
    """And is a timeout if it takes longer than the client allows."""
    server = FakeServer(Reply(200, batch(), seconds=7), Reply(200, batch("COMPLETED", 100), seconds=1e6))

    async def main():
        async with connect(server) as client:
            return await promptforge.job(client, batch()["job_id"]).outcome_async(timeout=100)

    with connect(server) as client:
        job = promptforge.job(client, batch()["job_id"])
        found = job.outcome(timeout=100) if kind == "threads" else anyio.run(main, backend=kind)
    assert "timed_out" == found.state
    assert found.errors >= 2
    assert 99 <= clock.now <= 101


def test_a_canceled_wait_leaves_virtual_time_in_order(clock, server):
    """The next wait goes on."""

    async def main():
        async with connect(server) as client:
            first, second = jobs_of(client, 2)
            task = asyncio.create_task(first.wait_async())
            await clock.sleep_async(20)
            task.cancel()
            assert "COMPLETED" == (await second.wait_async()).status
            assert task.cancelled()

    asyncio.run(main())
    assert is_soon_after(clock.now)


def test_equal_tests_see_equal_times():
    """Runs do not learn from one another, nor do limits go from one block to the next."""

    def run():
        with virtual_time() as clock, connect(server := FakeServer().on(ROUTE, lasting(clock, 300.0))) as client:
            wait_all(jobs_of(client, 12), timeout=3600)
            return clock.now, server.counts

    assert run() == run()


def test_calendar_begins_at_the_time_that_is_given():
    """And runs with the clock; outcomes are seen at its time."""
    at = datetime(2030, 5, 1, tzinfo=UTC)
    with virtual_time(at) as clock, connect(FakeServer().on(ROUTE, lasting(clock))) as client:
        outcome = promptforge.job(client, "j0").outcome()
        assert outcome.seen_at == clock.datetime()
        assert clock.now == pytest.approx((clock.datetime() - at).total_seconds())
    with virtual_time() as clock:
        assert EPOCH == clock.time()


def test_virtual_time_is_on_once_and_off_after_an_error():
    """A second block inside is an error, and real time is back whatever ends the block."""
    real = clocks.current
    with pytest.raises(RuntimeError, match="on already"), virtual_time(), virtual_time():
        pass
    assert real is clocks.current


def test_a_sleep_that_outlasts_the_block_ends_with_it():
    """No thread is left behind; what is to be called later is not called."""
    over = threading.Event()
    with virtual_time() as clock, clock.working():
        clock.call_later(70, lambda: pytest.fail("it is called in virtual time alone"))
        threading.Thread(target=lambda: (clock.sleep(60), over.set()), daemon=True).start()
        while not clock._timers.resting:
            time.sleep(0)
    assert over.wait(10)


@pytest.mark.parametrize("kind", ["threads", *KINDS])
def test_a_sandbox_goes_by_virtual_time(kind, clock):
    """Over real HTTP: time waits for each response."""
    with Sandbox(seed=3, clock=clock.time, limits={"fryte": None}) as box:

        async def main():
            async with connect_to(box) as client:
                job = await fryte.submit_async(client, TOUR, user_id=1)
                return await job.wait_async(timeout=7200)

        if kind == "threads":
            with connect_to(box) as client:
                found = fryte.submit(client, TOUR, user_id=1).wait(timeout=7200)
        else:
            found = anyio.run(main, backend=kind)
    assert "succeeded" == found.status
    assert clock.now > 1


def connect_to(box):
    """A client of the sandbox's FRYTE."""
    return fryte.connect(box.fryte.key, base_url=box.fryte.url)


TOUR = {
    "vehicle_id": "1",
    "battery_level_start": 0.8,
    "section_list": [{"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}],
    "poi_info": {},
}


def test_the_servers_of_a_sandbox_take_no_virtual_time():
    """Their event loop ticks in real time, also where sleeps of the code under test are replaced."""
    with virtual_time(own_sleeps=True) as clock, Sandbox(seed=3, clock=clock.time) as box, connect_to(box) as client:
        jobs = [fryte.submit(client, TOUR, user_id=1) for _ in range(5)]
        assert 0 == clock.now
        wait_all(jobs)
    assert clock.now > 1
