"""One rate limit in one file, in real seconds."""

import os

import pytest

from benchmarks.fleet.crash import shared


@pytest.mark.skipif("JOBWAIT_SOAK" not in os.environ, reason="real seconds: make soak")
def test_processes_share_one_rate_limit(tmp_path):
    """Three processes at an account of twenty requests a second: no second holds more, and no file is locked."""
    found = shared(tmp_path, processes=3, seconds=3.0)
    assert found.fullest <= 22
    assert found.locked == 0
