"""What requests import at first use is loaded in a thread; fresh interpreters say what the event loop imports."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobwait._http import first_use
from jobwait._sync.background_task import in_thread

TESTS = Path(__file__).parents[2]


@pytest.mark.parametrize("service", ["promptforge", "fryte"])
@pytest.mark.parametrize("where", ["inside", "outside"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_running_loop_imports_nothing(backend, where, service):
    """Waits and fleets, with a client made before the loop, or in it; a 401 too, which has a model of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "support.first_use", backend, where, service],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert [] == found["imported"]
    assert ["succeeded", "succeeded", "unreachable", "succeeded", "succeeded"] == found["states"]


def test_nothing_is_loaded_twice(monkeypatch):
    """The second call starts no thread."""
    asyncio.run(first_use.load())
    monkeypatch.setattr(first_use, "in_thread", None)
    asyncio.run(first_use.load())


def test_a_module_that_is_missing_or_broken_is_left_to_those_who_need_it():
    """An extra that is not installed hinders no wait."""
    asyncio.run(first_use.load("jobwait.no_such_module"))
    asyncio.run(first_use.load("jobwait.no_such_module"))


def test_work_is_done_in_this_thread_where_none_can_be_started(monkeypatch):
    """As in WebAssembly, or at the limit of a container."""

    def refuse(_self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    assert asyncio.run(in_thread(lambda: 7)) == 7


def test_what_work_raises_is_raised_in_the_task():
    """As if the task had done it."""

    def fail():
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(in_thread(fail))
