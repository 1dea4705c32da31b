"""The sandbox as a whole: keys, limits, counts, state, and what it refuses."""

import json
import sqlite3
from contextlib import closing

import pytest

from jobwait import errors, freeplay, fryte, promptforge
from jobwait.sandbox import Sandbox
from jobwait.testing import virtual_time
from support.virtual_sandbox import HAMBURG_MUNICH, VERSION, ManualClock


def keys(box):
    """The keys of the three services."""
    return [address.key for address in (box.sandbox.freeplay, box.sandbox.fryte, box.sandbox.promptforge)]


def test_keys_differ_by_service_and_follow_from_the_seed(start_sandbox):
    """A key depends on the seed alone, and is refused by another service."""
    first, again, other = start_sandbox(seed=1), start_sandbox(seed=1), start_sandbox(seed=2)

    assert keys(first) == keys(again)
    assert 6 == len({*keys(first), *keys(other)})
    assert all(len(key) > 40 for key in keys(first))
    wrong = {"Authorization": f"Bearer {first.sandbox.fryte.key}"}
    path = "/api/v2/projects/p/prompt-optimization-jobs"
    assert 401 == first.http.get(first.sandbox.freeplay.url + path, headers=wrong).status_code


def test_same_calls_with_the_same_seed_give_the_same_identifiers(start_sandbox):
    """The same calls give the same identifiers under the same seed."""
    first, again = start_sandbox(), start_sandbox()

    assert first.start() == again.start()
    assert first.submit() == again.submit()
    assert first.init()["job_id"] == again.init()["job_id"]


def test_environment_has_what_each_connect_reads(monkeypatch):
    """Its three services answer clients that were given nothing else."""
    with Sandbox() as box:
        for name, value in box.environment().items():
            monkeypatch.setenv(name, value)
        with freeplay.connect() as projects, fryte.connect() as tours:
            assert freeplay.list_jobs(projects, "p") == fryte.list_jobs(tours, 1) == []
        with promptforge.connect() as prompts, pytest.raises(errors.JobNotFound):
            promptforge.job(prompts, "nobody").status()


def test_sandbox_listens_on_loopback_only(start_sandbox):
    """Every address is loopback's."""
    box = start_sandbox().sandbox

    assert all(a.url.startswith("http://127.0.0.1:") for a in (box.freeplay, box.fryte, box.promptforge))


def test_request_beyond_the_limit_is_refused_for_a_real_second(start_sandbox):
    """A request beyond the limit gets 429 with a Retry-After that is right at every speed."""
    box = start_sandbox(speed=600, limits={"promptforge": 2})
    codes = [box.promptforge.get("/healthz").status_code for _ in range(3)]
    refused = box.promptforge.get("/healthz")

    assert [200, 200, 429] == codes
    assert "1" == refused.headers["retry-after"]
    box.wait(1)
    assert 200 == box.promptforge.get("/healthz").status_code


def test_stats_count_requests_submissions_and_polls(start_sandbox):
    """Every request is counted by operation and status; submissions are those accepted."""
    box = start_sandbox()
    path = box.batch()
    box.state(path)
    box.promptforge.get("/v1/jobs/x/status")
    box.promptforge.post("/v1/jobs/init", json={})
    stats = box.sandbox.stats()["promptforge"]

    assert (1, 2) == (stats["submits"], stats["polls"])
    assert {
        "get_job_status": {200: 1, 404: 1},
        "init_job": {202: 1, 422: 1},
        "upload": {200: 1},
    } == stats["requests"]


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_restarted_sandbox_continues(tmp_path, start_sandbox, mode):
    """Jobs keep their ages, their order in the queue and their files."""
    state = tmp_path / "state"
    with Sandbox(state=state, speed=1, promptforge_mode=mode, clock=ManualClock()):
        pass
    box = start_sandbox(state=state, promptforge_mode=mode)
    optimization, tour = box.start(), box.submit()
    cancelled = box.start()
    box.freeplay.post(f"{cancelled}/cancel")
    first, second, idle = box.batch(), box.batch(), box.init()
    box.wait(5)
    box.sandbox.stop()

    again = start_sandbox(state=state, promptforge_mode=mode)
    assert keys(box) == keys(again)
    assert ["QUEUED", "PENDING"] == [again.state(first), again.state(second)]
    assert "AWAITING_UPLOAD" == again.state(f"/v1/jobs/{idle['job_id']}")
    again.wait(1000)
    assert ["COMPLETED", "COMPLETED"] == [again.state(first), again.state(second)]
    assert again.promptforge.get(f"{first}/results").json()["files"]
    assert "completed" == again.freeplay.get(optimization).json()["status"]
    assert "cancelled" == again.freeplay.get(cancelled).json()["status"]
    assert "succeeded" == again.fryte.get(f"/planner/jobs/{tour['job_id']}").json()["status"]
    assert again.start() not in (optimization, cancelled)


