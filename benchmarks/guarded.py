"""
The least product of a schedule that guards against a wrong history: the bound for jobs of two kinds.

It knows how long jobs of both kinds take, and that all may take longer or shorter by one factor. Polls are a density
over the age, in continuous time: no interval binds, and no poll is late by a round trip.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final

from attrs import frozen

MEDIANS, SIGMA = (30.0, 600.0), 0.2  # of the workload "bimodal"
FACTORS: Final = (0.25, 0.35, 0.5, 0.71, 1.0, 1.41, 2.0, 2.83, 4.0)
RIGHT: Final = FACTORS.index(1.0)
WEIGHTS: Final = (0.05, 0.1, 0.2, 0.3, 0.5)  # of each wrong factor in the sum that is made small, by the right one's
SHORTEST, LONGEST, POINTS = 1.0, 12_000.0, 700
ROUNDS: Final = 150
AGES: Final = tuple(SHORTEST * (LONGEST / SHORTEST) ** (place / POINTS) for place in range(POINTS + 1))
WIDTHS: Final = tuple(after - before for before, after in itertools.pairwise(AGES))
Density = Sequence[float]


@frozen
class Jobs:
    """Jobs of both kinds, if all are longer by a factor: the share that is *lasting*, and *ends* between two ages."""

    lasting: Sequence[float]
    ends: Sequence[float]

    @classmethod
    def of(cls, factor: float) -> Jobs:
        """Half of them are of each kind."""
        scale = SIGMA * math.sqrt(2)
        share = [
            sum(math.erfc(math.log(age / (median * factor)) / scale) for median in MEDIANS) / (2 * len(MEDIANS))
            for age in AGES
        ]
        pairs = list(itertools.pairwise(share))
        return cls([(before + after) / 2 for before, after in pairs], [before - after for before, after in pairs])

    def requests(self, density: Density) -> float:
        """How many polls a job gets on average."""
        return math.fsum(a * b * c for a, b, c in zip(density, self.lasting, WIDTHS, strict=True))

    def lateness(self, density: Density) -> float:
        """How late its end is seen on average."""
        return math.fsum(end / (2 * each) for end, each in zip(self.ends, density, strict=True))

    def product(self, density: Density) -> float:
        """Requests times lateness, as a multiple of that of a fixed interval."""
        mean = math.fsum(a * b for a, b in zip(self.lasting, WIDTHS, strict=True))
        return self.requests(density) * self.lateness(density) / (mean / 2)


def guarded() -> list[tuple[float, float]]:
    """The product if the history is right, and the worst if it is wrong, by the weight of the wrong factors."""
    jobs = [Jobs.of(factor) for factor in FACTORS]
    rows = []
    for weight in WEIGHTS:
        products = [each.product(_density(jobs, weight)) for each in jobs]
        rows.append((products.pop(RIGHT), max(products)))
    return rows


def _density(jobs: Sequence[Jobs], weight: float) -> Density:
    """The density that makes the weighted sum of the products' logarithms least: that is where it does not change."""
    weights = [1.0 if place == RIGHT else weight for place in range(len(jobs))]
    density: list[float] = [1.0] * len(WIDTHS)
    for _ in range(ROUNDS):
        late = [part / each.lateness(density) / 2 for part, each in zip(weights, jobs, strict=True)]
        sent = [part / each.requests(density) for part, each in zip(weights, jobs, strict=True)]
        for place, width in enumerate(WIDTHS):
            gain = sum(a * each.ends[place] for a, each in zip(late, jobs, strict=True)) / width
            cost = sum(a * each.lasting[place] for a, each in zip(sent, jobs, strict=True))
            best = math.sqrt(max(gain, 1e-12) / max(cost, 1e-300))
            density[place] = math.sqrt(density[place] * min(max(best, 1e-6), 1e6))
    return density
