"""What it takes to add a service: a spec, one page, one line in the tuple, one row in the tests."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest

from jobwait import Policy, Progress, errors, resume, wait_all
from jobwait._reading import read

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FAST = Policy(pace=0.001, floor=0.001)


@pytest.fixture(scope="module")
def kiln(tmp_path_factory):
    """The page of the made-up service, over a client that was generated just now."""
    folder = tmp_path_factory.mktemp("clients")
    command = [
        sys.executable,
        "codegen.py",
        "client",
        str(HERE / "openapi.yaml"),
        "--name",
        "kiln",
        "--out",
        str(folder),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    before = list(sys.path)
    sys.path[:0] = [str(folder), str(HERE)]
    try:
        yield importlib.import_module("kiln")
    finally:
        sys.path[:] = before


def network(*states):
    """A network on which firing 7 goes through *states*, one a look."""
    left = list(states)

    def play(request):
        if request.url.path == "/firings":
            return httpx.Response(200, json={"items": [{"id": 7, "state": states[-1]}]})
        if request.url.path != "/firings/7" or request.headers["x-kiln-key"] != "a-key":
            return httpx.Response(404)
        state = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(200, json={"data": {"id": 7, "state": state, "pots_done": 5 - len(left), "pots": 5}})

    return httpx.MockTransport(play)


def test_the_new_service_waits_like_the_others(kiln):
    """Its waits, updates, outcomes, tokens and errors are those of every service, sync and async."""
    client = kiln.connect("a-key", transport=network("stacked", "burning", "burning", "cooled"))
    job = kiln.job(client, 7)
    seen = list(job.updates(policy=FAST))
    assert ["queued", "running", "running", "succeeded"] == [update.state for update in seen]
    assert [Progress(3, 5), Progress(4, 5)] == [update.progress for update in seen[1:3]]
    assert "cooled" == job.wait().data.state
    assert ["cooled"] == [firing.state for firing in kiln.list_jobs(client)]
    assert "7" == resume(job.token(), client, service=kiln.SERVICE).id
    assert ["succeeded"] == [outcome.state for outcome in wait_all([kiln.job(client, 7)])]
    assert "cooled" == anyio.run(kiln.job(client, 7).wait_async).data.state
    with pytest.raises(errors.JobFailed, match="cracked"):
        kiln.job(kiln.connect("a-key", transport=network("cracked")), 7).wait()
    with pytest.raises(errors.JobNotFound):
        kiln.job(client, 8).wait()


def test_the_raw_status_is_found_where_the_page_says(kiln):
    """A nested status is read even from an answer that does not decode."""
    reading = read(kiln.SERVICE, httpx.Response(200, json={"data": {"state": "cooled"}}), 0.0)
    assert ("succeeded", None) == (reading.verdict, reading.snapshot)


def test_the_page_is_short_and_holds_no_loop():
    """A page is data: few lines, no loop, no async."""
    text = (HERE / "kiln.py").read_text("utf-8")
    assert len(text.splitlines()) <= 75
    assert not {ast.For, ast.While, ast.AsyncFunctionDef} & {type(node) for node in ast.walk(ast.parse(text))}
