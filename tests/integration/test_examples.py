"""The examples, run as they stand against the sandbox; what they say is checked."""

import csv
import functools
import importlib
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobwait import fryte
from jobwait._httpx import httpx
from jobwait._polling.token_bucket import TokenBucket
from jobwait.sandbox import Sandbox
from jobwait.testing import virtual_time
from support import forks
from support.services import PROJECT, PROMPTS, TEMPLATE, TOUR

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def box(server_box):
    """What `jobwait sandbox` runs unless it is told otherwise."""
    return server_box


@pytest.fixture
def run(box, tmp_path):
    """Runs an example as a process of its own, in a folder with a few inputs; its stdout."""
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))
    (tmp_path / "tour.json").write_text(json.dumps(TOUR))

    def started(name, *arguments, code=0, errors="", bare=False):
        given = {} if bare else box.environment()
        env = without_services() | given
        done = forks.run(forks.script, str(EXAMPLES / name), *map(str, arguments), cwd=tmp_path, env=env)
        assert re.fullmatch(errors, done.stderr), done.stderr
        assert code == done.returncode
        return done.stdout

    return started


def without_services():
    """The environment without a key or an address of a service."""
    return {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}


@pytest.fixture
def slow_box():
    """A sandbox whose jobs take as long as the services', and the number of seconds by which its clock is ahead."""
    ahead = [0.0]
    with Sandbox(speed=1, clock=lambda: time.time() + ahead[0]) as box:
        yield box, ahead


@pytest.fixture
def later(slow_box):
    """Moves the clock of that sandbox, which is returned, by an hour."""
    box, ahead = slow_box

    def move():
        ahead[0] += 3600
        return box

    return move


@pytest.fixture
def started(slow_box, tmp_path):
    """Starts an example that talks to that sandbox, with its output in pipes; it is ended with the block."""
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(prompt) + "\n" for prompt in PROMPTS))

    @contextmanager
    def start(name, *arguments):
        words = [sys.executable, "-W", "error", EXAMPLES / name, *map(str, arguments)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        env = without_services() | slow_box[0].environment()
        with subprocess.Popen(words, cwd=tmp_path, env=env, **pipes) as process:
            try:
                yield process
            finally:
                process.kill()

    return start


def test_index_names_each_example():
    """examples/README.md links to each file, those of its folders too, and to nothing that is not there."""
    linked = set(re.findall(r"\]\(((?:\w+/)?[^)./]+\.\w+)\)", (EXAMPLES / "README.md").read_text("utf-8")))
    found = (path for path in EXAMPLES.rglob("*.*") if path.is_file() and "__pycache__" not in path.parts)
    there = {path.relative_to(EXAMPLES).as_posix() for path in found} - {"README.md"}
    assert there == linked


BARE = {
    "after_restart.py": r"submitted\npromptforge job \S+ was still running .*\nresumed\n2 files in /.*\n",
    "click_command.py": r"(?:submitted|running|succeeded|\s)+1000 answers, 0 failed; \d files in /.*\n",
    "optimize_and_compare.py": r"with feedback: \S+ became \S+\n(?s:.*)\n",
    "prompts_with_budget.py": r"(\d+) prompts submitted, \1 answered, 0 failed\n\d+ of 2000 tokens spent\n",
    "task_group.py": r"tour: succeeded\n1000 answers, the first: Sandbox answer .*\nDriveable\n",
    "tours_overnight.py": r"monday: Driveable\ntuesday: Driveable\n2 of 2 can be driven; morning.html\n",
    "with_pandas.py": r" +review +sentiment\n(?:.*Sandbox answer.*\n){3}3 of 3 rows answered\n",
    "with_trio.py": r"(?:corridor of \d000 m: \d sections, \d+% left at the end\n){2}",
}


@pytest.mark.parametrize("name", BARE)
def test_an_example_without_key_and_arguments_plays_at_a_sandbox(name, tmp_path):
    """It says so, has input of its own, and ends well; in virtual time here."""
    done = forks.run(script_in_virtual_time, str(EXAMPLES / name), cwd=tmp_path, env=without_services())
    assert 0 == done.returncode, done.stderr
    assert re.match(r"(?:\w+_API_KEY(?: and )?)+ not set: a sandbox on this machine plays [a-z ]+\.\n", done.stderr)
    assert re.fullmatch(BARE[name], done.stdout.rstrip() + "\n"), done.stdout


def script_in_virtual_time(path):
    """What `python PATH` does, while the sandbox that it starts is as far as its waits are."""
    from jobwait.sandbox import without_key

    with virtual_time(own_sleeps=True) as clock:
        without_key.Sandbox = functools.partial(Sandbox, clock=clock.time)
        with suppress(SystemExit):
            forks.script(path)


def test_compare_policies(run, tmp_path):
    """A table for each service, of the sandbox's jobs, or of those in a file; a wrong name is a sentence."""
    told = run("compare_policies.py", bare=True)
    assert ["freeplay: 4", "fryte: 14", "promptforge: 14"] == re.findall(r"(?m)^(\w+: \d+) recorded jobs", told)
    row = re.compile(r"  every 5 s +(\d+) +([\d.]+) +([\d.]+) +([\d.]+)")
    found = [[*map(float, one)] for one in row.findall(told)]
    assert 3 == len(found)
    assert all(late <= 5.1 and late <= most for _, _, late, most in found)
    lines = (EXAMPLES / "recordings" / "sandbox.jsonl").read_text().splitlines(keepends=True)
    own = [line for line in lines if "freeplay" not in line and "promptforge" not in line]
    (tmp_path / "own.jsonl").write_text("".join(own))
    assert "fryte: 14 recorded jobs; of 14 it is known" in run("compare_policies.py", "own.jsonl", bare=True)
    run("compare_policies.py", "none.jsonl", code=1, errors=r"none.jsonl cannot be read.*\n", bare=True)


def test_prompts_with_a_budget(run):
    """As many prompts as the budget allows, and what they cost."""
    told = run("prompts_with_budget.py", "prompts.jsonl", 130)
    assert "3 prompts submitted, 3 answered, 0 failed" in told
    assert re.search(r"\b[1-9]\d* of 130 tokens spent", told)


def test_tours_overnight(run, tmp_path):
    """A line for each tour, a page for all, and exit status 1 as one cannot be driven."""
    folder = tmp_path / "tours"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(TOUR))
    (folder / "b.json").write_text(json.dumps({**TOUR, "battery_level_start": 0.1}))
    (folder / "c.json").write_text(json.dumps({**TOUR, "vehicle_id": "000000000001"}))
    told = run("tours_overnight.py", folder, "morning.html", code=1).splitlines()
    assert ["a: Driveable", "b: not_drivable"] == told[:2]
    assert told[2].startswith("c: failed: fryte job")
    assert "1 of 3 can be driven; morning.html" == told[3]
    assert "<h1>Tours</h1>" in (tmp_path / "morning.html").read_text()
    names = [line.split() for line in (tmp_path / "submitted.txt").read_text().splitlines()]
    assert ["a", "b", "c"] == sorted(stem for _, stem in names)
    assert all(name.startswith("fryte:") for name, _ in names)


