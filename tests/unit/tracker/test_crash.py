"""Processes that are killed or share a file; `make bench-fleet` does it with a hundred kills and eight processes."""

import os
from itertools import pairwise

import pytest
from benchmarks.fleet.crash import crashes

from jobwait.tracker.database import Database
from support import forks


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


TURNS = """
import sys
from jobwait import Limit
from jobwait.tracker.database import Database
from jobwait.tracker.shared_limits import SharedRateLimiter

path, moment = sys.argv[1:]
limiter = SharedRateLimiter(Database(path), "one", Limit(20), clock=lambda: float(moment), steady=lambda: 0.0)
for _ in range(200):
    print(limiter.wait(0.0))
    limiter.take(0.0)
"""


def test_processes_with_one_file_are_granted_one_rate(tmp_path):
    """Three processes at an account of twenty requests a second: no two grants are closer than the limit allows."""
    path = tmp_path / "jobs.db"
    Database(path).close()
    written = [[tmp_path / f"{name}{number}" for name in ("stdout", "stderr")] for number in range(3)]
    for one in [one for pair in written for one in pair]:
        one.touch()
    processes = [
        forks.Fork(forks.code, (TURNS, str(path), "1000.0"), cwd=tmp_path, env=os.environ, streams=[os.devnull, *pair])
        for pair in written
    ]
    assert [0, 0, 0] == [process.wait() for process in processes]
    assert ["", "", ""] == [errors.read_text("utf-8") for _, errors in written]
    grants = sorted(float(line) for output, _ in written for line in output.read_text("utf-8").split())
    assert 600 == len(grants)
    assert min(later - one for one, later in pairwise(grants)) == pytest.approx(1 / 19)
