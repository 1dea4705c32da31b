"""The jobs that the benchmark waits for: laws of how long they queue, run, and report. Times in seconds."""

from __future__ import annotations

import bisect
import heapq
import math
import random
from collections.abc import Callable
from typing import Any, Final

from attrs import field, frozen

from jobwait import Service, freeplay, fryte, promptforge

UNLIMITED: Final = 1e8  # seconds; the timeout is lifted out of the way
MOMENT: Final = "2026-01-01T00:00:00Z"
NAME: Final = "c3f1c944-a44c-4c07-ab52-7df7ba94024a"
PARTS: Final = 12

Timeline = Callable[[float], dict[str, Any]]


@frozen
class Job:
    """One job: what the service would say of it at any second, when it ends, and what a history keeps of it."""

    timeline: Timeline
    ended_at: float
    duration: float
    size: float | None = None


@frozen
class Workload:
    """A law of jobs. *scale* multiplies its medians, *spread* its sigmas: for sets that nobody tuned on."""

    name: str
    service: Service[Any, Any]
    make: Callable[[Dice], Job]
    progress_accurate: bool | None = None

    def jobs(self, seed: int, number: int, scale: float = 1.0, spread: float = 1.0) -> list[Job]:
        """*number* jobs; the same for the same *seed*."""
        return [self.make(Dice(f"{self.name}/{seed}/{index}", scale, spread)) for index in range(number)]


@frozen
class Dice:
    """The draws of one job."""

    seed: str
    scale: float = 1.0
    spread: float = 1.0
    random: random.Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "random", random.Random(self.seed))

    def lognormal(self, median: float, sigma: float) -> float:
        """A duration."""
        return self.scale * median * math.exp(self.spread * sigma * self.random.gauss(0, 1))

    def noise(self, sigma: float) -> float:
        """A factor around 1."""
        return math.exp(self.spread * sigma * self.random.gauss(0, 1))

    def queue(self, mean: float) -> float:
        """A time in the queue."""
        return self.scale * self.random.expovariate(1 / mean)


def batch(status: str, total: int | None, done: int | None) -> dict[str, Any]:
    """A status body of PromptForge."""
    return {
        "job_id": NAME,
        "status": status,
        "provider": "openai",
        "model": "gpt-4o-mini",
        "prompt_count": total,
        "completed_count": done,
        "failed_count": None if done is None else 0,
        "created_at": MOMENT,
        "started_processing_at": None,
        "completed_at": None,
    }


def _counted(queue: float, duration: float, total: int, count: Callable[[float], float]) -> Job:
    """A job whose *count* of *total* is told for every second of its run."""

    def timeline(t: float) -> dict[str, Any]:
        if t < queue:
            return batch("QUEUED", total, None)
        if t >= queue + duration:
            return batch("COMPLETED", total, total)
        return batch("PROCESSING", total, min(total, int(count(t - queue))))

    return Job(timeline, queue + duration, duration, total)


def _silent(queue: float, duration: float, total: int | None) -> Job:
    """A job that reports no count until it has ended."""

    def timeline(t: float) -> dict[str, Any]:
        if t < queue:
            return batch("QUEUED", total, None)
        if t >= queue + duration:
            return batch("COMPLETED", total, total or 0)
        return batch("PROCESSING", total, None)

    return Job(timeline, queue + duration, duration, total)


def _curve(duration: float, speeds: list[float], total: int) -> Callable[[float], float]:
    """The count at each second of a run whose equal parts go at these *speeds*, up to a common factor."""
    reached = [total * sum(speeds[:place]) / sum(speeds) for place in range(len(speeds) + 1)]

    def count(t: float) -> float:
        place, rest = divmod(t / duration * len(speeds), 1)
        low, high = reached[int(place)], reached[min(int(place) + 1, len(speeds))]
        return low + rest * (high - low)

    return count


def _uneven(sigma: float) -> Callable[[Dice], Job]:
    def make(dice: Dice) -> Job:
        queue, duration, total = dice.queue(40), dice.lognormal(300, 0.8), dice.random.randint(50, 2000)
        speeds = [dice.noise(sigma) for _ in range(PARTS)]
        return _counted(queue, duration, total, _curve(duration, speeds, total))

    return make


