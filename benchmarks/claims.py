"""The claims about the schedule that are no row of a table: the guarantee, wrong histories, Keller's bound, trust."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from statistics import fmean
from typing import Any, Final

from attrs import frozen
from benchmarks.best import best, with_ideal_history
from benchmarks.measure import HISTORY, POLICY, SHARED, Sample, histories, ours, product
from benchmarks.peers import at_the_pace
from benchmarks.workloads import WORKLOADS, Dice, Job, Workload, batch, silent

from jobwait import promptforge
from jobwait._polling.duration_model import DurationModel
from jobwait.testing import InMemoryHistory, simulate

GRID: Final = 4000


@frozen
class Shape:
    """A law of durations: its draws, and its survivors at an age in seconds."""

    name: str
    draw: Callable[[Dice], float]
    survivors: Callable[[float], float]
    longest: float

    def bound(self) -> float:
        """Keller's bound: the least product that any rule without knowledge of the job itself can have."""
        step = self.longest / GRID
        alive = [self.survivors(step * place) for place in range(GRID + 1)]
        roots = sum(
            math.sqrt(max(0.0, before - after) / step * (before + after) / 2) * step
            for before, after in pairwise(alive)
        )
        return roots**2 / 2 / (sum(alive) * step)


def _lognormal(sigma: float) -> Shape:
    return Shape(
        f"lognormal {sigma}",
        lambda dice: 300 * math.exp(sigma * dice.random.gauss(0, 1)),
        lambda age: math.erfc(math.log(age / 300) / sigma / math.sqrt(2)) / 2 if age else 1.0,
        300 * math.exp(5 * sigma),
    )


def _weibull(shape: float) -> Shape:
    return Shape(
        f"Weibull {shape}",
        lambda dice: dice.random.weibullvariate(300, shape),
        lambda age: math.exp(-((age / 300) ** shape)),
        300 * 12 ** (1 / shape),
    )


def _gamma(shape: int) -> Shape:
    def survivors(age: float) -> float:
        x = age / 300 * shape
        return math.exp(-x) * sum(x**power / math.factorial(power) for power in range(shape))

    return Shape(f"gamma {shape}", lambda dice: dice.random.gammavariate(shape, 300 / shape), survivors, 1500)


SHAPES: Final = (_lognormal(0.2), _lognormal(0.5), _lognormal(0.8), _gamma(4), _gamma(10), _weibull(2), _weibull(3))


def _with_history(task: tuple[int, int, int]) -> list[Sample]:
    place, seed, number = task
    workload = silent(SHAPES[place].draw, SHAPES[place].name)
    history = histories(workload, seed, number)
    return [ours(workload, job, InMemoryHistory(history)) for job in workload.jobs(seed + number, SHARED)]


def keller(pool: ProcessPoolExecutor, seed: int, number: int) -> list[tuple[str, float, float]]:
    """For each law: its name, the product with a history of 30, and Keller's bound."""
    rows = []
    for place, shape in enumerate(SHAPES):
        samples = pool.map(_with_history, [(place, seed, each) for each in range(number)], chunksize=5)
        rows.append((shape.name, product(sample for some in samples for sample in some), shape.bound()))
    return rows


@frozen
class Bounded:
    """A product with a history of 30, with one that is an ideal sample, and that of the best schedule there is."""

    name: str
    ours: float
    ideal: float
    best: float


BLIND: Final = ("FRYTE", "heavy tail", "bimodal")


def _bounded(task: tuple[str, float, int, int]) -> Bounded:
    name, attained, seed, number = task
    shapes = {shape.name: silent(shape.draw, shape.name) for shape in SHAPES}
    workload = shapes.get(name) or next(workload for workload in WORKLOADS if workload.name == name)
    return Bounded(name, attained, with_ideal_history(workload, seed, number), best(workload, seed))


def bounded(pool: ProcessPoolExecutor, attained: dict[str, float], seed: int, number: int) -> list[Bounded]:
    """For each law or workload with the product that was *attained*: how much of the rest is for want of knowledge."""
    return list(pool.map(_bounded, [(name, product, seed, number) for name, product in attained.items()]))