def test_state_file_has_the_keys_that_it_always_had(tmp_path, start_sandbox):
    """A record has the same keys in every version, so that a newer sandbox continues from an older one's file."""
    state, start = tmp_path / "state", 1_800_000_000.0
    box = start_sandbox(state=state)
    box.start(user_instructions="x")
    box.submit()
    box.upload(box.init(), {"prompt_id": 1, "prompt": "Why?"})
    box.init()
    with closing(sqlite3.connect(state)) as db:
        settings = dict(db.execute("select name, value from meta"))
        rows = {(service, n): json.loads(text) for service, n, text in db.execute("select * from jobs")}
        uploads = db.execute("select n, content from uploads").fetchall()

    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [HAMBURG_MUNICH], "poi_info": {}}
    prompt_version = {"prompt_template_version_id": VERSION, "dataset_id": VERSION, "user_instructions": "x"}
    run = {"created": start, "request": {"provider": "openai", "model": "m"}}
    assert {"seed": "7", "speed": "1.0", "mode": '"server"'} == settings
    assert {
        ("freeplay", 0): {"n": 0, "project": "p", "created": start, "request": prompt_version, "cancelled": None},
        ("fryte", 0): {"n": 0, "created": start, "request": tour},
        ("promptforge", 0): {"n": 0, **run, "uploaded": start, "starts": start},
        ("promptforge", 1): {"n": 1, **run, "uploaded": None, "starts": None},
    } == rows
    assert [(0, b'{"prompt_id": 1, "prompt": "Why?"}')] == uploads


def test_state_file_with_other_settings_is_refused(tmp_path):
    """Ages and keys depend on speed and seed, so a file with others is refused."""
    state = tmp_path / "state"
    with Sandbox(state=state, seed=1):
        pass

    with pytest.raises(ValueError, match="was made with seed=1, not 2"):
        Sandbox(state=state, seed=2)


@pytest.mark.parametrize(
    "fields", [{"speed": 0}, {"promptforge_mode": "x"}, {"limits": {"x": 1}}, {"limits": {"fryte": 0}}]
)
def test_invalid_arguments_are_refused(fields):
    """Invalid arguments are refused before a port is opened."""
    with pytest.raises(ValueError, match=r"must be|knows"):
        Sandbox(**fields)


def test_an_outage_of_one_service_answers_503_until_it_ends():
    """The others go on, and so do the jobs of that one."""
    with virtual_time() as clock, Sandbox(clock=clock.time) as box:
        with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            job = promptforge.submit(
                client, [{"prompt_id": 1, "prompt": "x"}], provider="openai", model="sandbox-quick"
            )
            box.set_outage("promptforge")
            with pytest.raises(errors.CallFailed) as caught:
                job.status()
            with fryte.connect(box.fryte.key, base_url=box.fryte.url) as tours:
                assert [] == fryte.list_jobs(tours, 1)
            box.set_outage("promptforge", on=False)
            assert "COMPLETED" == job.wait(timeout=60).status
        assert 503 == caught.value.status
        with pytest.raises(ValueError, match="freeplay, fryte, promptforge"):
            box.set_outage("nobody")
