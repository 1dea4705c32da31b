"""submit_all(): a handle or an error for each input, within the limit; in virtual time, and over a fake network."""

import asyncio
import json
import signal
import threading

import anyio
import pytest
import trio
from tests.support.virtual_time import SlidingWindow, VirtualTime

import jobwait
from jobwait import JobWaitError, Limit, Stop, errors, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._jobs import gather
from jobwait._sync import clock
from jobwait.testing import FakeServer, Reply
from support.services import DATASET, PROJECT, PROMPTS, TEMPLATE, TOUR

CREATED = "2026-01-01T00:00:00Z"


def connect(page=fryte, **more):
    return page.connect("a-key", **({"base_url": "http://127.0.0.1:9"} | more))


def accepted(number):
    return httpx.Response(202, json={"message": "ok", "tour_id": number, "job_id": f"j{number}"})


def vehicle(request):
    return int(json.loads(request.content)["vehicle_id"])


def tours(count):
    return [{**TOUR, "vehicle_id": str(number)} for number in range(count)]


def submitted(respond, inputs, at=None, **arguments):
    """What submit_all() returns in virtual time, and the time."""
    time = VirtualTime(respond)
    for when, do in (at or {}).items():
        time.at(when, do)
    [found] = time.run(fryte.submission._submit_all(connect(), inputs, **arguments).operation())
    return found, time


def with_window(window, then=lambda request: accepted(vehicle(request))):
    return lambda request, now: window.refuses("submit", now) or then(request)


def test_130_tours_give_130_handles_in_order_and_meet_no_refusal():
    """Within FRYTE's documented limit, in little more than a minute."""
    window = SlidingWindow(120, 60)
    jobs, time = submitted(with_window(window), tours(130))
    assert [job.id for job in jobs] == [f"j{number}" for number in range(130)]
    assert (window.refused, len(time.sent)) == (0, 130)
    assert time.now < 75


@pytest.mark.parametrize("retry_after", [None, 5, 90])
@pytest.mark.parametrize("limit", [30, 60, 90])
def test_a_service_that_allows_less_than_documented_refuses_and_gets_all_in_the_end(limit, retry_after):
    """A 429 is a certain refusal: what it refused is sent again, more slowly, until the service takes it."""
    window = SlidingWindow(limit, 60, retry_after)
    jobs, time = submitted(with_window(window), tours(130))
    assert [job.id for job in jobs] == [f"j{number}" for number in range(130)]
    assert 0 < window.refused < 60
    assert len(time.sent) == 130 + window.refused


def test_an_uncertain_submission_is_never_sent_again_and_is_named_in_its_place():
    """Beside a refused one and an unreadable input; the others are submitted."""

    def then(request):
        number = vehicle(request)
        if number == 2:
            return httpx.ReadTimeout("slow")
        return httpx.Response(400, json={"detail": "no such vehicle"}) if number == 4 else accepted(number)

    inputs = [*tours(6), "no-such-file.json", {"vehicle_id": 1}]
    found, time = submitted(with_window(SlidingWindow(120, 60), then), inputs)
    kinds = [type(one).__name__ for one in found]
    assert kinds == [
        *["FryteJob"] * 2,
        "SubmitUnconfirmed",
        "FryteJob",
        "RequestRejected",
        "FryteJob",
        *["InvalidInput"] * 2,
    ]
    assert len(time.sent) == 6


@pytest.mark.parametrize(
    "made", [list, tuple, iter, lambda given: (one for one in given), lambda given: dict(enumerate(given)).values()]
)
def test_any_iterable_of_inputs_is_taken(made):
    """Lists, tuples, iterators, generators, views."""
    jobs, _ = submitted(with_window(SlidingWindow(120, 60)), made(tours(3)))
    assert [job.id for job in jobs] == ["j0", "j1", "j2"]


