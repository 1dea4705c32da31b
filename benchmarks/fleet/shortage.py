"""
A budget of half the need: who is polled next, against round-robin that spends the same budget.

500 jobs of PromptForge, half LN(60, .5) and half LN(600, .5) long, begin within ten minutes; a poll of each at every
interval would need twice the requests that the account may send.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Iterable
from statistics import fmean
from typing import Any

from attrs import evolve, frozen
from benchmarks.fleet.world import Life, World

from jobwait import promptforge
from jobwait._model.limits import Limit
from jobwait._polling.duration_model import CompletedJob, InMemoryHistory
from jobwait.fleet.fleet_job import FleetOptions

JOBS, PACE, SPREAD = 500, 5.0, 600.0
KINDS, SIGMA = (60, 600), 0.5  # medians of the durations, and the deviation of their logarithms
SIZES = {60: 80, 600: 800}  # prompts of a job, in step with its length
BODY = {"provider": "openai", "model": "m", "created_at": "2026-01-01T00:00:00Z"}


@frozen
class Figures:
    """What one way of spending the budget attained."""

    lateness: float
    longest: float
    requests: int
    max_interval: float


def lives(seed: int, *, counts: bool) -> list[Life]:
    """The jobs; with *counts* they report how far they are, as the documentation has it."""
    rng = random.Random(seed)
    made = []
    for number in range(JOBS):
        median = KINDS[number % 2]
        life = Life({"job_id": f"{number}"}, rng.uniform(0, SPREAD), 0.0, dict)
        life.ended = life.began + rng.lognormvariate(math.log(median), SIGMA)
        life.body = lambda at, life=life, size=SIZES[median]: _body(life, size, at, counts)  # type: ignore[misc]
        made.append(life)
    return made


def _body(life: Life, size: int, at: float, counts: bool) -> dict[str, Any]:
    share = min(1.0, max(0.0, (at - life.began) / (life.ended - life.began)))
    over = at >= life.ended
    done = int(share * size) if counts or over else None
    status = "COMPLETED" if over else "PROCESSING"
    return {**BODY, "job_id": life.job_id, "status": status, "prompt_count": size, "completed_count": done}


def completed_job(seed: int) -> InMemoryHistory:
    """The history of 30 like jobs."""
    rng = random.Random(f"past {seed}")
    return InMemoryHistory(
        CompletedJob(SIZES[median], rng.lognormvariate(math.log(median), SIGMA)) for median in KINDS for _ in range(15)
    )


def half_the_need(jobs: Iterable[Life]) -> Limit:
    """Half of what a poll at each job at every interval would take at the busiest."""
    ends = sorted(life.ended for life in jobs)
    starts = sorted(life.began for life in jobs)
    busiest = max(place + 1 - sum(end < start for end in ends) for place, start in enumerate(starts))
    return Limit(max(2, int(busiest / PACE / 2 * 10)), 10.0)


def ours(jobs: list[Life], limit: Limit, history: InMemoryHistory | None) -> Figures:
    """The fleet's way."""
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    world = World(evolve(promptforge.SERVICE, serial_queue=None), client)
    options = FleetOptions(limits={"promptforge": limit}, limiters=world.limiters)
    world.run(jobs, options, **({} if history is None else {"history": history}))
    late = world.lateness()
    return Figures(fmean(late), max(late), world.requests, max(life.max_interval for life in jobs))


def round_robin(jobs: list[Life], per_second: float) -> Figures:
    """Each in turn, no more often than the interval."""
    now, requests, max_interval = 0.0, 0, 0.0
    arrivals = deque(sorted(jobs, key=lambda life: life.began))
    turn: deque[tuple[float, Life]] = deque()
    late = []
    while arrivals or turn:
        while arrivals and arrivals[0].began <= now:
            life = arrivals.popleft()
            turn.append((life.began, life))
        ready = turn and turn[0][0] + PACE <= now
        if not ready:
            now = min([turn[0][0] + PACE] if turn else [math.inf], [arrivals[0].began] if arrivals else [math.inf])[0]
            continue
        last, life = turn.popleft()
        requests += 1
        max_interval = max(max_interval, now - last)
        if now >= life.ended:
            late.append(now + 0.05 - life.ended)
        else:
            turn.append((now, life))
        now += 1 / per_second
    return Figures(fmean(late), max(late), requests, max_interval)


def figures(seed: int) -> dict[str, tuple[Figures, Figures]]:
    """Ours and round-robin, for what the jobs tell."""
    found = {}
    for name, counts, history in (
        ("counts", True, None),
        ("history", False, completed_job(seed)),
        ("nothing", False, None),
    ):
        jobs = lives(seed, counts=counts)
        limit = half_the_need(jobs)
        mine = ours(jobs, limit, history)
        found[name] = (mine, round_robin(lives(seed, counts=counts), limit.requests / limit.seconds))
    return found


if __name__ == "__main__":
    for name, (mine, other) in figures(11).items():
        print(name, mine, other, f"{other.lateness / mine.lateness:.2f}")
