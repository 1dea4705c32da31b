"""
Memory: what a waiting job costs, part by part, and whether it grows with the polls.

A job's bytes are those by which the process grows, in a process of its own: with the handle and all that jobwait keeps,
without the text of its id, which is the caller's, and without the last body. The parts are the objects of one job that
no other job has, in the sizes that CPython's allocator gives them.
"""

from __future__ import annotations

import gc
import itertools
import os
import subprocess
import sys
import types
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from attrs import define
from benchmarks.fleet.served import STATUS
from benchmarks.fleet.world import EPOCH, Life, NoTimes, World, answer

from jobwait import Lateness, Limit, Policy, promptforge
from jobwait._polling.commands import Notify, Poll, Result
from jobwait.fleet.accounts import Account
from jobwait.fleet.fleet_job import FleetJob, FleetOptions
from jobwait.fleet.scheduler import PendingRequest, Scheduler

DAY = 86400.0
LATENCY, IN_FLIGHT = 0.01, 64
ALL, ONE_AN_HOUR = Limit(10**6), Limit(1, 3600)
SHARED: Final = (type, types.ModuleType, types.FunctionType, types.MethodType, types.CodeType, Account, FleetOptions)
WORDS: Final = {
    "FleetJob": "its place in the fleet, which is its wake-up too",
    "JobState": "what is known of it, and who waits for it",
    "Wait": "the clock and the counts of its wait",
    "Observation": "the last observation",
    "ProgressHistory": "the history of its progress",
    "CachedSnapshot": "the last snapshot, but its body",
    "Progress": "its progress",
    "PromptForgeJob": "the handle",
    "OneId": "its id, by name",
    "float": "times",
    "int": "numbers",
    "tuple": "what was last told of it, and its waits",
    "bytes": "the rate of its progress",
}