def test_no_inputs_give_an_empty_list():
    """Nothing is sent."""
    found, time = submitted(with_window(SlidingWindow(120, 60)), [])
    assert (found, time.sent) == ([], [])


def test_a_generator_that_fails_fails_before_anything_is_sent():
    """All inputs are read first."""

    def broken():
        yield TOUR
        raise KeyError("row 2")

    server = FakeServer(Reply(202, {"message": "ok", "tour_id": 1, "job_id": "j"}))
    with pytest.raises(KeyError):
        fryte.submit_all(connect(transport=server), broken())
    assert server.requests == []


@pytest.mark.parametrize("inputs", ["tours/", b"x", TOUR, 3, None])
def test_a_single_input_is_refused(inputs):
    """A string would be taken for paths of one character."""
    with pytest.raises(errors.InvalidInput, match="iterable"):
        fryte.submit_all(connect(), inputs)


@pytest.mark.parametrize(
    "arguments",
    [
        {"concurrency": 0},
        {"concurrency": True},
        {"timeout": -1},
        {"timeout": float("inf")},
        {"limits": {"fryte": 20}},
        {"limits": 20},
        {"on_submitted": 3},
    ],
)
def test_an_invalid_argument_is_refused_unsent(arguments):
    """Each message names its argument."""
    with pytest.raises(errors.InvalidInput, match=next(iter(arguments))):
        fryte.submit_all(connect(), [TOUR], **arguments)


def test_concurrency_bounds_the_submissions_in_flight():
    """Three at once, no more."""
    running = []

    def respond(request, now):
        running.append(now)
        return accepted(vehicle(request))

    _, time = submitted(respond, tours(9), concurrency=3)
    assert max(sum(begun <= at < begun + 0.2 for begun, *_ in time.sent) for at, *_ in time.sent) == 3


def test_after_the_timeout_none_is_sent_and_each_place_says_so():
    """Each of the others has its handle; the call ends by the timeout, or when those in flight are completed."""
    found, time = submitted(with_window(SlidingWindow(120, 60)), tours(130), timeout=10)
    unsent = [one for one in found if isinstance(one, errors.NotSubmitted)]
    assert 20 < len(time.sent) == 130 - len(unsent) < 60
    assert all(isinstance(one, fryte.FryteJob) for one in found if one not in unsent)
    assert time.now <= 10.3
    assert "nothing was sent" in str(unsent[0])


@pytest.mark.parametrize("retry_after", [None, 3, 3600])
def test_a_timeout_ends_the_repeats_of_a_service_that_always_refuses(retry_after):
    """Also where the Retry-After is beyond it."""
    found, time = submitted(with_window(SlidingWindow(1, 1e9, retry_after)), tours(5), timeout=40)
    assert [type(one).__name__ for one in found] == ["FryteJob", *["NotSubmitted"] * 4]
    assert time.now <= 40.3


def test_a_service_that_refuses_all_for_a_quarter_of_an_hour_ends_the_batch_without_a_timeout():
    """It does not go on forever, nor for each input anew."""
    found, time = submitted(with_window(SlidingWindow(1, 1e9)), tours(200))
    assert isinstance(found[0], fryte.FryteJob)
    assert {type(one) for one in found[1:]} <= {errors.NotSubmitted, errors.RateLimited}
    assert time.now < 1200


def test_a_stop_ends_the_batch_and_completes_what_is_in_flight():
    """From any thread; the sleeping ones end at once."""
    stop = Stop()
    found, time = submitted(with_window(SlidingWindow(120, 60)), tours(130), at={12.0: stop.set}, stop=stop)
    assert len([one for one in found if isinstance(one, fryte.FryteJob)]) == len(time.sent)
    assert time.now <= 12.3
    stopped, time = submitted(with_window(SlidingWindow(120, 60)), tours(3), stop=stop)
    assert (time.sent, {type(one) for one in stopped}) == ([], {errors.NotSubmitted})


