"""Freeplay in the sandbox."""

import pytest


def test_job_with_tests_has_four_steps(start_sandbox):
    """A job with tests is pending, then reports four steps, then has all its identifiers."""
    box = start_sandbox()
    path = box.start()
    statuses, steps = [], []
    for seconds in (0, 60, 200, 200, 110, 200):
        box.wait(seconds)
        body = box.freeplay.get(path).json()
        statuses.append(body["status"])
        steps.append(body["progress"] and body["progress"]["step"])

    assert ["pending", "in_progress", "in_progress", "in_progress"] == statuses[:4]
    assert [None, 1, 2, 3] == steps[:4]
    assert "completed" == statuses[-1]
    assert all(body[name] for name in ("optimized_version_id", "test_run_id", "comparison_id", "completed_at"))


def test_job_without_tests_has_one_step(start_sandbox):
    """Without tests there is one step, and no test run at the end."""
    box = start_sandbox()
    path = box.start(run_test_after_optimization=False)
    box.wait(100)
    assert {"step": 1, "total_steps": 1} == {
        name: box.freeplay.get(path).json()["progress"][name] for name in ("step", "total_steps")
    }
    box.wait(300)
    assert box.freeplay.get(path).json()["test_run_id"] is None


@pytest.mark.parametrize(("word", "status"), [("sandbox-fail", "failed"), ("sandbox-cancel", "cancelled")])
@pytest.mark.parametrize("tests", [True, False])
def test_keyword_chooses_the_final_status(start_sandbox, word, status, tests):
    """A keyword in the instructions chooses the final status."""
    box = start_sandbox()
    path = box.start(user_instructions=f"Please {word} now", run_test_after_optimization=tests)
    box.wait(1000)

    assert status == box.freeplay.get(path).json()["status"]


def test_cancel_ends_a_running_job_at_once(start_sandbox):
    """A cancelled job stays cancelled; canceling what has ended changes nothing."""
    box = start_sandbox()
    running, ended = box.start(), box.start()
    assert {} == box.freeplay.post(f"{running}/cancel").json()
    box.wait(1000)
    assert 200 == box.freeplay.post(f"{ended}/cancel").status_code

    assert "cancelled" == box.freeplay.get(running).json()["status"]
    assert "completed" == box.freeplay.get(ended).json()["status"]


def test_list_has_pages_newest_first(start_sandbox):
    """Pages have no gap and no overlap, and the last one says that it is the last."""
    box = start_sandbox()
    paths = [box.start() for _ in range(5)]
    listing = paths[0].rpartition("/")[0]
    pages = [box.freeplay.get(f"{listing}?page={n}&page_size=2").json() for n in (1, 2, 3, 4)]

    assert [path.rpartition("/")[2] for path in reversed(paths)] == [
        job["job_id"] for page in pages for job in page["data"]
    ]
    assert [True, True, False, False] == [page["pagination"]["has_next"] for page in pages]


def test_list_is_filtered_by_status(start_sandbox):
    """A status filters the list, pages included."""
    box = start_sandbox()
    paths = [box.start() for _ in range(4)]
    for path in paths[:3]:
        box.freeplay.post(f"{path}/cancel")
    listing = paths[0].rpartition("/")[0]
    page = box.freeplay.get(f"{listing}?status=cancelled&page=2&page_size=2").json()

    assert [paths[0].rpartition("/")[2]] == [job["job_id"] for job in page["data"]]
    assert not page["pagination"]["has_next"]


def test_fault_ends_after_the_first_step(start_sandbox):
    """sandbox-fault answers 500 during the first step and is over after it."""
    box = start_sandbox()
    path = box.start(user_instructions="sandbox-fault")
    box.wait(50)
    assert 500 == box.freeplay.get(path).status_code
    box.wait(1000)
    assert 200 == box.freeplay.get(path).status_code