def resident() -> float:
    """This process's memory in bytes."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def ids(jobs: int) -> list[str]:
    """The ids of *jobs*."""
    return [f"3f7a1c2e-0000-4000-8000-{number:012d}" for number in range(jobs)]


@define(eq=False)
class Fleet:
    """A fleet of *jobs* in virtual time that never end; their counts rise at each poll, so no body is like the last."""

    jobs: int
    limit: Limit
    now: float = 0.0
    polls: int = 0

    def scheduler(self, names: list[str]) -> Scheduler:
        """The scheduler, with the jobs *names*, as many as there are."""
        client = promptforge.connect("key", base_url="http://127.0.0.1:9")
        options = FleetOptions(policy=Policy(timeout=DAY), limits={"promptforge": self.limit})
        scheduler = Scheduler(options, self.tick, self.told, heard=lambda: False)
        for name in names:
            scheduler.add(promptforge.job(client, name))
        return scheduler

    def tick(self) -> Result:
        """The time."""
        return Result(self.now, EPOCH + self.now)

    def told(self, _: Notify) -> Result:
        """Nobody listens to updates."""
        return self.tick()

    def drive(self, scheduler: Scheduler, polls: int) -> None:
        """Answer so many *polls*."""
        flights: deque[tuple[float, PendingRequest]] = deque()
        while self.polls < polls:
            found = scheduler.next(room=len(flights) < IN_FLIGHT)
            if isinstance(found, PendingRequest):
                flights.append((self.now + LATENCY, found))
                continue
            times = [flights[0][0]] if flights else []
            self.now = max(self.now, min([*times, *([] if found is None else [self.now + found])]))
            while flights and flights[0][0] <= self.now:
                self.take(scheduler, flights.popleft()[1])

    def take(self, scheduler: Scheduler, request: PendingRequest) -> None:
        """Answer *request*."""
        self.polls += 1
        assert isinstance(request.command, Poll)
        name = request.command.ids["job_id"]
        body = {**STATUS, "job_id": name, "completed_count": 257 + self.polls // self.jobs}
        scheduler.take(request, answer(body))


def _of(jobs: int, polls: int, limit: Limit) -> float:
    """Bytes a job of *jobs*, after so many *polls*."""
    warm = Fleet(100, ALL)
    warm.drive(warm.scheduler(ids(100)), 300)
    fleet, names = Fleet(jobs, limit), ids(jobs)
    before = resident()
    scheduler = fleet.scheduler(names)
    fleet.drive(scheduler, polls)
    return (resident() - before - sum(map(_body, scheduler._jobs))) / jobs


def _body(job: FleetJob | None) -> int:
    cached = None if job is None else job.job_state.cached
    return 0 if cached is None else _size(cached._body)


def _size(one: object) -> int:
    return -(-sys.getsizeof(one) // 16) * 16


def parts(polls: int, limit: Limit) -> Counter[str]:
    """The bytes of one job among a few, after so many *polls* of all, by the class of the object."""
    fleet = Fleet(400, limit)
    scheduler = fleet.scheduler(ids(fleet.jobs))
    fleet.drive(scheduler, polls)
    one, other = (job for job in (scheduler._jobs[300], scheduler._jobs[350]) if job is not None)
    shared, found = _reached(other), Counter[str]()
    for key, part in _reached(one).items():
        is_body = one.job_state.cached is not None and part is one.job_state.cached._body
        if key not in shared and not is_body and not isinstance(part, str):
            found[type(part).__name__] += _size(part)
    return found


def _reached(job: FleetJob | None) -> dict[int, object]:
    """All objects that *job* holds, by their id."""
    found: dict[int, object] = {}
    todo: list[object] = [job]
    while todo:
        one = todo.pop()
        if id(one) not in found and not isinstance(one, SHARED):
            found[id(one)] = one
            todo.extend(gc.get_referents(one))
    return found


def waiting(jobs: int) -> float:
    """Bytes a job, once each has been polled twice."""
    return _of(jobs, 2 * jobs, ALL)


def never_asked(jobs: int) -> float:
    """Bytes a job while all but the first wait for the turn of their first poll."""
    return _of(jobs, 1, ONE_AN_HOUR)


class _Enough(Exception):
    """All polls have been taken."""


def growth(polls: int) -> float:
    """Bytes by which the process has grown between a tenth of the *polls* and all of them."""
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    made = World(promptforge.SERVICE, client, latency=0.01, times=NoTimes())
    lives = [Life({"job_id": name}, 0.0, 1e12, _running(name)) for name in ids(500)]
    marks: dict[int, float] = {}

    def seen(_: Any) -> None:
        for mark in (polls // 10, polls):
            if mark not in marks and made.requests >= mark:
                marks[mark] = resident()
        if polls in marks:
            raise _Enough

    steady = Policy(
        interval=1.0, min_interval=1.0, aim=Lateness(0.5), timeout=1e8
    )  # a poll a second, however long it takes
    with suppress(_Enough):
        made.run(lives, FleetOptions(policy=steady, limiters=made.limiters, on_update=seen))
    return marks[polls] - marks[polls // 10]


def _running(name: str) -> Any:
    """The status of a job that goes on; its prompts move by one at each poll, so that no body is like the last."""
    count = itertools.count()
    return lambda _: {**STATUS, "job_id": name, "completed_count": next(count) % 500}


WAYS: Final[dict[str, Callable[[int], float]]] = {"waiting": waiting, "never": never_asked, "growth": growth}


def figure(way: str, number: int) -> float:
    """What *way* measures, in a process of its own."""
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.fleet.memory", way, str(number)]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def table(jobs: int = 100_000, polls: int = 10**6) -> str:
    """The figures and the parts, as tables."""
    asked, never = figure("waiting", jobs), figure("never", jobs)
    lines = [
        "| memory | figure | asked |",
        "|---|---|---|",
        f"| bytes a waiting job beyond its last body, {jobs} jobs | {asked:.0f} | 2048 |",
        f"| bytes a job that was never polled, {jobs} jobs | {never:.0f} | 1024 |",
        f"| bytes grown from {polls // 10} to {polls} polls | {figure('growth', polls):.0f} | none |",
        "",
        "| the parts of a job, bytes | polled twice | never polled |",
        "|---|---|---|",
    ]
    twice, none = parts(900, ALL), parts(1, ONE_AN_HOUR)
    for name, size in twice.most_common():
        lines.append(f"| {WORDS.get(name, name)} (`{name}`) | {size} | {none[name] or ''} |")
    rest = (asked - twice.total(), never - none.total())
    lines.append(f"| tables of the fleet, and what the allocator adds | {rest[0]:.0f} | {rest[1]:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:]:
        print(WAYS[sys.argv[1]](int(sys.argv[2])))
    else:
        print(table(20_000, 30_000))