@pytest.mark.parametrize("limits", [Limit(1, 5.0), {"fryte": Limit(1, 5.0), "other": Limit(1)}])
def test_a_limit_of_the_callers_counts_too(limits):
    """One in five seconds."""
    _, time = submitted(with_window(SlidingWindow(120, 60)), tours(4), limits=limits)
    assert time.sent[-1][0] >= 15


def test_a_connection_that_is_refused_is_tried_again_until_the_stop():
    """Nothing was sent, so it is safe; a stop ends the pause between two attempts."""
    stop = Stop()
    found, time = submitted(lambda *_: httpx.ConnectError("no"), tours(2), at={1.5: stop.set}, stop=stop)
    assert {type(one) for one in found} == {errors.NotSubmitted}
    assert time.now == pytest.approx(1.5)


def test_each_handle_is_reported_as_soon_as_it_is_there():
    """With the number of its input."""
    told = []
    submitted(
        with_window(SlidingWindow(120, 60)), tours(5), on_submitted=lambda number, job: told.append((number, job.id))
    )
    assert sorted(told) == [(number, f"j{number}") for number in range(5)]


class Held(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A network that takes three tours, and holds the responses to others until *held* is set."""

    def __init__(self):
        self.sent, self.held, self.reached = [], threading.Event(), threading.Event()

    def _answer(self, request):
        number = vehicle(request)
        self.sent.append(number)
        return number

    def handle_request(self, request):
        number = self._answer(request)
        if number >= 3:
            self.reached.set()
            self.held.wait(20)
        return accepted(number)

    async def handle_async_request(self, request):
        number = self._answer(request)
        if number >= 3:
            self.reached.set()
            await anyio.sleep(0.05)
        return accepted(number)


@pytest.fixture
def held(monkeypatch):
    """A network that goes on once the interrupt has come to the work."""
    network, end = Held(), gather._Work.end

    def ended(work):
        end(work)
        network.held.set()

    monkeypatch.setattr(gather._Work, "end", ended)
    return network


def test_ctrl_c_loses_no_handle(held):
    """Those in flight are completed first, and the exception has a handle or an error for each input."""
    network, told = held, []

    def interrupt():
        network.reached.wait(20)
        signal.pthread_kill(main, signal.SIGINT)

    main = threading.get_ident()
    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt) as caught:
        fryte.submit_all(
            connect(transport=network),
            tours(10),
            concurrency=2,
            on_submitted=lambda number, job: told.append(number),
        )
    found = caught.value.submitted
    handles = [number for number, one in enumerate(found) if isinstance(one, fryte.FryteJob)]
    assert sorted(network.sent) == handles == sorted(set(told))  # one that was interrupted is told again
    assert max(handles) >= 3  # one whose response was held; which of the two threads came first is not known
    assert len(handles) <= 5
    assert {type(one) for number, one in enumerate(found) if number not in handles} == {errors.NotSubmitted}
    assert f"{len(handles)} of 10" in caught.value.__notes__[0]


def test_ctrl_c_while_a_thread_is_started_loses_no_handle(held, monkeypatch):
    """The thread may be at work by then."""
    network, start = held, clock.current.start

    def interrupted(work, name):
        start(work, name)
        network.reached.wait(20)
        raise KeyboardInterrupt

    monkeypatch.setattr(clock.current, "start", interrupted)
    with pytest.raises(KeyboardInterrupt) as caught:
        fryte.submit_all(connect(transport=network), tours(10), concurrency=2)
    handles = [number for number, one in enumerate(caught.value.submitted) if isinstance(one, fryte.FryteJob)]
    assert network.sent == handles == [0, 1, 2, 3]


def test_an_exception_of_on_submitted_loses_no_handle():
    """It is raised once those in flight are completed."""

    def full(number, job):
        raise OSError("the disk is full")

    server = FakeServer(Reply(202, {"message": "ok", "tour_id": 1, "job_id": "j"}))
    with pytest.raises(OSError, match="disk") as caught:
        fryte.submit_all(connect(transport=server), tours(30), concurrency=2, on_submitted=full)
    handles = [one for one in caught.value.submitted if isinstance(one, fryte.FryteJob)]
    assert len(handles) == len(server.requests) < 30


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_a_canceled_task_loses_no_handle(library):
    """What is in flight is completed; on_submitted has been told of each, and so has asyncio's exception."""
    network, told, kept = Held(), [], []

    async def submit():
        try:
            await fryte.submit_all_async(
                connect(transport=network),
                tours(30),
                concurrency=4,
                on_submitted=lambda number, job: told.append(number),
            )
        except BaseException as error:
            kept.extend(getattr(error, "submitted", []))
            raise

    async def in_asyncio():
        task = asyncio.create_task(submit())
        while not network.reached.is_set():  # noqa: ASYNC110 - the network does not know the library
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def in_trio():
        with trio.CancelScope() as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(submit)
                while not network.reached.is_set():
                    await trio.lowlevel.checkpoint()
                scope.cancel()

    asyncio.run(in_asyncio()) if library == "asyncio" else trio.run(in_trio)
    assert sorted(told) == sorted(network.sent)
    assert 3 < len(told) < 30
    handles = [number for number, one in enumerate(kept) if isinstance(one, fryte.FryteJob)]
    assert handles == sorted(told)


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_submit_all_async_gives_what_submit_all_gives(library):
    """On both libraries."""
    server = FakeServer(*(Reply(202, {"message": "ok", "tour_id": n, "job_id": f"j{n}"}) for n in range(4)))

    async def main():
        return await fryte.submit_all_async(connect(transport=server), iter(tours(3)), concurrency=1)

    jobs = asyncio.run(main()) if library == "asyncio" else trio.run(main)
    assert [job.id for job in jobs] == ["j0", "j1", "j2"]


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_inputs_that_send_nothing_give_the_loop_its_turns(library):
    """Each is refused at once, without a request to wait for."""
    turns = 0

    async def count():
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async def main():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(count)
            found = await fryte.submit_all_async(connect(transport=FakeServer(500)), [{}] * 1000, concurrency=1)
            tasks.cancel_scope.cancel()
        return found

    found = anyio.run(main, backend=library)
    assert {errors.InvalidInput} == {type(one) for one in found}
    assert turns >= 1000 // 32


def test_freeplay_takes_mappings_of_arguments():
    """What is missing, or is no argument, is an error in its place."""
    body = {"job_id": str(DATASET), "status": "queued", "created_at": CREATED}
    server = FakeServer(Reply(202, body))
    one = {"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET}
    inputs = [one, {**one, "project_id": "p2"}, {"dataset_id": DATASET}, {**one, "colour": 1}, 7]
    found = freeplay.submit_all(connect(freeplay, transport=server), inputs, project_id=PROJECT, concurrency=1)
    assert [type(each).__name__ for each in found] == ["FreeplayJob"] * 2 + ["InvalidInput"] * 3
    assert [f"/{name}/" in str(request.url) for name, request in zip((PROJECT, "p2"), server.requests, strict=True)]
    [lacking] = freeplay.submit_all(connect(freeplay, transport=server), [one])
    assert "project_id" in str(lacking)


ONE_OF_EACH = {
    "freeplay": lambda: freeplay.service._submit_all(
        connect(freeplay), [{"prompt_template_version_id": TEMPLATE, "dataset_id": DATASET}], project_id=PROJECT
    ),
    "fryte": lambda: fryte.submission._submit_all(connect(), [TOUR]),
    "promptforge": lambda: promptforge.submission._submit_all(
        connect(promptforge), [PROMPTS], provider="openai", model="m"
    ),
}


@pytest.mark.parametrize("service", ONE_OF_EACH)
@pytest.mark.parametrize("retry_after", [{}, {"retry-after": "7"}, {"retry-after": "600"}])
def test_each_service_sends_again_what_a_429_refused(service, retry_after):
    """More often than a single call would, and after a longer Retry-After."""
    refusals = 9
    body = {"job_id": str(DATASET), "tour_id": 1, "message": "ok", "status": "queued", "created_at": CREATED}
    body |= {"upload_url": "http://127.0.0.1:9/upload", "expires_at": CREATED}

    def respond(request, now):
        nonlocal refusals
        refusals -= request.method == "POST"
        if request.method == "POST" and refusals >= 0 and now < 900:
            return httpx.Response(429, headers=retry_after, json={"message": "no", "detail": "no"})
        return httpx.Response(202 if request.method == "POST" else 200, json=body)

    time = VirtualTime(respond)
    [[job]] = time.run(ONE_OF_EACH[service]().operation())
    assert isinstance(job, jobwait.Job)
    assert len([one for one in time.sent if one[1] == "POST"]) == (3 if "600" in retry_after.values() else 10)


def test_promptforge_takes_batches_of_prompts_and_uploads_what_was_created_after_a_stop():
    """A job that exists gets its prompts, though the stop came in between."""
    stop = Stop()

    def respond(request):
        if request.method == "PUT":
            return httpx.Response(200)
        stop.set()
        link = "http://127.0.0.1:9/upload"
        return httpx.Response(202, json={"job_id": "j", "upload_url": link, "expires_at": CREATED})

    network = httpx.MockTransport(respond)
    found = promptforge.submit_all(
        connect(promptforge, transport=network), [PROMPTS] * 3, provider="openai", model="m", concurrency=1, stop=stop
    )
    assert [type(one).__name__ for one in found] == ["PromptForgeJob", "NotSubmitted", "NotSubmitted"]


def test_result_after_a_wait_asks_for_the_result_alone():
    """The wait has seen the status."""
    status = {"job_id": "j", "status": "succeeded", "tour_id": 1, "optimization_id": 2}
    server = FakeServer(Reply(200, status), Reply(404, {"detail": "no"}))
    job = fryte.job(connect(transport=server), "j")
    job.wait()
    operation = job._result()
    next(operation)
    operation.close()
    paths = []
    time = VirtualTime(
        lambda request, now: paths.append(request.url.path) or httpx.Response(404, json={"detail": "no"})
    )
    with pytest.raises(errors.ResultIncomplete):
        time.run(job._result())
    assert set(paths) == {"/planner/optimizations/2/result"}
    assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "kind"), [("failed", errors.JobFailed), ("canceled", errors.JobCanceled)])
