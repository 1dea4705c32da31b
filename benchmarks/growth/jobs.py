"""
The jobs: their ids say when they end, and a local server in a process of its own answers by that.

A job has 500 prompts, which it completes at an even rate. Its end is counted from the first poll at any job.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from attrs import define, field
from benchmarks.fleet.served import Answering, serve, serving

NAME: Final = "benchmarks.growth.jobs"
FIRST, SPAN, AT_ONCE = (
    5.0,
    20.0,
    1000,
)  # seconds to the first end; the least seconds of all ends, the most ends a second
PROMPTS: Final = 500
WARM: Final = "warm-0-0"  # a job that has ended, for the first poll of a process


def ends(count: int, run: int, runs: int) -> list[float]:
    """When *count* jobs end, in seconds: evenly spread, and each run between those of the others."""
    span = max(SPAN, count / AT_ONCE)
    return [FIRST + span * (number + (run + 0.5) / runs) / count for number in range(count)]


def ids(count: int, run: int, runs: int) -> list[str]:
    """Their ids."""
    return [f"job-{number:07d}-{int(1000 * end)}" for number, end in enumerate(ends(count, run, runs))]


@define
class Jobs:
    """What was asked of the jobs, and how late the first answer was that told of an end."""

    began: float | None = None
    polls: int = 0
    late: dict[str, float] = field(factory=dict)

    def told(self, name: str) -> dict[str, Any]:
        """The fields of an answer that differ from those of a job that runs."""
        if name == "found":
            return {"polls": self.polls, "late": list(self.late.values())}
        if name == WARM:
            return {"status": "COMPLETED", "completed_count": PROMPTS}
        now = time.monotonic()
        self.began = now if self.began is None else self.began
        self.polls += 1
        age, end = now - self.began, int(name.rpartition("-")[2]) / 1000
        if age < end:
            return {"completed_count": int(PROMPTS * age / end)}
        self.late.setdefault(name, age - end)
        return {"status": "COMPLETED", "completed_count": PROMPTS}


class Ending(Answering):
    """Answers for *jobs*."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(moves=False)
        self.jobs = jobs

    def news(self, name: str) -> dict[str, Any]:
        """How the job *name* is by now."""
        return self.jobs.told(name)


def asked(url: str) -> tuple[int, list[float]]:
    """How many polls the server at *url* answered, and the lateness of each job in seconds."""
    with urllib.request.urlopen(f"{url}/v1/jobs/found/status", timeout=60) as answer:  # noqa: S310 - our own server
        found = json.load(answer)
    return found["polls"], found["late"]


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    with serving(NAME, "serve") as url:
        yield url


if __name__ == "__main__" and sys.argv[1:] == ["serve"]:
    kept = Jobs()
    asyncio.run(serve(lambda: Ending(kept)))
