"""
What the wait costs beside no engine at all: a thousand jobs, httpx and asyncio, a hundred connections.

The other side is the loop that anyone would write: ask, sleep, ask. Both are given the same gap, and a server and a
process of their own each time. `python -m benchmarks.fleet.plain` prints the ratios of three turns.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Awaitable, Callable
from statistics import median
from typing import Any, ClassVar, Final

from attrs import frozen
from benchmarks.fleet.served import Answering, serve, serving

from jobwait._httpx import httpx

NAME: Final = "benchmarks.fleet.plain"
JOBS, CONNECTIONS, GAP, LONGEST = 1000, 100, 2.0, 15.0
HEADERS: Final = {"x-api-key": "k" * 40, "accept": "application/json"}
NAMES: Final = [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(JOBS)]


class Ending(Answering):
    """Jobs that live through their share of the longest life from the first poll on."""

    begun: ClassVar[dict[str, float]] = {}

    def news(self, name: str) -> dict[str, str]:
        """Whether the job *name* has ended by now."""
        share = 0.2 + 0.8 * zlib.crc32(name.encode()) / 2**32
        age = time.monotonic() - self.begun.setdefault(name, time.monotonic())
        return {"status": "COMPLETED"} if age >= share * LONGEST else {}


@frozen
class Cost:
    """Seconds by the clock and of the CPU, MiB, requests a job."""

    seconds: float
    cpu: float
    memory: float
    polls: float


async def loop(url: str) -> float:
    """The plain loop, a task for each job."""
    asked = 0
    limits = httpx.Limits(max_connections=CONNECTIONS)
    async with httpx.AsyncClient(limits=limits, timeout=60, headers=HEADERS) as client:

        async def follow(name: str) -> None:
            nonlocal asked
            while True:
                answer = await client.get(f"{url}/v1/jobs/{name}/status")
                asked += 1
                if answer.raise_for_status().json()["status"] in {"COMPLETED", "FAILED", "CANCELLED"}:
                    return
                await asyncio.sleep(GAP)

        await asyncio.gather(*(follow(name) for name in NAMES))
    return asked / JOBS


async def ours(url: str) -> float:
    """The same jobs in one call."""
    from jobwait import Policy, promptforge, wait_all_async

    async with promptforge.connect("k" * 40, base_url=url) as client:
        jobs = [promptforge.job(client, name) for name in NAMES]
        outcomes = await wait_all_async(jobs, policy=Policy(interval=GAP, min_interval=GAP), concurrency=CONNECTIONS)
    assert {"succeeded"} == {one.state for one in outcomes}
    return sum(one.polls for one in outcomes) / JOBS


async def ours_by_httpx(url: str) -> float:
    """The same where the extra [aiohttp] is not installed."""
    sys.modules["jobwait._http.engines.aiohttp_engine"] = None  # type: ignore[assignment]
    return await ours(url)


WAYS: Final[dict[str, Callable[[str], Awaitable[float]]]] = {
    "loop": loop,
    "jobwait, httpx": ours_by_httpx,
    "jobwait, aiohttp": ours,
}


def measure(way: str) -> Cost:
    """The cost of *way* in a process of its own."""
    with serving(NAME, "serve") as url:
        words = [sys.executable, "-W", "ignore", "-m", NAME, way, url]
        notified = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return Cost(*json.loads(notified))


def main(turns: int = 3) -> None:
    """Let the ways take turns, and print the medians and their ratios to the loop's."""
    found: dict[str, list[Cost]] = {way: [] for way in WAYS}
    for _ in range(turns):
        for way, costs in found.items():
            costs.append(measure(way))
    middle = {
        way: Cost(*(median(getattr(one, name) for one in costs) for name in ("seconds", "cpu", "memory", "polls")))
        for way, costs in found.items()
    }
    bare = middle["loop"]
    for way, cost in middle.items():
        ratios = f"{cost.seconds / bare.seconds:.2f} of the loop's time, {cost.cpu / bare.cpu:.2f} of its CPU"
        print(f"{way}: {cost.seconds:.1f} s, {cost.memory:.0f} MiB, {cost.polls:.1f} polls a job; {ratios}")


def _child(way: str, url: str) -> None:
    began: Any = time.monotonic()
    polls = asyncio.run(WAYS[way](url))  # type: ignore[arg-type]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.monotonic() - began, time.process_time(), peak, polls]))


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve(lambda: Ending(moves=True)))
    elif sys.argv[1:]:
        _child(*sys.argv[1:])
    else:
        main()
