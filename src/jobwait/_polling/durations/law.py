"""A distribution of durations as a table: how often it pays to poll at an age, and how long a job still lasts."""

import functools
import math
import operator
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Final

from attrs import frozen

from jobwait._polling.durations.mixture import Component, Distribution, Excluded, Memoryless, broad, fitted

POINTS: Final = tuple(number / 2 for number in range(-8, 9))  # of the table: standard deviations of each component
SAVED_SHARE: Final = 0.5  # power of the factor by which a history saves polls, for saving more of them, and later
POLL_DOUBTS: Final[Mapping[Excluded, float]] = {"shorter": 0.5, "between": 0.65}
"""By how much it is doubted, for polls, that no job lasts as long as a component excludes."""
ESTIMATE_DOUBTS: Final[Mapping[Excluded, float]] = {"shorter": 0.1, "between": 0.1}
"""The same, for the time that a job still lasts."""
LEAST_DENSITY: Final = 0.1  # of polls, by that of the interval; the age's limit on an interval is shorter
LEAST_SURVIVAL: Final = 1e-300
LEAST_SLOPE: Final = 0.1  # where so few jobs are left that their number underflows


@frozen(eq=False, match_args=False, repr=False)
class Law:
    """
    How the durations of similar jobs are distributed, in any unit of time; and how often it pays to poll.

    ages: the points of the table, from 0 on. hazards: the integral of the hazard rate up to each. slope: of the hazards
    over the logarithm of the age, after the last point. polls: the integral of the density of polls up to each point,
    times the interval. longer: the factor by which intervals are longer than Keller's. effort: the expected polls of a
    job, times the interval. slowness: its expected delay, over half the interval.
    """

    ages: tuple[float, ...]
    hazards: tuple[float, ...]
    slope: float
    polls: tuple[float, ...]
    longer: float
    effort: float
    slowness: float

    def next_poll(self, age: float, interval: float) -> float:
        """The age at which to poll after a poll at *age*."""
        return self._age_at(self._polls_by(age) + interval)

    def quantile(self, age: float, part: float) -> float:
        """The age by which *part* of the jobs have ended that had not at *age*."""
        hazard = self._hazard_by(age) - math.log(1 - part)
        if hazard >= self.hazards[-1]:
            return self.ages[-1] * math.exp(min((hazard - self.hazards[-1]) / self.slope, 100.0))
        return max(age, _interpolated(self.hazards, self.ages, hazard))

    def _hazard_by(self, age: float) -> float:
        if age >= self.ages[-1]:
            return self.hazards[-1] + self.slope * math.log(age / self.ages[-1])
        return _interpolated(self.ages, self.hazards, age)

    # After the last point the hazard rate is slope / age, so the density of polls falls with the root of the age.

    def _polls_by(self, age: float) -> float:
        last = self.ages[-1]
        if age >= last:
            return self.polls[-1] + 2 * self._last_density * (math.sqrt(age * last) - last)
        return _interpolated(self.ages, self.polls, age)

    def _age_at(self, polls: float) -> float:
        last = self.ages[-1]
        if polls >= self.polls[-1]:
            return ((polls - self.polls[-1]) / (2 * self._last_density) + last) ** 2 / last
        return _interpolated(self.polls, self.ages, polls)

    @property
    def _last_density(self) -> float:
        return (self.polls[-1] - self.polls[-2]) / (self.ages[-1] - self.ages[-2])


def _interpolated(known: Sequence[float], values: Sequence[float], at: float) -> float:
    place = min(bisect_right(known, at), len(known) - 1)
    low, high = known[place - 1], known[place]
    share = (at - low) / (high - low) if high > low else 0.0
    return values[place - 1] + share * (values[place] - values[place - 1])


@functools.lru_cache(maxsize=64)
def law_of(durations: tuple[float, ...]) -> Law:
    """
    The law of *durations*, all above 0; cached, as many jobs wait with the same history.

    Keller (1974, 1982): with a cost of c seconds of delay per request, the best checking interval is
    sqrt(2 * c / hazard). With the c for which a memoryless job of the same mean would be polled at the interval, that
    is interval / sqrt(hazard * mean). The more that saves, the longer all intervals are made: else so many polls are
    spent before the end of a long job that the service's interval binds there.
    """
    mean = math.fsum(durations) / len(durations)
    mixture, others = fitted(durations), _others(durations, mean)
    several = any(one.excludes == "between" for one in mixture)
    spread = (*mixture, *(other for excluded, other in others.items() if several or excluded == "shorter"))
    ages = (0.0, *sorted({age for one in spread for age in map(one.age, POINTS) if age > 0}))
    widths = [after - before for before, after in pairwise(ages)]
    likely, estimated, doubted = (
        _hazards(mixture, others, doubts, ages) for doubts in ({}, ESTIMATE_DOUBTS, POLL_DOUBTS)
    )
    lasting = [math.exp(-hazard) for hazard in likely]
    running = [(before + after) / 2 for before, after in pairwise(lasting)]
    saved = mean / _weighted(_densities(likely, widths, mean), widths, running)
    longer = max(1.0, saved) ** SAVED_SHARE
    densities = [density / longer for density in _densities(doubted, widths, mean)]
    return Law(
        ages=ages,
        hazards=estimated,
        slope=max(LEAST_SLOPE, (estimated[-1] - estimated[-2]) / widths[-1] * ages[-1]),
        polls=tuple(accumulate(map(operator.mul, densities, widths), initial=0.0)),
        longer=longer,
        effort=_weighted(densities, widths, running),
        slowness=math.fsum(
            (before - after) / max(density, LEAST_DENSITY)
            for (before, after), density in zip(pairwise(lasting), densities, strict=True)
        ),
    )


def _others(durations: Sequence[float], mean: float) -> dict[Excluded, Distribution]:
    """
    What is believed instead of what a component excludes.

    A job that is of none of several kinds may end at any age: beside a distribution with a falling hazard rate, that
    costs less where a history is wrong, and no more where it is right.
    """
    return {"shorter": broad(durations), "between": Memoryless(mean)}


def _hazards(
    mixture: Sequence[Component],
    others: Mapping[Excluded, Distribution],
    doubts: Mapping[Excluded, float],
    ages: Sequence[float],
) -> tuple[float, ...]:
    """The integrated hazard rate at *ages*, if what components exclude is doubted: *others* have that share of them."""
    weighted: list[tuple[float, Distribution]] = []
    for one in mixture:
        doubt = doubts.get(one.excludes, 0.0) if one.excludes else 0.0
        weighted.append((one.weight * (1 - doubt), one))
        if one.excludes and doubt:
            weighted.append((one.weight * doubt, others[one.excludes]))
    found = []
    for age in ages:
        lasting = math.fsum(weight * one.survival(age) for weight, one in weighted)
        found.append(-math.log(max(lasting, LEAST_SURVIVAL)))
    return tuple(hazard - found[0] for hazard in found)  # no duration is below 0


def _densities(hazards: Sequence[float], widths: Sequence[float], mean: float) -> list[float]:
    """The density of polls between each two ages, times the interval."""
    rises = (max(0.0, after - before) for before, after in pairwise(hazards))
    return [math.sqrt(rise / width * mean) for rise, width in zip(rises, widths, strict=True)]


def _weighted(densities: Sequence[float], widths: Sequence[float], running: Sequence[float]) -> float:
    """What a job needs of polls, times the interval: their density, as long as it is *running*."""
    return math.fsum(map(operator.mul, map(operator.mul, densities, widths), running))
