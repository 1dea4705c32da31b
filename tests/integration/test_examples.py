"""The examples, run as they stand against the sandbox; what they say is checked."""

import csv
import importlib
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import anyio
import httpx
import pytest

from jobwait import fryte
from jobwait._polling.token_bucket import TokenBucket
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
    env = {name: value for name, value in os.environ.items() if not name.endswith(("_API_KEY", "_BASE_URL"))}
    for service in ("freeplay", "fryte", "promptforge"):
        address = getattr(box, service)
        env |= {f"{service.upper()}_API_KEY": address.key, f"{service.upper()}_BASE_URL": address.url}

    def started(name, *arguments, code=0):
        done = forks.run(forks.script, str(EXAMPLES / name), *map(str, arguments), cwd=tmp_path, env=env)
        assert (code, "") == (done.returncode, done.stderr)
        return done.stdout

    return started


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


def test_web_endpoint(box, monkeypatch):
    """202 and a job; later its plan; bad input is 422, an unknown job 404."""
    monkeypatch.setenv("FRYTE_API_KEY", box.fryte.key)
    monkeypatch.setenv("FRYTE_BASE_URL", box.fryte.url)
    monkeypatch.syspath_prepend(EXAMPLES)
    app = importlib.import_module("web_endpoint").app

    async def visit():
        transport = httpx.ASGITransport(app)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://x") as web:
            submitted = await web.post("/tours", json=TOUR)
            job_id = submitted.json()["job_id"]
            answer = (await web.get(f"/tours/{job_id}")).json()
            while answer["state"] == "running":
                await anyio.sleep(0.05)
                answer = (await web.get(f"/tours/{job_id}")).json()
            bad = await web.post("/tours", json={**TOUR, "battery_level_start": 7})
            nobody = await web.get("/tours/nobody")
            return [submitted.status_code, bad.status_code, nobody.status_code], answer

    codes, answer = anyio.run(visit)
    assert [202, 422, 404] == codes
    assert ("succeeded", "Driveable") == (answer["state"], answer["plan"]["qualification"])


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


def test_test_own_code():
    """The example of a test is a test, and passes."""
    words = ["-q", "-p", "no:cacheprovider", "-c", "/dev/null", EXAMPLES / "test_own_code.py"]
    done = subprocess.run([sys.executable, "-m", "pytest", *words], capture_output=True, text=True, check=False)
    assert (0, "2 passed") == (done.returncode, re.sub(r" in .*", "", done.stdout.splitlines()[-1]))


def test_own_service(run):
    """The made-up service goes through its states, with progress, then two more at once."""
    told = run("own_service.py").splitlines()
    assert ["queued: 0 of 12", "running: 3 of 12", "running: 9 of 12"] == told[:3]
    assert told[-2].startswith("succeeded")
    assert "['succeeded', 'succeeded'] 6 polls" == told[-1]
