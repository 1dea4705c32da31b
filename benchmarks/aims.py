"""How well `MaxRequests` keeps its number, and what it says of the delay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from statistics import fmean
from typing import Final

from attrs import frozen
from benchmarks.measure import SHARED, histories
from benchmarks.workloads import WORKLOADS

from jobwait import MaxRequests, Policy
from jobwait.testing import InMemoryHistory, simulate

NUMBERS: Final = (20, 40)
CASES: Final = (
    ("Freeplay, four steps", False),
    ("the real PromptForge", True),
    ("bimodal", True),
    ("the real PromptForge", False),
    ("bimodal", False),
)
DAY: Final = 86_400.0


@frozen
class Kept:
    """What one aim attained: mean requests and lateness in seconds, and the lateness that the last update told."""

    requests: float
    lateness: float
    told: float


def _one(task: tuple[str, bool, int, int, int]) -> tuple[int, float, float | None]:
    name, known, most, seed, number = task
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    job = workload.jobs(seed + number, 1)[0]
    history = InMemoryHistory(histories(workload, seed, number // SHARED)) if known else None
    policy = Policy(timeout=DAY, aim=MaxRequests(most))
    report = simulate(workload.service, job.timeline, job.ended_at, policy, history=history)
    assert report.lateness is not None, report.outcome
    return report.polls, report.lateness, _told([update.why for update in report.updates], job.ended_at)


def _told(whys: list[str], lasted: float) -> float | None:
    """Seconds, of the last of *whys* that tell a delay; None if the first poll finds the job ended."""
    found = [match for match in (re.search(r"about ([\d.e+]+)( s|%)", why) for why in whys) if match is not None]
    if not found:
        return None
    return float(found[-1][1]) * (lasted / 100 if found[-1][2] == "%" else 1.0)


def max_requests(pool: ProcessPoolExecutor, seed: int, jobs: int) -> Iterator[tuple[str, bool, int, Kept]]:
    """For each case, with or without a history, and number: what was kept."""
    for name, known in CASES:
        for most in NUMBERS:
            found = list(pool.map(_one, [(name, known, most, seed, number) for number in range(jobs)], chunksize=25))
            polls, lateness, told = zip(*found, strict=True)
            yield (
                name,
                known,
                most,
                Kept(fmean(polls), fmean(lateness), fmean(each for each in told if each is not None)),
            )
