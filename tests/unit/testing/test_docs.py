"""docs/testing.md: its examples are whole files, which pytest runs as they stand."""

import json
import re
import subprocess
import sys
from pathlib import Path

from jobwait import freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, Reply, virtual_time

PAGE = Path(__file__).parents[3] / "docs" / "testing.md"


def test_the_examples_of_the_page_run(tmp_path):
    """One for each style, with the conftest.py that the page shows."""
    found = re.findall(r"```python\n# (\w+\.py)[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    for name, code in found:
        (tmp_path / name).write_text(code, encoding="utf-8")
    names = [name for name, _ in found]
    assert ["conftest.py", "test_report.py", "answers.py", "test_at_the_sandbox.py"] == names[:4]
    assert ["test_with_a_fake_server.py", "test_asyncio.py", "test_anyio.py"] == names[4:7]
    assert ["test_trio.py", "test_threads.py"] == names[7:]
    command = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, "17 passed") == (done.returncode, done.stdout.splitlines()[-1].partition(" in")[0]), done.stdout


UUID = "c3f1c944-a44c-4c07-ab52-7df7ba94024a"
STORE = "https://storage.googleapis.com/b"
LINES = '{"prompt_id": 1, "response": "yes"}\n'
WORDS = {"TIME": '"2026-01-01T00:00:00Z"', "UUID": f'"{UUID}"', "LINK": f'"{STORE}/link"'}


def played():
    """A server with the least bodies of all routes in the page's tables."""
    server, page = FakeServer(), PAGE.read_text("utf-8")
    rows = re.findall(r"(?m)^\| `((?:GET|POST) [/…]\S+)` \| (\d+)[^|]* \| `([^`]+)`", page)
    for route, status, body in rows:
        text = re.sub(r"\b(?:TIME|UUID|LINK)\b", lambda found: WORDS[found[0]], body)
        path = route.replace("…", "/api/v2/projects/{project_id}")
        server.on(path, Reply(int(status), json.loads(text)))
    assert 11 == len(rows)
    return server.on("/b/link", Reply(200, LINES))


def test_the_least_bodies_of_the_page_are_read_by_promptforge():
    """From the submission to the results."""
    server = played()
    server.on("GET /v1/jobs/{job_id}/status", *_then(server, "/v1/jobs/j-1/status", "COMPLETED"))
    with virtual_time(), promptforge.connect("key", base_url="https://it.invalid", transport=server) as client:
        job = promptforge.submit(client, [{"prompt_id": 1, "prompt": "x"}], provider="openai", model="m")
        assert "PROCESSING" == job.status().status
        job.wait(timeout=60)
        assert ["yes"] == [line.response for line in job.results()]


def test_the_least_bodies_of_the_page_are_read_by_fryte():
    """From the submission to the plan, and the list."""
    server = played()
    server.on("GET /planner/jobs/{job_id}", *_then(server, "/planner/jobs/t-1", "succeeded"))
    sections = [{"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}]
    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": sections, "poi_info": {}}
    with virtual_time(), fryte.connect("key", base_url="https://it.invalid", transport=server) as client:
        assert [] == fryte.list_jobs(client, 1)
        job = fryte.submit(client, tour)
        assert "running" == job.status().status
        job.wait(timeout=60)
        assert "Driveable" == job.result().qualification


def test_the_least_bodies_of_the_page_are_read_by_freeplay():
    """From the submission to the end, with the list and a cancellation."""
    with virtual_time(), freeplay.connect("key", base_url="https://it.invalid", transport=played()) as client:
        assert [] == list(freeplay.list_jobs(client, "project"))
        job = freeplay.submit(client, "project", prompt_template_version_id=UUID, dataset_id=UUID)
        job.cancel()
        assert "completed" == job.wait(timeout=60).status


def _then(server, path, word):
    """Two responses for *path*: what the page says, and the same with the status *word*."""
    request = httpx.Request("GET", f"https://it.invalid{path}")
    body = json.loads(server.handle_request(request).content)
    return (body, {**body, "status": word})
