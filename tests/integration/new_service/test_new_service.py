"""What it takes to add a service: a spec, one page, one line in the tuple, one row in the tests."""

import ast
import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import anyio
import pytest
from tests.unit.generator.conftest import share_types

from jobwait import Policy, Progress, errors, resume, wait_all
from jobwait._httpx import httpx
from jobwait._polling.observation import read

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
pytestmark = pytest.mark.xdist_group("new_service")  # the steps are gone once
FAST = Policy(interval=0.001, min_interval=0.001, outage=0)


def project(folder):
    """A copy of what generation and the contract test read."""
    for name in ("generator", "specs", "src", "tests", "generated"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("codegen.py", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    share_types(folder)
    return folder


def run(folder, *command):
    paths = os.pathsep.join([str(folder / "src"), str(folder / "generated"), str(folder)])
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def insert(path, before, text):
    """Put *text* in front of the first line of *path* that begins with *before*."""
    whole = path.read_text("utf-8")
    place = whole.index(before)
    path.write_text(whole[:place] + text + whole[place:], "utf-8")


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The four steps of the README in a copy of the project: its folder, and what the commands and the tests said."""
    copy = project(tmp_path_factory.mktemp("steps") / "project")
    (copy / "specs" / "kiln").mkdir()
    shutil.copyfile(HERE / "openapi.yaml", copy / "specs" / "kiln" / "openapi.yaml")
    made = run(copy, "codegen.py")
    shutil.copyfile(HERE / "kiln.py", copy / "src" / "jobwait" / "kiln.py")
    insert(copy / "src" / "jobwait" / "_jobs" / "registry.py", '"promptforge")', '"kiln", ')
    insert(copy / "tests" / "support" / "services.py", "PROJECT =", "from jobwait import kiln\n")
    insert(copy / "tests" / "support" / "services.py", "]\nNAMES", (HERE / "row.txt").read_text("utf-8"))
    return copy, made


@pytest.fixture(scope="module")
def kiln(steps):
    """The page of the made-up service, over the client that was generated in the steps."""
    copy, _ = steps
    before = list(sys.path)
    sys.path[:0] = [str(copy / "generated"), str(HERE)]
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
            return httpx.Response(404, json={"error": "no such firing"})
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
    assert ("succeeded", None) == (reading.state, reading.snapshot)


def test_the_page_is_short_and_holds_no_loop():
    """A page is data: few lines, no loop, no async."""
    text = (HERE / "kiln.py").read_text("utf-8")
    assert len(text.splitlines()) <= 75
    assert not {ast.For, ast.While, ast.AsyncFunctionDef} & {type(node) for node in ast.walk(ast.parse(text))}


def test_the_four_steps_of_the_readme(steps):
    """A spec, `make generate`, a page with its line in the tuple, a row: in that order, and the contract holds."""
    copy, made = steps
    assert "kiln: a new client." in made
    assert "made anew" in made
    chosen = () if "JOBWAIT_ALL" in os.environ else ("-k", "kiln or every_service")  # the others passed before
    tests = run(
        copy,
        "-m",
        "pytest",
        "-q",
        "-rA",
        "-p",
        "no:cacheprovider",
        *chosen,
        "tests/contract/test_services.py",
        "tests/unit/model/test_bad_input.py",
    )
    assert "PASSED tests/contract/test_services.py::test_every_service_has_a_row" in tests
    assert "PASSED tests/contract/test_services.py::test_every_status_has_a_verdict[kiln]" in tests
    assert " failed" not in tests
    assert "up to date" in run(copy, "codegen.py")
