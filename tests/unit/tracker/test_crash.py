"""Processes that are killed or share a file; `make bench-fleet` does it with a hundred kills and eight processes."""

from benchmarks.fleet.crash import crashes, shared


def test_a_killed_process_loses_no_job(tmp_path):
    """Every job that the service took is tracked or unresolved; none is submitted or recorded twice."""
    found = crashes(tmp_path, jobs=60, kills=4, seed=2)
    assert found.taken > 50
    assert (0, 0, 0, 0, 0) == (
        found.lost,
        found.double_submits,
        found.recorded_twice,
        found.undelivered,
        found.damaged,
    )


def test_processes_share_one_rate_limit(tmp_path):
    """Three processes at an account of twenty requests a second: no second holds more, and no file is locked."""
    found = shared(tmp_path, processes=3, seconds=3.0)
    assert found.fullest <= 22
    assert found.locked == 0