def _drain(dice: Dice) -> Job:
    queue = dice.scale * dice.random.uniform(5, 60)
    workers = [0.0] * 16
    done = []
    for _ in range(dice.random.randint(200, 1200)):
        free = heapq.heappop(workers) + dice.lognormal(6, 0.6)
        done.append(free)
        heapq.heappush(workers, free)
    done.sort()
    return _counted(queue, done[-1] + 2, len(done), lambda t: bisect.bisect_right(done, t))


def _throttled(dice: Dice) -> Job:
    """Three stretches of a ninth of the run each, in which the rate is a third."""
    queue, duration, total = dice.queue(40), dice.lognormal(300, 0.8), dice.random.randint(50, 2000)
    slow = set(dice.random.sample(range(9), 3))
    speeds = [dice.noise(0.1) * (1 / 3 if ninth in slow else 1) for ninth in range(9) for _ in range(4)]
    return _counted(queue, duration, total, _curve(duration, speeds, total))


def _lie(count: Callable[[float, int], float]) -> Callable[[Dice], Job]:
    def make(dice: Dice) -> Job:
        duration, total = dice.lognormal(300, 0.5), dice.random.randint(50, 2000)
        return _counted(10, duration, total, lambda t: count(t / duration, total))

    return make


def _real(dice: Dice) -> Job:
    total = dice.random.randint(50, 2000)
    return _silent(dice.lognormal(240, 0.7), dice.lognormal(200, 0.6) * total / 800, total)


STEPS: Final = (("baseline", 90), ("optimize", 240), ("test", 240), ("compare", 60))


def _steps(dice: Dice) -> Job:
    queue, speed = dice.queue(8), dice.noise(0.5)
    ends = [queue]
    for _, mean in STEPS:
        ends.append(ends[-1] + dice.scale * mean * speed * dice.noise(0.3))

    def timeline(t: float) -> dict[str, Any]:
        step = bisect.bisect_right(ends, t)
        body: dict[str, Any] = {
            "job_id": NAME,
            "status": "completed" if step > len(STEPS) else "running" if step else "pending",
            "prompt_template_id": NAME,
            "original_version_id": NAME,
            "run_test_after_optimization": True,
            "created_at": MOMENT,
        }
        if 0 < step <= len(STEPS):
            body["progress"] = {"step": step, "total_steps": len(STEPS), "step_name": STEPS[step - 1][0]}
        return body

    return Job(timeline, ends[-1], ends[-1])


def _tour(dice: Dice) -> Job:
    queue, duration = dice.scale * dice.random.uniform(0.5, 4), dice.lognormal(18, 0.4)

    def timeline(t: float) -> dict[str, Any]:
        status = "queued" if t < queue else "running" if t < queue + duration else "succeeded"
        return {"job_id": NAME, "status": status, "tour_id": 1, "optimization_id": 2}

    return Job(timeline, queue + duration, queue + duration)


def _heavy(dice: Dice) -> Job:
    return _silent(0, dice.scale * 20 * dice.random.paretovariate(1.5 / dice.spread), None)


def _bimodal(dice: Dice) -> Job:
    return _silent(0, dice.lognormal(dice.random.choice((30, 600)), 0.2), None)


def silent(draw: Callable[[Dice], float], name: str) -> Workload:
    """Jobs without queue or progress whose duration *draw* gives."""
    return Workload(name, promptforge.SERVICE, lambda dice: _silent(0, draw(dice), None))


WORKLOADS: Final = (
    Workload("counts, steady", promptforge.SERVICE, _uneven(0.1), progress_accurate=True),
    Workload("counts, uneven", promptforge.SERVICE, _uneven(0.4), progress_accurate=True),
    Workload("counts, drain", promptforge.SERVICE, _drain, progress_accurate=True),
    Workload("counts, throttled", promptforge.SERVICE, _throttled, progress_accurate=True),
    Workload(
        "counts, three times too fast",
        promptforge.SERVICE,
        _lie(lambda x, n: min(n - 1, 3 * n * x)),
        progress_accurate=False,
    ),
    Workload(
        "counts, three times too slow", promptforge.SERVICE, _lie(lambda x, n: n * x / 3), progress_accurate=False
    ),
    Workload("the real PromptForge", promptforge.SERVICE, _real),
    Workload("Freeplay, four steps", freeplay.SERVICE, _steps),
    Workload("FRYTE", fryte.SERVICE, _tour),
    Workload("heavy tail", promptforge.SERVICE, _heavy),
    Workload("bimodal", promptforge.SERVICE, _bimodal),
)