def test_tours_overnight_plans_130_tours_and_names_those_that_were_not_submitted(tmp_path, monkeypatch, capsys):
    """Over a network that never answers the submission of one of them. Not paced: that has tests in virtual time."""
    (tmp_path / "tours").mkdir()
    for number in range(130):
        (tmp_path / "tours" / f"{number:03}.json").write_text(json.dumps({**TOUR, "vehicle_id": str(number)}))
    levels = {"battery_level_start": 0.8, "battery_level_end": 0.2, "sections": [], "poi_list": []}
    plan = {"optimization_id": 1, "tour_id": 1, "status": "succeeded", "qualification": "Driveable", **levels}

    def respond(request):
        last = request.url.path.rpartition("/")[2]
        if request.method == "POST":
            number = int(json.loads(request.content)["vehicle_id"])
            if number == 77:
                raise httpx.ReadTimeout("slow")
            return httpx.Response(202, json={"message": "ok", "tour_id": number, "job_id": f"j{number}"})
        if "/jobs/" in request.url.path:
            number = int(last[1:])
            return httpx.Response(
                200, json={"job_id": last, "status": "succeeded", "tour_id": number, "optimization_id": number}
            )
        return httpx.Response(200, json=plan)

    client = fryte.connect("k", base_url="http://127.0.0.1:9", transport=httpx.MockTransport(respond))
    monkeypatch.setattr(TokenBucket, "of", lambda limit, burst=1: TokenBucket(math.inf))
    monkeypatch.setattr(fryte, "connect", lambda: client)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(EXAMPLES)
    assert importlib.import_module("tours_overnight").main("tours", "morning.html") == 1
    told = capsys.readouterr().out.splitlines()
    assert 129 == len([line for line in told if line.endswith(": Driveable")])
    assert told[77].startswith("077: fryte: the submission was sent")
    assert told[-1].startswith("129 of 130")
    assert 129 == len((tmp_path / "submitted.txt").read_text().splitlines())


