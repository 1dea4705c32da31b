"""The jobs that a fleet takes and their sources; others are refused with a message before anything is sent."""

import asyncio
import queue

import anyio
import pytest

from jobwait import Limit, Stop, as_completed, as_completed_async, errors, fryte, wait_all, wait_all_async
from jobwait._httpx import httpx
from jobwait._jobs.registry import checked_limits
from jobwait.fleet.functions import Fleet
from jobwait.fleet.scheduler import PendingRequest, Scheduler
from support.services import TOUR

BACKENDS = pytest.mark.parametrize("backend", ["asyncio", "trio"])
REFUSED = {**TOUR, "vehicle_id": "000000000001"}


class Asked(BaseException):
    """The first request has been sent."""


class FirstRequest(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Ends the call that sends a request."""

    def handle_request(self, request):
        raise Asked

    async def handle_async_request(self, request):
        self.handle_request(request)


@pytest.fixture
def client(box):
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        yield client


def test_anything_but_a_source_of_jobs_is_refused(client):
    """A name instead of a handle, a handle instead of a list, an event loop's queue."""
    job = fryte.job(client, "j")
    for bad, word in (([job, "j"], "not str"), (job, "wait"), (asyncio.Queue(), r"queue\.Queue"), (7, "iterable")):
        with pytest.raises(errors.InvalidInput, match=word):
            wait_all(bad)


@BACKENDS
def test_a_threads_queue_is_refused_in_an_event_loop(backend, client):
    """It would block the loop."""
    jobs: queue.Queue = queue.Queue()
    jobs.put(fryte.job(client, "j"))

    async def main(source):
        return await wait_all_async(source)

    for bad in (jobs, fryte.job(client, "j")):
        with pytest.raises(errors.InvalidInput, match="async get"):
            anyio.run(main, bad, backend=backend)


def test_invalid_limits_and_weights_are_refused(client):
    """An unknown argument, a number instead of a Limit, a weight of 0."""
    job = fryte.job(client, "j")
    with pytest.raises(TypeError, match="'failfast'"):
        wait_all([job], failfast=True)
    with pytest.raises(errors.InvalidInput, match=r"Limit\(20"):
        wait_all([job], limits={"fryte": 20})
    with pytest.raises(errors.InvalidInput, match="did you mean 'fryte'"):
        wait_all([job], limits={"frite": Limit(20)})
    with pytest.raises(errors.InvalidInput, match="limits must name services"):
        wait_all([job], limits=Limit(20))
    with pytest.raises(errors.InvalidInput, match="did you mean 'fryte'"):
        fryte.submit_all(client, [{}], limits={"frite": Limit(20)})
    with pytest.raises(errors.InvalidInput, match="weight must be a function"):
        wait_all([job], weight=3)
    for weight in (-1.0, 0, float("nan"), float("inf"), "x", None):
        with pytest.raises(errors.InvalidInput, match="weight"):
            wait_all([job], weight=lambda _, weight=weight: weight, limits={"fryte": Limit(5)})


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (20, "limits must name services, as in {'fryte': Limit(20)}, not 20."),
        ({"frite": Limit(20)}, "limits names 'frite', and there is no such service; did you mean 'fryte'?"),
        (
            {"fryte": Limit(9), "promtforge": Limit(20)},
            "limits names 'promtforge', and there is no such service; did you mean 'promptforge'?",
        ),
        ({"kiln": 20}, "limits['kiln'] must be a Limit, as in Limit(20, seconds=1), not 20."),
        ({3: 20}, "limits must name services, as in {'fryte': Limit(20)}, not {3: 20}."),
    ],
)
def test_submissions_and_waits_refuse_the_same_limits(client, limits, message):
    """With the same sentence; those of other services are checked too."""
    for call in (lambda: wait_all([], limits=limits), lambda: fryte.submit_all(client, [{}], limits=limits)):
        with pytest.raises(errors.InvalidInput) as found:
            call()
        assert message == str(found.value)


def test_the_misspelled_name_of_a_service_of_ones_own_is_found():
    """The service of a batch is known by its handle; a name of a service that is installed is never a misspelling."""
    with pytest.raises(errors.InvalidInput, match="did you mean 'kiln'"):
        checked_limits({"kilm": Limit(20)}, "kiln")
    assert {"kiln": Limit(20)} == checked_limits(Limit(20), "kiln")
    assert {"openai": Limit(20)} == checked_limits({"openai": Limit(20)}, "openapi")