def _constant(length: float, kind: str) -> Callable[[Dice], Job]:
    """Jobs of nearly one length whose reports are of that *kind*."""

    def make(dice: Dice) -> Job:
        duration = length * (1 + 0.05 * dice.random.uniform(-1, 1))

        def timeline(t: float) -> dict[str, Any]:
            if t >= duration:
                return batch("COMPLETED", 100, 100)
            if kind == "ends in the queue":
                return batch("QUEUED", 100, None)
            share = t / duration
            done = {"a third": share / 3, "99 at once": 0.99 if share > 0.02 else 0, "three times": 3 * share}[kind]
            return batch("PROCESSING", 100, min(99, int(100 * done)))

        return Job(timeline, duration, duration, 100)

    return make


KINDS: Final = ("ends in the queue", "a third", "99 at once", "three times")
LENGTHS: Final = (20.0, 60.0, 200.0, 600.0, 2000.0, 5000.0)


def _constants(task: tuple[float, str, int, int]) -> tuple[list[Sample], list[Sample]]:
    length, kind, seed, number = task
    workload = Workload(f"{kind} {length}", promptforge.SERVICE, _constant(length, kind))
    jobs = workload.jobs(seed, number)
    fixed = [Sample(*at_the_pace(job, 5.0, 5.0), job.ended_at) for job in jobs]
    return [ours(workload, job) for job in jobs], fixed


def guarantee(pool: ProcessPoolExecutor, seed: int, number: int) -> list[tuple[str, float, float]]:
    """For each lie and length: the product as a multiple of the fixed interval's."""
    tasks = [(length, kind, seed, number) for kind in KINDS for length in LENGTHS]
    rows = []
    for (length, kind, _, _), (mine, fixed) in zip(tasks, pool.map(_constants, tasks), strict=True):
        rows.append((kind, length, product(mine) / product(fixed)))
    return rows


def _wrong(task: tuple[str, float, int, int]) -> list[tuple[Sample, Sample]]:
    name, factor, seed, number = task
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    process_history = histories(workload, seed, number, factor)
    defaults = workload.service.defaults
    return [
        (
            ours(workload, job, InMemoryHistory(process_history)),
            Sample(*at_the_pace(job, defaults.interval or 0.0, defaults.first_interval), job.ended_at),
        )
        for job in workload.jobs(seed + number, SHARED)
    ]


SILENT: Final = ("FRYTE", "heavy tail", "the real PromptForge", "bimodal")


def wrong_histories(pool: ProcessPoolExecutor, seed: int, number: int) -> list[tuple[str, float, float]]:
    """For histories wrong by four times either way: the product as a multiple of the fixed interval's."""
    rows = []
    for name in SILENT:
        for factor in (0.25, 4.0):
            tasks = [(name, factor, seed, each) for each in range(number)]
            pairs = [pair for some in pool.map(_wrong, tasks, chunksize=5) for pair in some]
            rows.append((name, factor, product(pair[0] for pair in pairs) / product(pair[1] for pair in pairs)))
    return rows


def _trains(task: tuple[str, int]) -> bool:
    name, seed = task
    workload = next(workload for workload in WORKLOADS if workload.name == name)
    process_history = InMemoryHistory()
    for job in workload.jobs(seed, HISTORY):
        simulate(workload.service, job.timeline, job.ended_at, POLICY, history=process_history)
    duration_model = DurationModel.of(process_history.completed_jobs(), None)
    return duration_model is not None and duration_model.trusted


def trust(pool: ProcessPoolExecutor, seed: int, number: int) -> list[tuple[str, float]]:
    """How often 30 real waits earn trust: for each workload with counts."""
    names = [workload.name for workload in WORKLOADS if workload.progress_accurate is not None]
    return [(name, fmean(pool.map(_trains, [(name, seed + each) for each in range(number)]))) for name in names]
