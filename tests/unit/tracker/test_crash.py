"""Processes that are killed or share a file; `make bench-fleet` does it with a hundred kills and eight processes."""

from benchmarks.fleet.crash import crashes


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