def test_result_of_a_job_that_was_seen_to_fail_asks_for_nothing(status, kind):
    """The error says how it ended."""
    server = FakeServer(Reply(200, {"job_id": "j", "status": status, "tour_id": 1}))
    job = fryte.job(connect(transport=server), "j")
    job.outcome()
    with pytest.raises(kind, match=status):
        job.result()
    assert len(server.requests) == 1


def test_result_asks_for_the_status_where_the_wait_saw_no_plan():
    """The id of the plan may come later than the end."""
    statuses = [{"job_id": "j", "status": "succeeded", "tour_id": 1, "optimization_id": None}]
    server = FakeServer(Reply(200, statuses[0]))
    job = fryte.job(connect(transport=server), "j")
    job.wait()
    paths = []
    time = VirtualTime(lambda request, now: paths.append(request.url.path) or httpx.Response(200, json=statuses[0]))
    with pytest.raises(errors.ResultIncomplete):
        time.run(job._result())
    assert set(paths) == {"/planner/jobs/j"}


def test_the_results_are_handles_or_errors_of_jobwait():
    """So isinstance() tells them apart."""
    found, _ = submitted(with_window(SlidingWindow(120, 60)), [*tours(1), 7])
    assert [isinstance(one, JobWaitError) for one in found] == [False, True]
    assert jobwait.JobWaitError is JobWaitError
