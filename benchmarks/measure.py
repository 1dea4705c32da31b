"""Waiting for many simulated jobs on all cores, and what the figures are worth."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import fmean
from typing import Final

from attrs import frozen
from benchmarks.peers import at_the_pace, watch
from benchmarks.workloads import UNLIMITED, WORKLOADS, Dice, Job, Workload

from jobwait import Policy
from jobwait.testing import CompletedJob, InMemoryHistory, simulate

POLICY: Final = Policy(timeout=UNLIMITED)
HISTORY: Final = 30  # jobs in a history
SHARED: Final = 20  # jobs that wait with the same history
RESAMPLES: Final = 300


@frozen
class Sample:
    """One wait: its requests, its lateness, and how long its job lasted."""

    polls: float
    lateness: float
    lasted: float


@frozen
class Row:
    """What a way of waiting attains on a workload; *low* and *high* hold its product nineteen times in twenty."""

    polls: float
    lateness: float
    late: float
    product: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Row:
        """The row of *samples*; its interval by bootstrap."""
        dice = random.Random(0)
        products = sorted(product(dice.choices(samples, k=len(samples))) for _ in range(RESAMPLES))
        lateness = sorted(sample.lateness for sample in samples)
        return cls(
            fmean(sample.polls for sample in samples),
            fmean(lateness),
            lateness[int(0.95 * len(lateness))],
            product(samples),
            products[int(0.025 * RESAMPLES)],
            products[int(0.975 * RESAMPLES)],
        )


def product(samples: Iterable[Sample]) -> float:
    """Mean requests times mean lateness over mean duration."""
    polls, lateness, lasted = zip(*((one.polls, one.lateness, one.lasted) for one in samples), strict=True)
    return fmean(polls) * fmean(lateness) / fmean(lasted)


def ours(workload: Workload, job: Job, history: InMemoryHistory | None = None, policy: Policy = POLICY) -> Sample:
    """Our wait for *job*; its polls are held against the interval's limit."""
    report = simulate(workload.service, job.timeline, job.ended_at, policy, history=history)
    interval = workload.service.defaults.interval or 0.0
    assert all(sent >= interval * number - 1e-6 for number, sent in enumerate(report.polled_at)), (
        "the ceiling is broken"
    )
    assert report.lateness is not None, report.outcome
    return Sample(report.polls, report.lateness, job.ended_at)


def histories(workload: Workload, seed: int, number: int, factor: float = 1.0) -> list[CompletedJob]:
    """What 30 like jobs have shown; their durations wrong by *factor*."""
    jobs = workload.jobs(seed + 1_000_000 + number, HISTORY)
    return [CompletedJob(job.size, factor * job.duration, workload.progress_accurate) for job in jobs]


def _one(task: tuple[str, str, int, int, float, float]) -> Sample:
    """One wait, named in words that another process understands."""
    name, way, seed, number, scale, spread = task
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    job = workload.make(Dice(f"{name}/{seed}/{number}", scale, spread))
    if way == "ours":
        return ours(workload, job)
    if way == "ours, with a history":
        return ours(workload, job, InMemoryHistory(histories(workload, seed, number // SHARED)))
    if way == "fixed interval":
        defaults = workload.service.defaults
        return Sample(*at_the_pace(job, defaults.interval or 0.0, defaults.first_interval), job.ended_at)
    return Sample(*watch(way, job), job.ended_at)


def measure(
    pool: ProcessPoolExecutor, name: str, way: str, seed: int, jobs: int, scale: float = 1.0, spread: float = 1.0
) -> Row:
    """The row of one *way* of waiting for so many *jobs* of the workload called *name*."""
    tasks = [(name, way, seed, number, scale, spread) for number in range(jobs)]
    return Row.of(list(pool.map(_one, tasks, chunksize=25)))