def test_fail_fast_ends_the_call_while_the_queue_is_open(client, quick):
    """No more jobs are taken after a failure."""
    jobs: queue.Queue = queue.Queue()
    jobs.put(fryte.submit(client, REFUSED))
    assert ["failed"] == [one.state for one in as_completed(jobs, policy=quick, fail_fast=True)]


@BACKENDS
def test_fail_fast_ends_the_call_while_the_async_iterator_is_open(backend, box, quick):
    """No more jobs are taken after a failure."""

    async def main():
        async with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:

            async def come():
                yield await fryte.submit_async(client, REFUSED)
                await anyio.sleep_forever()

            return [one.state async for one in as_completed_async(come(), policy=quick, fail_fast=True)]

    assert ["failed"] == anyio.run(main, backend=backend)


@BACKENDS
def test_a_stop_set_before_the_call_gives_each_job_an_outcome(backend, client, quick):
    """Whichever task the loop begins with."""
    jobs = [fryte.job(client, f"j{number}") for number in range(3)]
    stop = Stop()
    stop.set()

    async def main():
        return [one.state for one in await wait_all_async(jobs, policy=quick, stop=stop)]

    for _ in range(4):
        assert ["timed_out"] * 3 == anyio.run(main, backend=backend)


@pytest.mark.parametrize("way", [wait_all, wait_all_async])
def test_a_stop_ends_jobs_that_were_never_polled(way, client, quick):
    """A hundred jobs at one request an hour: the stop does not wait for the first polls."""
    jobs = [fryte.job(client, f"j{number}") for number in range(100)]
    stop, limit = Stop(), Limit(1, 3600 if way is wait_all else 3601)  # a bucket of its own for each
    more = {"policy": quick, "stop": stop, "limits": {"fryte": limit}, "on_update": lambda _: stop.set()}

    async def main():
        return await wait_all_async(jobs, **more)

    outcomes = wait_all(jobs, **more) if way is wait_all else anyio.run(main)
    assert ["unreachable"] + ["timed_out"] * 99 == sorted((one.state for one in outcomes), reverse=True)
    assert sum(one.polls for one in outcomes) <= 2


@pytest.mark.parametrize("backend", [None, "asyncio", "trio"])
@pytest.mark.parametrize("kind", ["list", "generator"])
def test_the_first_poll_is_sent_before_a_hundredth_of_the_jobs_is_taken_in(kind, backend, monkeypatch):
    """The others are taken in between requests, in a thread as in an event loop."""
    fleet, counts, real = Fleet(), [], Scheduler.next

    def counted(scheduler, **more):
        found = real(scheduler, **more)
        if isinstance(found, PendingRequest):
            counts.append(scheduler.count)  # when it is given away: a thread takes its time to send it
        return found

    monkeypatch.setattr(Scheduler, "next", counted)
    client = fryte.connect("key", base_url="http://127.0.0.1:9", transport=FirstRequest())
    handles = (fryte.job(client, f"j{number}") for number in range(10_000))
    source = list(handles) if kind == "list" else handles

    async def read():
        return [one async for one in fleet.run_async(source)]

    with pytest.raises(Asked):
        list(fleet.run(source)) if backend is None else anyio.run(read, backend=backend)
    assert 0 < counts[0] < 100


@pytest.mark.parametrize("way", [wait_all, wait_all_async])
def test_a_list_with_something_else_than_a_job_is_refused_before_anything_is_sent(way):
    """However long it is; a generator is read only as its jobs are taken in."""
    client = fryte.connect("key", base_url="http://127.0.0.1:9", transport=FirstRequest())
    jobs = [*(fryte.job(client, f"j{number}") for number in range(200)), "j200"]

    async def main():
        return await wait_all_async(jobs)

    with pytest.raises(errors.InvalidInput, match="not str"):
        wait_all(jobs) if way is wait_all else anyio.run(main)


@pytest.mark.parametrize("way", [wait_all, wait_all_async])
def test_the_jobs_of_a_generator_that_come_after_a_stop_have_outcomes_too(way, client, quick):
    """As many as of a list."""
    stop = Stop()

    def jobs():
        for number in range(200):
            if number == 150:
                stop.set()
            yield fryte.job(client, f"j{number}")

    async def main():
        return await wait_all_async(jobs(), policy=quick, stop=stop, limits={"fryte": Limit(1, 3602)})

    outcomes = wait_all(jobs(), policy=quick, stop=stop) if way is wait_all else anyio.run(main)
    assert 200 == len(outcomes)
    assert "timed_out" == outcomes[-1].state
