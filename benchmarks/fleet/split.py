"""
The most that a split of a rate can gain over round-robin, for jobs that report nothing.

The lateness of a job that is polled n times a second is 1 / 2n on average, so that of all is least where n is
proportional to the root of the hazard, as far as that is known; no job is polled more often than its interval allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.fleet.shortage import KINDS, PACE, SIGMA, half_the_need, lives
from benchmarks.fleet.world import Life

from jobwait._model.limits import Limit

STEP: Final = 5.0  # seconds
Hazard = Callable[[float, int], float]


def _density(age: float, median: float) -> float:
    z = math.log(age / median) / SIGMA
    return math.exp(-z * z / 2) / (age * SIGMA * math.sqrt(2 * math.pi))


def _lasting(age: float, median: float) -> float:
    return max(math.erfc(math.log(age / median) / SIGMA / math.sqrt(2)) / 2, 1e-12)


def by_kind(age: float, kind: int) -> float:
    """The hazard if the kind of each job is known."""
    return _density(age, kind) / _lasting(age, kind)


def by_age(age: float, _: int) -> float:
    """The hazard if only the distribution of all jobs is."""
    return sum(_density(age, kind) for kind in KINDS) / sum(_lasting(age, kind) for kind in KINDS)


def of_seed(seed: int, known: Hazard) -> float:
    """The gain for the jobs of *seed*, at half of what they need."""
    jobs = lives(seed, counts=False)
    return gain(jobs, half_the_need(jobs), known)


def gain(jobs: Sequence[Life], limit: Limit, known: Hazard) -> float:
    """Round-robin's lateness over that of the best split by the hazard that is *known*."""
    rate, best, usual, now = limit.requests / limit.seconds, 0.0, 0.0, 0.0
    kinds = [(life, KINDS[number % len(KINDS)]) for number, life in enumerate(jobs)]
    while now < max(life.ended for life in jobs):
        now += STEP
        running = [(now - life.began, kind) for life, kind in kinds if life.began < now < life.ended]
        polled = _split([math.sqrt(known(age, kind)) for age, kind in running], rate)
        for (age, kind), rate_of_job in zip(running, polled, strict=True):
            best += by_kind(age, kind) / rate_of_job
            usual += by_kind(age, kind) / min(1 / PACE, rate / len(running))
    return usual / best


def _split(shares: Sequence[float], rate: float) -> list[float]:
    """*rate* by *shares*; what one job may not have is left to the others."""
    most, full = 1 / PACE, set[int]()
    if most * len(shares) <= rate:
        return [most] * len(shares)
    while True:
        rest = rate - most * len(full)
        unit = rest / sum(share for number, share in enumerate(shares) if number not in full)
        more = {number for number, share in enumerate(shares) if number not in full and share * unit > most}
        if not more:
            return [most if number in full else max(share * unit, 1e-9) for number, share in enumerate(shares)]
        full |= more
