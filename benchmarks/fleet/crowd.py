"""
A hundred thousand jobs in one process at a real local server, for ten minutes: whether polls are on time, and memory.

`make bench-crowd`; with a number of jobs and of seconds: `python -m benchmarks.fleet.crowd 2000 60`.

One job in ten ends while we watch, at a time that the server knows. All jobs are given at once, so the first polls wait
for their turns; after that each job is polled once in half of the time.
"""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import quantiles
from typing import Any, Final

from attrs import define, field
from benchmarks.fleet.memory import resident
from benchmarks.fleet.served import Answering, serve, serving

from jobwait import Limit, Policy, Stop, as_completed_async, promptforge
from jobwait.fleet.scheduler import PendingRequest, Scheduler

NAME: Final = "benchmarks.fleet.crowd"
JOBS, SECONDS = 100_000, 600.0
ENDS: Final = 10  # one job in so many ends
MARKS: Final = (0.6, 0.8, 1.0)  # shares of the time at which memory is read


class Ending(Answering):
    """Answers of a service at which one job in ENDS ends, at its own time within *seconds*."""

    began = time.time()

    def __init__(self, seconds: float) -> None:
        super().__init__(moves=True)
        self.seconds = seconds

    def news(self, name: str) -> dict[str, str]:
        """What else there is to say of the job: whether it has ended, and when."""
        number = int(name[-12:])
        end = self.began + self.seconds * (number * 0.618034 % 1)
        if number % ENDS or time.time() < end:
            return {}
        return {"status": "COMPLETED", "completed_at": datetime.fromtimestamp(end, UTC).isoformat()}


@define
class Watched:
    """What was seen: seconds by which polls after the first were sent after they were due; memory at each mark."""

    polls: int = 0
    behind: list[float] = field(factory=list)
    marks: list[float] = field(factory=list)

    def counting(self, find: Callable[..., Any]) -> Callable[..., Any]:
        """*find*, which finds the next request, counted."""

        def found(scheduler: Scheduler, *, room: bool = True) -> Any:
            request = find(scheduler, room=room)
            if isinstance(request, PendingRequest) and request.job is not None:
                self.polls += 1
                if request.job.wait_state is not None:
                    self.behind.append(request.sent - request.job.due)
            return request

        return found


async def watch(url: str, jobs: int, seconds: float) -> dict[str, float]:
    """The figures of *jobs* that are waited for during so many *seconds*."""
    watched, stop = Watched(), Stop()
    await _warmed(url)
    Scheduler.next = watched.counting(Scheduler.next)  # type: ignore[method-assign]
    begun, before, cpu = time.monotonic(), resident(), time.process_time()

    async def marks() -> None:
        for mark in MARKS:
            await asyncio.sleep(begun + mark * seconds - time.monotonic())
            watched.marks.append(resident())
        stop.set()

    async with promptforge.connect("k" * 40, base_url=url) as client:
        handles = (promptforge.job(client, f"3f7a1c2e-0000-4000-8000-{number:012d}") for number in range(jobs))
        policy, limits = (
            Policy(interval=seconds / 2, min_interval=seconds / 2, timeout=86400),
            {"promptforge": Limit(10**6)},
        )
        timer = asyncio.ensure_future(marks())
        ended = as_completed_async(handles, policy=policy, limits=limits, stop=stop)
        seen = [one async for one in ended if one.state == "succeeded" and one.polls > 1]
        late = [(one.seen_at - one.snapshot.completed_at).total_seconds() for one in seen]
        await timer
    return {
        "jobs": jobs,
        "seconds": seconds,
        "polls": watched.polls,
        "ended": len(late),
        "first": watched.polls - len(watched.behind),
        "late": _quantile(late, 50),
        "latest": _quantile(late, 99),
        "behind": _quantile(watched.behind, 50),
        "behind_99": _quantile(watched.behind, 99),
        "each": (watched.marks[0] - before) / jobs,
        "grown": watched.marks[-1] - watched.marks[0],
        "cpu": (time.process_time() - cpu) / seconds,
    }


def _quantile(values: list[float], percent: int) -> float:
    """A percentile; nan if there are not two *values*."""
    return quantiles(values, n=100)[percent - 1] if len(values) > 1 else math.nan


async def _warmed(url: str) -> None:
    """Import and make what the first fleet needs."""
    stop = Stop()
    asyncio.get_running_loop().call_later(2.0, stop.set)
    async with promptforge.connect("k" * 40, base_url=url) as client:
        handles = [promptforge.job(client, f"3f7a1c2e-0000-4000-8000-{number:012d}") for number in range(50)]
        async for _ in as_completed_async(handles, stop=stop):
            pass


def figures(jobs: int = JOBS, seconds: float = SECONDS) -> dict[str, float]:
    """The figures, from a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", NAME, "watch", str(jobs), str(seconds)]
    found: dict[str, float] = json.loads(subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return found


def table(found: dict[str, float]) -> str:
    """The *found* figures as a table."""
    jobs, seconds = found["jobs"], found["seconds"]
    share = 100 * (MARKS[-1] - MARKS[0])
    lines = [
        f"| {jobs:.0f} jobs, {seconds:.0f} s, a poll of each in {seconds / 2:.0f} s, a real local server | figure |",
        "|---|---|",
        f"| polls sent, first ones among them | {found['polls']:.0f}, {found['first']:.0f} |",
        f"| share of one core | {found['cpu']:.2f} |",
        f"| from due to sent: median, 99th percentile, s | {found['behind']:.2f}, {found['behind_99']:.2f} |",
        f"| from the end to its outcome: median, 99th percentile, s | {found['late']:.0f}, {found['latest']:.0f} |",
        f"| bytes a job, its last body and its prepared request included | {found['each']:.0f} |",
        f"| MiB grown in the last {share:.0f} % of the time | {found['grown'] / 2**20:.1f} |",
    ]
    return "\n".join(lines)


def main(words: list[str]) -> None:
    """Serve, watch in this process, or print the table."""
    if words[:1] == ["serve"]:
        asyncio.run(serve(lambda: Ending(float(words[1]))))
    elif words[:1] == ["watch"]:
        with serving(NAME, "serve", words[2]) as url:
            print(json.dumps(asyncio.run(watch(url, int(words[1]), float(words[2])))))
    else:
        jobs, seconds = (int(words[0]), float(words[1])) if words else (JOBS, SECONDS)
        print(table(figures(jobs, seconds)))


if __name__ == "__main__":
    main(sys.argv[1:])
