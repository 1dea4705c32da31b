"""What needs the CPU for long is done in a thread in async code, and in the caller's in sync code."""

import json
import threading

import anyio
import pytest

from jobwait import errors, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._jsonl import input_file
from jobwait._polling.commands import LARGE
from jobwait.fryte import service as fryte_service
from jobwait.fryte import submission as tours
from jobwait.promptforge import prompts, results
from support.services import TOUR
from support.waits import MOMENT, backends

LINES = [{"prompt_id": number, "prompt": "x"} for number in range(input_file.PART + 1)]
RESULTS = [{"prompt_id": number, "response": "x"} for number in range(3)]
BASE = "http://127.0.0.1:9"
OPTIONS = {"provider": "openai", "model": "m"}


class Network(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """The responses of all services, without a network; *uploaded* has the bodies of uploads."""

    def __init__(self):
        self.uploaded = []

    def handle_request(self, request):
        """A response."""
        return self.answer(request, request.read())

    async def handle_async_request(self, request):
        """The same."""
        return self.answer(request, await request.aread())

    def answer(self, request, body):
        """By method and path."""
        match request.method, request.url.path.rpartition("/")[2]:
            case "PUT", _:
                self.uploaded.append(body)
                return httpx.Response(200)
            case "POST", "init":
                said = {"job_id": "j", "upload_url": f"{BASE}/bucket", "expires_at": MOMENT}
                return httpx.Response(202, json=said)
            case "GET", "results":
                file = {"filename": "f", "url": f"{BASE}/bucket", "expires_at": MOMENT}
                return httpx.Response(200, json={"job_id": "j", "status": "COMPLETED", "files": [file]})
            case "GET", "bucket":
                return httpx.Response(200, content="\n".join(map(json.dumps, RESULTS)).encode())
            case "GET", "jobs":
                one = {"status": "running", "date_created": MOMENT, "last_update": MOMENT, "optimization_id": 3}
                return httpx.Response(200, json=[{**one, "job_id": f"j{number}"} for number in range(LARGE // 100)])
            case _:
                said = {"job_id": "c3f1c944", "tour_id": 7615, "optimization_id": 7658, "status": "queued"}
                return httpx.Response(202, json=said)


def connected(module):
    """A client of *module*."""
    return module.connect("k" * 40, base_url=BASE, transport=Network())


def in_a_loop(backend, function, *args, **more):
    """What *function* returns in an event loop."""

    async def main():
        return await function(*args, **more)

    return anyio.run(main, backend=backend)


@pytest.fixture
def seen(monkeypatch):
    """Gives a function that records the threads in which a function of a module runs."""

    def watch(module, name):
        found, real = set(), getattr(module, name)

        def recorded(*args, **more):
            found.add(threading.current_thread())
            return real(*args, **more)

        monkeypatch.setattr(module, name, recorded)
        return found

    return watch


def as_list(_folder):
    """Prompts in memory."""
    return LINES


def as_file(folder):
    """Prompts in a file, with a byte order mark, so that it is copied."""
    path = folder / "p.jsonl"
    path.write_text("\n".join(map(json.dumps, LINES)), "utf-8-sig")
    return path


GIVEN = [
    (as_list, input_file, "_write_part"),
    (as_list, prompts, "_check"),
    (as_file, prompts, "_check"),
    (as_file, prompts, "_write_without_marks"),
]
given = pytest.mark.parametrize(("make", "module", "name"), GIVEN)


@backends
@given
@pytest.mark.parametrize("many", [False, True])
def test_prompts_are_checked_and_encoded_in_a_thread(backend, make, module, name, many, seen, tmp_path):
    """Of one job and of several; what is uploaded is the same as in sync code."""
    threads, client = seen(module, name), connected(promptforge)
    if many:
        found = in_a_loop(backend, promptforge.submit_all_async, client, [make(tmp_path)] * 3, **OPTIONS)
        assert ["j"] * 3 == [job.id for job in found]
    else:
        in_a_loop(backend, promptforge.submit_async, client, make(tmp_path), **OPTIONS)
    assert threads
    assert threading.current_thread() not in threads
    other = connected(promptforge)
    promptforge.submit(other, LINES, **OPTIONS)
    lines = [[json.loads(line) for line in body.splitlines()] for body in client._settings["transport"].uploaded]
    assert [LINES] * (3 if many else 1) == lines
    assert LINES == [json.loads(line) for line in other._settings["transport"].uploaded[0].splitlines()]


@given
def test_sync_code_does_it_in_the_callers_thread(make, module, name, seen, tmp_path):
    """It starts no thread."""
    threads = seen(module, name)
    promptforge.submit(connected(promptforge), make(tmp_path), **OPTIONS)
    assert {threading.current_thread()} == threads


@backends
def test_an_iterable_of_prompts_is_read_in_the_callers_thread(backend):
    """Its source may belong to that thread, as a cursor does; and it may fill one mapping again and again."""
    threads, client = set(), connected(promptforge)

    def source():
        one = {}
        for line in LINES:
            threads.add(threading.current_thread())
            one.update(line)
            yield one

    in_a_loop(backend, promptforge.submit_async, client, source(), **OPTIONS)
    assert {threading.current_thread()} == threads
    assert LINES == [json.loads(line) for line in client._settings["transport"].uploaded[0].splitlines()]


@backends
@pytest.mark.parametrize("bad", [{"prompt_id": 1, "prompt": "x", "more": {1}}, {"prompt_id": 1, "prompt": "x"}, 7])
def test_what_a_thread_refuses_is_refused_in_the_task(backend, bad):
    """A bad prompt, beyond the first part too: with its line, and nothing is sent."""
    client = connected(promptforge)
    with pytest.raises(errors.InvalidInput, match=f"the prompts, line {len(LINES) + 1}: "):
        in_a_loop(backend, promptforge.submit_async, client, [*LINES, bad], **OPTIONS)
    assert [] == client._settings["transport"].uploaded


@backends
@pytest.mark.parametrize(("method", "name"), [("results_async", "results_of"), ("failures_async", "failures_of")])
def test_results_are_decoded_in_a_thread(backend, method, name, seen):
    """All lines of all files."""
    threads, job = seen(results, name), promptforge.job(connected(promptforge), "j")
    found = in_a_loop(backend, getattr(job, method))
    assert len(found) == (len(RESULTS) if name == "results_of" else 0)
    assert threads
    assert threading.current_thread() not in threads


@backends
def test_a_tour_is_read_in_a_thread(backend, seen):
    """It may have many sections."""
    threads = seen(tours, "planner_request")
    in_a_loop(backend, fryte.submit_async, connected(fryte), TOUR)
    assert threads
    assert threading.current_thread() not in threads


@backends
def test_a_large_response_is_read_in_a_thread(backend, seen):
    """A list, a plan, or any other that is not a poll's."""
    threads = seen(fryte_service.list_call, "parse")
    in_a_loop(backend, fryte.list_jobs_async, connected(fryte), 7)
    assert threads
    assert threading.current_thread() not in threads