def test_optimize_and_compare(run):
    """Both optimizations tell their versions, and where to compare them."""
    told = run("optimize_and_compare.py", PROJECT, TEMPLATE, TEMPLATE)
    uuid = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    for name in ("with feedback", "without feedback"):
        assert re.search(rf"^{name}: {TEMPLATE} became {uuid}\n  compare at {uuid}: \w", told, re.MULTILINE)


def test_web_endpoint(later, started):
    """Events until the job ends; a client that leaves ends its own wait. Bad input is 422, no plan yet 409."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address, transport = f"http://127.0.0.1:{port}", httpx.HTTPTransport(retries=9)  # until the server listens
    with started("web_endpoint.py", port) as server, httpx.Client(base_url=address, transport=transport) as web:
        assert 422 == web.post("/tours", json={**TOUR, "battery_level_start": 7}).status_code
        submitted = web.post("/tours", json=TOUR)
        path = f"/tours/{submitted.json()['job_id']}"
        assert (202, 404) == (submitted.status_code, web.get("/tours/nobody").status_code)
        with web.stream("GET", f"{path}/events") as events:
            assert "text/event-stream; charset=utf-8" == events.headers["content-type"]
        assert f"{path[7:]}: no more events\n" == server.stdout.readline()
        assert 409 == web.get(path).status_code
        later()
        told = web.get(f"{path}/events", timeout=60).text.split("\n\n")
        event, data = told[-2].split("\n")
        assert "event: succeeded" == event
        assert {"state": "succeeded", "terminal": True}.items() <= json.loads(data.removeprefix("data: ")).items()
        assert "Driveable" == web.get(path).json()["qualification"]
        assert f"{path[7:]}: no more events\n" == server.stdout.readline()
        server.send_signal(signal.SIGINT)
        assert (0, "") == (server.wait(), server.stderr.read())


def test_task_group(run):
    """The answers of the one and the plan of the other, side by side."""
    told = run("task_group.py", "prompts.jsonl", "tour.json").splitlines()
    assert "tour: succeeded" in told
    assert told[-2].startswith("7 answers, the first: Sandbox answer to ")
    assert "Driveable" == told[-1]


def test_with_trio(run):
    """A plan for each corridor."""
    told = run("with_trio.py", "tour.json").splitlines()
    assert [f"corridor of {metres} m: 2 sections, 53% left at the end" for metres in (2000, 8000)] == told


def test_with_pandas(run, tmp_path):
    """The table comes back with an answer in each row, and its order kept."""
    (tmp_path / "reviews.csv").write_text("stars,review\n5,Lovely\n1,Never again\n")
    assert "2 of 2 rows answered\n" == run("with_pandas.py", "reviews.csv", "answered.csv")
    with (tmp_path / "answered.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert ["Lovely", "Never again"] == [row["review"] for row in rows]
    assert ["Sandbox answer to 0", "Sandbox answer to 1"] == [row["sentiment"].partition(":")[0] for row in rows]


def test_tours_to_pandas(run, tmp_path):
    """Without a key 300 tours of its own: each is a row, in order, whatever became of it."""
    told = run("tours_to_pandas.py", bare=True, errors="FRYTE_API_KEY not set: .*\n")
    assert re.search(r"succeeded +298\nfailed +1\nrefused +1\n", told)
    with (tmp_path / "plans.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert 300 == len(rows)
    assert 298 == len([row for row in rows if row["battery_level_end"]])
    assert ["JobFailed", "", "InvalidInput"] == [row["error"] for row in rows[7:10]]
    assert ["failed", "succeeded", "refused"] == [row["state"] for row in rows[7:10]]
    assert ["no reason", "battery_depleted", "0.1 to 1"] == [
        re.search("no reason|battery_depleted|0.1 to 1", row["message"])[0] for row in rows[7:10]
    ]


def test_scheduled_without_a_key_plays_two_runs(run):
    """The first is over before the job is; the second submits nothing and saves."""
    told = run("scheduled.py", bare=True, errors="PROMPTFORGE_API_KEY not set: .*\n").splitlines()
    assert ["00:00", "waiting for 1", "monday.jsonl: left to the next run"] == told[:3]
    assert ["00:15", "waiting for 1", "monday.jsonl: 2 files", "1 submitted"] == told[3:]


def test_scheduled_goes_on_with_what_an_interrupted_run_left(later, started, tmp_path):
    """Two processes: Ctrl-C ends the first; the second, an hour later, submits nothing and saves the answers."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "prompts.jsonl").rename(tmp_path / "inbox" / "monday.jsonl")
    (tmp_path / "inbox" / "tuesday.jsonl").write_text("no JSON")
    with started("scheduled.py", "inbox", "answers") as first:
        assert first.stdout.readline().startswith("tuesday.jsonl: ")
        assert "waiting for 1\n" == first.stdout.readline()
        first.send_signal(signal.SIGINT)
        assert "interrupted\nmonday.jsonl: left to the next run\n" == first.stdout.read()
        assert (1, "") == (first.wait(), first.stderr.read())
    box = later()
    (tmp_path / "inbox" / "tuesday.jsonl").unlink()
    with started("scheduled.py", "inbox", "answers") as second:
        assert "waiting for 1\nmonday.jsonl: 1 files\n" == second.stdout.read()
        assert (0, "") == (second.wait(), second.stderr.read())
    assert 1 == box.stats()["promptforge"]["submits"]
    (answers,) = (tmp_path / "answers" / "monday.jsonl").iterdir()
    assert len(PROMPTS) == len(answers.read_text().splitlines())


