"""Freeplay in the sandbox."""

import pytest


def test_a_job_goes_through_its_four_steps(play):
    """A job with tests is pending, then reports four steps, then has all its identifiers."""
    it = play()
    path = it.start()
    statuses, steps = [], []
    for seconds in (0, 60, 200, 200, 110, 200):
        it.wait(seconds)
        body = it.freeplay.get(path).json()
        statuses.append(body["status"])
        steps.append(body["progress"] and body["progress"]["step"])

    assert ["pending", "in_progress", "in_progress", "in_progress"] == statuses[:4]
    assert [None, 1, 2, 3] == steps[:4]
    assert "completed" == statuses[-1]
    assert all(body[name] for name in ("optimized_version_id", "test_run_id", "comparison_id", "completed_at"))


def test_a_job_without_tests_has_one_step(play):
    """Without tests there is one step, and no test run at the end."""
    it = play()
    path = it.start(run_test_after_optimization=False)
    it.wait(100)
    assert {"step": 1, "total_steps": 1} == {
        name: it.freeplay.get(path).json()["progress"][name] for name in ("step", "total_steps")
    }
    it.wait(300)
    assert it.freeplay.get(path).json()["test_run_id"] is None


@pytest.mark.parametrize(("word", "status"), [("sandbox-fail", "failed"), ("sandbox-cancel", "cancelled")])
@pytest.mark.parametrize("tests", [True, False])
def test_a_word_chooses_the_ending(play, word, status, tests):
    """A word in the instructions makes the job end otherwise."""
    it = play()
    path = it.start(user_instructions=f"Please {word} now", run_test_after_optimization=tests)
    it.wait(1000)

    assert status == it.freeplay.get(path).json()["status"]


def test_cancel_ends_a_job_at_once_and_for_good(play):
    """A cancelled job stays cancelled; canceling what has ended changes nothing."""
    it = play()
    running, ended = it.start(), it.start()
    assert {} == it.freeplay.post(f"{running}/cancel").json()
    it.wait(1000)
    assert 200 == it.freeplay.post(f"{ended}/cancel").status_code

    assert "cancelled" == it.freeplay.get(running).json()["status"]
    assert "completed" == it.freeplay.get(ended).json()["status"]


def test_the_list_is_paged_newest_first(play):
    """Pages follow each other without gap or overlap, and the last one says so."""
    it = play()
    paths = [it.start() for _ in range(5)]
    listing = paths[0].rpartition("/")[0]
    pages = [it.freeplay.get(f"{listing}?page={n}&page_size=2").json() for n in (1, 2, 3, 4)]

    assert [path.rpartition("/")[2] for path in reversed(paths)] == [
        job["job_id"] for page in pages for job in page["data"]
    ]
    assert [True, True, False, False] == [page["pagination"]["has_next"] for page in pages]


def test_the_list_can_be_filtered(play):
    """A status filters the list, pages included."""
    it = play()
    paths = [it.start() for _ in range(4)]
    for path in paths[:3]:
        it.freeplay.post(f"{path}/cancel")
    listing = paths[0].rpartition("/")[0]
    page = it.freeplay.get(f"{listing}?status=cancelled&page=2&page_size=2").json()

    assert [paths[0].rpartition("/")[2]] == [job["job_id"] for job in page["data"]]
    assert not page["pagination"]["has_next"]


def test_a_fault_passes(play):
    """sandbox-fault answers 500 during the first step and is over after it."""
    it = play()
    path = it.start(user_instructions="sandbox-fault")
    it.wait(50)
    assert 500 == it.freeplay.get(path).status_code
    it.wait(1000)
    assert 200 == it.freeplay.get(path).status_code
