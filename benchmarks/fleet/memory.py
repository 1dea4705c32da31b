"""Memory: what a waiting job costs beyond the base, its last body included; and whether it grows with the polls."""

from __future__ import annotations

import gc
import itertools
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.fleet.served import STATUS
from benchmarks.fleet.world import Life, World

from jobwait import Lateness, Policy, promptforge
from jobwait.fleet.fleet_job import FleetOptions

DAY = 86400.0


def resident() -> float:
    """This process's memory in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def running(ids: str) -> Any:
    """The status of a job that goes on; its prompts move by one at each poll, so that no body is like the last."""
    count = itertools.count()
    return lambda _: {**STATUS, "job_id": ids, "completed_count": next(count) % 500}


def world(jobs: int) -> tuple[World, list[Life]]:
    """*jobs* that never end."""
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    made = World(promptforge.SERVICE, client, latency=0.01)
    names = [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(jobs)]
    return made, [Life({"job_id": name}, 0.0, 1e12, running(name)) for name in names]


def waiting(jobs: int) -> float:
    """Bytes a job, once each has been polled twice; what the world itself holds of it is not counted."""
    small, lives = world(100)
    small.run(lives, FleetOptions(policy=Policy(timeout=DAY), limiters=small.limiters), until=20.0)
    big, lives = world(jobs)
    held: list[float] = []
    before = resident()

    def seen(_: Any) -> None:
        if not held and big.requests > 2 * jobs:
            held.append(resident())

    big.run(
        lives, FleetOptions(policy=Policy(timeout=DAY), limiters=big.limiters, on_update=seen), until=30.0 + jobs / 2000
    )
    return (held[0] - before) / jobs


class _Enough(Exception):
    """All polls have been taken."""


def growth(polls: int) -> float:
    """Bytes by which the process has grown between a tenth of the *polls* and all of them."""
    made, lives = world(500)
    marks: dict[int, float] = {}

    def seen(_: Any) -> None:
        for mark in (polls // 10, polls):
            if mark not in marks and made.requests >= mark:
                marks[mark] = resident()
        made.times.clear()
        if polls in marks:
            raise _Enough

    steady = Policy(
        interval=1.0, min_interval=1.0, aim=Lateness(0.5), timeout=1e8
    )  # a poll a second, however long it takes
    with suppress(_Enough):
        made.run(lives, FleetOptions(policy=steady, limiters=made.limiters, on_update=seen))
    return marks[polls] - marks[polls // 10]


if __name__ == "__main__":
    print(waiting(20_000))
    print(growth(30_000))
