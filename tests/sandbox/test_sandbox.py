"""The sandbox as a whole: keys, limits, counts, state, and what it refuses."""

import json
import sqlite3
from contextlib import closing

import pytest

from jobwait.sandbox import Sandbox
from sandbox.play import HAMBURG_MUNICH, VERSION, Hand


def keys(it):
    """The keys of the three services."""
    return [address.key for address in (it.box.freeplay, it.box.fryte, it.box.promptforge)]


def test_keys_are_long_distinct_and_repeat_with_the_seed(play):
    """Keys follow from the seed alone, and one service's key opens no other."""
    first, again, other = play(seed=1), play(seed=1), play(seed=2)

    assert keys(first) == keys(again)
    assert 6 == len({*keys(first), *keys(other)})
    assert all(len(key) > 40 for key in keys(first))
    wrong = {"Authorization": f"Bearer {first.box.fryte.key}"}
    path = "/api/v2/projects/p/prompt-optimization-jobs"
    assert 401 == first.http.get(first.box.freeplay.url + path, headers=wrong).status_code


def test_runs_repeat_with_the_seed(play):
    """The same calls give the same identifiers under the same seed."""
    first, again = play(), play()

    assert first.start() == again.start()
    assert first.submit() == again.submit()
    assert first.init()["job_id"] == again.init()["job_id"]


def test_it_listens_on_loopback_only(play):
    """Every address is loopback's."""
    box = play().box

    assert all(a.url.startswith("http://127.0.0.1:") for a in (box.freeplay, box.fryte, box.promptforge))


def test_a_limit_is_in_requests_a_second_of_real_time(play):
    """Beyond the limit is 429 with a Retry-After that keeps its word, whatever the speed."""
    it = play(speed=600, limits={"promptforge": 2})
    codes = [it.promptforge.get("/healthz").status_code for _ in range(3)]
    refused = it.promptforge.get("/healthz")

    assert [200, 200, 429] == codes
    assert "1" == refused.headers["retry-after"]
    it.wait(1)
    assert 200 == it.promptforge.get("/healthz").status_code


def test_stats_count_requests_submissions_and_polls(play):
    """Every request is counted by operation and status; submissions are those accepted."""
    it = play()
    path = it.batch()
    it.state(path)
    it.promptforge.get("/v1/jobs/x/status")
    it.promptforge.post("/v1/jobs/init", json={})
    stats = it.box.stats()["promptforge"]

    assert (1, 2) == (stats["submits"], stats["polls"])
    assert {
        "get_job_status": {200: 1, 404: 1},
        "init_job": {202: 1, 400: 1},
        "upload": {200: 1},
    } == stats["requests"]


@pytest.mark.parametrize("mode", ["docs", "server"])
def test_a_restarted_sandbox_goes_on(tmp_path, play, mode):
    """Jobs, their ages, their order in the queue and their files outlive the sandbox that made them."""
    state = tmp_path / "state"
    with Sandbox(state=state, speed=1, promptforge_mode=mode, clock=Hand()):
        pass
    it = play(state=state, promptforge_mode=mode)
    optimization, tour = it.start(), it.submit()
    cancelled = it.start()
    it.freeplay.post(f"{cancelled}/cancel")
    first, second, idle = it.batch(), it.batch(), it.init()
    it.wait(5)
    it.box.stop()

    again = play(state=state, promptforge_mode=mode)
    assert keys(it) == keys(again)
    assert ["QUEUED", "PENDING"] == [again.state(first), again.state(second)]
    assert "AWAITING_UPLOAD" == again.state(f"/v1/jobs/{idle['job_id']}")
    again.wait(1000)
    assert ["COMPLETED", "COMPLETED"] == [again.state(first), again.state(second)]
    assert again.promptforge.get(f"{first}/results").json()["files"]
    assert "completed" == again.freeplay.get(optimization).json()["status"]
    assert "cancelled" == again.freeplay.get(cancelled).json()["status"]
    assert "succeeded" == again.fryte.get(f"/planner/jobs/{tour['job_id']}").json()["status"]
    assert again.start() not in (optimization, cancelled)


def test_state_file_has_the_keys_that_it_always_had(tmp_path, play):
    """A record has the same keys in every version, so that a newer sandbox continues from an older one's file."""
    state, start = tmp_path / "state", 1_800_000_000.0
    it = play(state=state)
    it.start(user_instructions="x")
    it.submit()
    it.upload(it.init(), {"prompt_id": 1, "prompt": "Why?"})
    it.init()
    with closing(sqlite3.connect(state)) as db:
        settings = dict(db.execute("select name, value from meta"))
        rows = {(service, n): json.loads(text) for service, n, text in db.execute("select * from jobs")}
        uploads = db.execute("select n, content from uploads").fetchall()

    tour = {"vehicle_id": "1", "battery_level_start": 0.8, "section_list": [HAMBURG_MUNICH], "poi_info": {}}
    prompt_version = {"prompt_template_version_id": VERSION, "dataset_id": VERSION, "user_instructions": "x"}
    run = {"created": start, "request": {"provider": "openai", "model": "m"}}
    assert {"seed": "7", "speed": "1.0", "mode": '"docs"'} == settings
    assert {
        ("freeplay", 0): {"n": 0, "project": "p", "created": start, "request": prompt_version, "cancelled": None},
        ("fryte", 0): {"n": 0, "created": start, "request": tour},
        ("promptforge", 0): {"n": 0, **run, "uploaded": start, "starts": start},
        ("promptforge", 1): {"n": 1, **run, "uploaded": None, "starts": None},
    } == rows
    assert [(0, b'{"prompt_id": 1, "prompt": "Why?"}')] == uploads


def test_state_of_other_settings_is_refused(tmp_path):
    """Ages and keys follow from speed and seed, so a file made with others is refused in one sentence."""
    state = tmp_path / "state"
    with Sandbox(state=state, seed=1):
        pass

    with pytest.raises(ValueError, match="was made with seed=1, not 2"):
        Sandbox(state=state, seed=2)


@pytest.mark.parametrize(
    "fields", [{"speed": 0}, {"promptforge_mode": "x"}, {"limits": {"x": 1}}, {"limits": {"fryte": 0}}]
)
def test_nonsense_is_refused(fields):
    """Settings that make no sense are refused before a port is taken."""
    with pytest.raises(ValueError, match=r"must be|knows"):
        Sandbox(**fields)