def test_click_command(run, box, tmp_path):
    """The job on stderr, the states of the bar where there is no terminal, and what it is about at the end."""
    told = run("click_command.py", "prompts.jsonl", "--to", "saved", errors=r"promptforge:[0-9a-f-]{36}\n")
    assert "submitted\nsucceeded\n7 answers, 0 failed; 1 files in saved\n" == told
    assert [".jsonl"] == [path.suffix for path in (tmp_path / "saved").iterdir()]
    failed = ("click_command.py", "prompts.jsonl", "--model", "sandbox-fail")
    told = run(*failed, code=1, errors=r"promptforge:\S+\nError: promptforge job \S+ ended as FAILED; .*\n")
    assert "submitted\nfailed" == told.strip()


def test_click_command_draws_a_bar_on_a_terminal(monkeypatch, tmp_path):
    """It is as long as the share of the prompts that are done, at each poll."""
    monkeypatch.syspath_prepend(EXAMPLES)
    ask = importlib.import_module("click_command").ask
    with virtual_time() as clock, Sandbox(clock=clock.time, promptforge_mode="docs") as box:
        for name, value in box.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("click._termui_impl.isatty", lambda _: True)
        done = CliRunner().invoke(ask, [str(EXAMPLES / "prompts.jsonl"), "--to", str(tmp_path / "saved")])
    assert 0 == done.exit_code
    drawn = [int(share) for share in re.findall(r"(\d+)%", done.stdout)]
    assert drawn == sorted(drawn)
    assert 0 < drawn[len(drawn) // 2] < 100 == drawn[-1]


def test_after_restart(run, box, tmp_path):
    """A job that an earlier run submitted is resumed, and submitted once."""
    from jobwait import promptforge

    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-quick")
        (tmp_path / "job.token").write_text(job.token())
    before = box.stats()["promptforge"]["submits"]
    assert "resumed\n1 files in results\n" == run("after_restart.py", "prompts.jsonl", "job.token", "results")
    assert before == box.stats()["promptforge"]["submits"]
    assert not (tmp_path / "job.token").exists()


def test_after_restart_of_a_job_that_failed(run, box, tmp_path):
    """Its token is deleted, so that the next run submits again; no half of a token is left."""
    from jobwait import promptforge

    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        job = promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-fail")
        (tmp_path / "job.token").write_text(job.token())
    failed = r"(?s).*JobFailed: promptforge job .*"
    assert "resumed\n" == run("after_restart.py", "prompts.jsonl", "job.token", "results", code=1, errors=failed)
    assert [] == sorted(path.name for path in tmp_path.glob("job.*"))


def test_test_own_code():
    """The example of a test is a test, and passes."""
    words = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", EXAMPLES / "test_own_code.py"]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], capture_output=True, text=True, check=False)
    assert (0, "4 passed") == (done.returncode, re.sub(r" in .*", "", done.stdout.splitlines()[-1]))


def test_own_service(run):
    """The made-up service goes through its states, with progress, then two more at once."""
    told = run("own_service.py").splitlines()
    assert ["queued: 0 of 12", "running: 3 of 12", "running: 9 of 12"] == told[:3]
    assert told[-2].startswith("succeeded")
    assert "['succeeded', 'succeeded'] 6 polls" == told[-1]
