"""The tracker's file where it hurts: processes that write all at once, and a file system that is really full."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing

import pytest

from conftest import QUICK
from jobwait import errors, promptforge
from jobwait.sandbox import Sandbox
from jobwait.tracker import Tracker
from jobwait.tracker.database import Database
from soak.crowd import CROWD

SOAK = "JOBWAIT_SOAK" in os.environ
WRITES = 100_000
soak = pytest.mark.skipif(not SOAK, reason="real seconds: make soak")


@soak
@pytest.mark.parametrize("processes", [2, 8])
def test_no_writer_finds_the_file_locked(processes, tmp_path, capsys):
    """R6: a hundred thousand transactions of two and of eight processes: none finds the file locked, none is lost."""
    path = tmp_path / "jobs.db"
    Database(path).close()
    each, began = WRITES // processes, time.monotonic()
    words = [sys.executable, "-c", CROWD, str(path), str(each)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    children = [subprocess.Popen([*words, str(number)], **pipes) for number in range(processes)]
    try:
        told = [child.communicate(timeout=3000) for child in children]
    finally:
        for child in children:
            child.kill()
    took = time.monotonic() - began
    assert [""] * processes == [complaint for _, complaint in told]
    with closing(sqlite3.connect(path)) as db:
        taken = db.execute("select sum(seen) from buckets where name <> 'all'").fetchone()[0]
        assert [("ok",)] == db.execute("pragma integrity_check").fetchall()
    longest = max(json.loads(said) for said, _ in told)
    with capsys.disabled():
        print(f"\n{processes} processes: {each * processes} transactions in {took:.0f} s, longest {longest:.2f} s")
    assert each * processes == taken


@pytest.fixture
def small(tmp_path):
    """A file system of 1 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("mounting a file system of 1 MiB is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.skipif(not SOAK, reason="mounts a file system: make soak")
@pytest.mark.parametrize("room", [0, 64 << 10])
def test_a_file_system_that_is_full(room, small):
    """R7: with no room left the run stops with the reason; with little it goes on within it; no row is lost."""
    prompts = [{"prompt_id": 1, "prompt": "x"}]
    with Sandbox(speed=1200) as box, promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:

        def submit(tracker, key):
            facts = {"provider": "openai", "model": "sandbox-quick", "key": key}
            tracker.submit("promptforge", "team", client, prompts, **facts)

        with Tracker(small / "jobs" / "jobs.db") as tracker:
            for number in range(20):
                submit(tracker, f"{number}")
        with Tracker(small / "jobs" / "jobs.db") as tracker:
            assert 20 == len(list(tracker.pending()))
            ballast = fill(small, room)
            told = []
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if room:
                    assert 20 == tracker.run(lambda _: client, policy=QUICK, on_outcome=told.append)
                else:
                    with pytest.raises(errors.TrackerError, match="disk is full"):
                        tracker.run(lambda _: client, policy=QUICK, on_outcome=told.append)
                    with pytest.raises(errors.TrackerError, match="disk is full"):
                        submit(tracker, "new")
                    assert 20 == len(list(tracker.pending()))
            ballast.unlink()
            tracker.run(lambda _: client, policy=QUICK, on_outcome=told.append)
            assert ["succeeded"] * 20 == [one.state for one in tracker.outcomes()]
            assert 20 == len({one.key for one in told}) == len(told)
            assert [("ok",)] == tracker._database.read("pragma integrity_check")
    assert 20 == box.stats()["promptforge"]["submits"]


def fill(place, room):
    """A file that leaves *room* bytes of *place*."""
    path, chance = place / "ballast", random.Random(8)
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(chance.randbytes(512))
        except OSError:
            pass
    os.truncate(path, path.stat().st_size - room)
    return path
