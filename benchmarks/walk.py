"""
The walk of one poll: which modules of jobwait it enters, and how often one calls another.

One warm poll: client and handle are made before counting starts, and one such wait has run before. A job that has ended
is waited for at a FakeServer, with `job.wait`, `wait_all`, `wait_all_async` and `Tracker.run`; all threads are counted,
`jobwait.testing` and generated code are not. `make walk` prints it; `make walk` with `--modules` names the modules.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Self

from jobwait import promptforge, wait_all, wait_all_async
from jobwait.testing import FakeServer
from jobwait.tracker import Tracker

SEED = Path(__file__).parents[1] / "tests/contract/seeds/promptforge_status.json"


class Walk:
    """Counts the frames that are entered while it is."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self.calls: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Self:
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        entered = _module(frame) if event == "call" else None
        if entered is None:
            return
        self.modules.add(entered)
        caller = None if frame.f_back is None else _module(frame.f_back)
        if caller is not None and caller != entered:
            self.calls[caller, entered] += 1


def _module(frame: FrameType) -> str | None:
    name = str(frame.f_globals.get("__name__", ""))
    return name if name.startswith("jobwait.") and not name.startswith("jobwait.testing") else None


def _job() -> tuple[Any, Any]:
    """A client, and a handle on a job that has ended."""
    ended = {"status": "COMPLETED", "completed_count": 498, "completed_at": "2024-01-15T10:16:00Z"}
    body = {**json.loads(SEED.read_text("utf-8")), **ended}
    client = promptforge.connect("k" * 40, base_url="https://walk.invalid", transport=FakeServer(body))
    return client, promptforge.job(client, body["job_id"])


def _tracked(walk: Walk) -> None:
    client, job = _job()
    with tempfile.TemporaryDirectory() as folder, Tracker(Path(folder) / "jobs.db") as tracker:
        tracker.add(job, "account")
        with walk:
            tracker.run(connect=lambda _: client)


def _waited(wait: Callable[[Any], Any]) -> Callable[[Walk], None]:
    def run(walk: Walk) -> None:
        _, job = _job()
        with walk:
            wait(job)

    return run


WAYS: dict[str, Callable[[Walk], None]] = {
    "job.wait": _waited(lambda job: job.wait(timeout=60)),
    "wait_all": _waited(lambda job: wait_all([job], timeout=60)),
    "wait_all_async": _waited(lambda job: asyncio.run(wait_all_async([job], timeout=60))),
    "Tracker.run": _tracked,
}


def measure() -> dict[str, Walk]:
    """The walk of each way, the second time."""
    found = {}
    for way, run in WAYS.items():
        run(Walk())
        run(found.setdefault(way, Walk()))
    return found


def main() -> None:
    """Print one row for each way."""
    for way, walk in measure().items():
        print(f"{way:16} {len(walk.modules):3} modules {walk.calls.total():4} calls between them")
        if "--modules" in sys.argv:
            print("  " + "\n  ".join(sorted(walk.modules)))


if __name__ == "__main__":
    main()
