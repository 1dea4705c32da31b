"""
The mixture of lognormal distributions that fits the durations of similar jobs.

Two questions are answered by the data, each with weights instead of a yes or no: from which duration on the jobs end (a
distribution with a sharp lower limit has its threshold just below the shortest), and whether they are of one kind or of
several.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final, Literal, Protocol, Self

from attrs import evolve, frozen

THRESHOLDS: Final = {-4.0: 0.03, -1.5: 0.03, -0.5: 0.03, 0.0: 0.8, 0.5: 0.03, 0.8: 0.04, 0.95: 0.04}
"""The thresholds, as shares of the shortest duration, with their weights before any duration is known."""
MOST_KINDS: Final = 3
FEWEST: Final = 3  # jobs of a kind
KIND_PENALTY: Final = 2.0  # nats, beside those of the Bayesian information criterion for three parameters
MIN_SIGMA: Final = 0.02
KIND_SIGMA_FACTOR: Final = 1.1  # a part of a small sample has too low a deviation
BROAD_SIGMA_FACTOR: Final = 1.5
NEGLIGIBLE: Final = 0.003  # weight
MEMORYLESS_SPAN: Final = 12.0  # of a memoryless distribution, in means: one job in 160,000 lasts longer


Excluded = Literal["shorter", "between"]
"""Durations that no job of the history had: shorter than all of them, or between two kinds of jobs."""


class Distribution(Protocol):
    """A distribution of durations."""

    def survival(self, age: float) -> float:
        """The probability that a job lasts longer than *age*."""
        ...

    def age(self, z: float) -> float:
        """A duration: the middle at *z* = 0, and from -4 to 4 those of nearly all jobs."""
        ...


@frozen(eq=False, match_args=False, repr=False)
class Component:
    """
    A lognormal distribution of the durations above *threshold*: mu, sigma are those of their logarithms.

    excludes: which durations it excludes that no job of the history had; None if it allows any.
    """

    weight: float
    threshold: float
    mu: float
    sigma: float
    excludes: Excluded | None = None

    def survival(self, age: float) -> float:
        """The probability that a job of this component lasts longer than *age*."""
        if age <= self.threshold:
            return 1.0
        return math.erfc((math.log(age - self.threshold) - self.mu) / self.sigma / math.sqrt(2)) / 2

    def age(self, z: float) -> float:
        """The duration that is *z* standard deviations from the median, by logarithms."""
        return self.threshold + math.exp(self.mu + self.sigma * z)


@frozen(eq=False, match_args=False, repr=False)
class Memoryless:
    """The exponential distribution of a *mean*: a job may end at any age with equal probability."""

    mean: float

    def survival(self, age: float) -> float:
        """The probability that a job lasts longer than *age*."""
        return math.exp(-age / self.mean)

    def age(self, z: float) -> float:
        """A duration between a twelfth of the mean (*z* = -4) and twelve times it (*z* = 4)."""
        return self.mean * float(MEMORYLESS_SPAN ** (z / 4))


def fitted(durations: Sequence[float]) -> tuple[Component, ...]:
    """The mixture for *durations*, of which there are at least two."""
    ordered = sorted(durations)
    logs = [math.log(duration) for duration in ordered]
    sums = _Sums.of(logs)
    alike, evidence = _one_kind(ordered, logs)
    partitions = list(_partitions(sums))
    # That of one kind is the sum over its thresholds; the others have none.
    evidences = [sums.evidence((0, len(logs))) + evidence, *(sums.evidence(bounds) for bounds in partitions)]
    weights = _normalized(evidences)
    components = [evolve(one, weight=weights[0] * one.weight) for one in alike]
    for weight, bounds in zip(weights[1:], partitions, strict=True):
        components += [
            Component(weight * len(part) / len(logs), 0.0, *_moments(part, KIND_SIGMA_FACTOR), "between")
            for part in (logs[low:high] for low, high in pairwise(bounds))
        ]
    kept = [component for component in components if component.weight > NEGLIGIBLE]
    total = math.fsum(component.weight for component in kept)
    return tuple(evolve(component, weight=component.weight / total) for component in kept)


def broad(durations: Sequence[float]) -> Component:
    """A broad distribution around *durations*, for jobs that differ from those of the history."""
    return Component(1.0, 0.0, *_moments([math.log(duration) for duration in durations], BROAD_SIGMA_FACTOR))


def _moments(logs: Sequence[float], factor: float) -> tuple[float, float]:
    mu = math.fsum(logs) / len(logs)
    deviation = math.sqrt(math.fsum((each - mu) ** 2 for each in logs) / (len(logs) - 1))
    return mu, max(MIN_SIGMA, factor * deviation)


def _one_kind(ordered: Sequence[float], logs: Sequence[float]) -> tuple[list[Component], float]:
    """A component for each threshold, with its weight among them; and the evidence for all, beside a threshold of 0."""
    found, likelihoods = [], []
    for share in THRESHOLDS:
        # A threshold above 0 is a little lower than the share says, as the next job may be shorter than the shortest.
        threshold = share * ordered[0] * (1 - 1 / len(ordered) if share > 0 else 1)
        shifted = [math.log(duration - threshold) for duration in ordered] if share else logs
        mu = math.fsum(shifted) / len(shifted)
        squares = math.fsum((each - mu) ** 2 for each in shifted) + MIN_SIGMA**2 / 2
        sigma = math.sqrt(squares / (len(shifted) - 1))
        lowest = MIN_SIGMA * ordered[0] / (ordered[0] - threshold)
        found.append(Component(1.0, threshold, mu, max(lowest, sigma), "shorter" if share > 0 else None))
        likelihoods.append(-math.fsum(shifted) - (len(shifted) - 1) / 2 * math.log(squares))
    plain = likelihoods[list(THRESHOLDS).index(0.0)]
    ratios = [
        prior * math.exp(min(each - plain, 500.0)) for prior, each in zip(THRESHOLDS.values(), likelihoods, strict=True)
    ]
    total = math.fsum(ratios)
    return [evolve(one, weight=ratio / total) for one, ratio in zip(found, ratios, strict=True)], math.log(total)


def _normalized(evidences: Sequence[float]) -> list[float]:
    highest = max(evidences)
    shares = [math.exp(each - highest) for each in evidences]
    return [share / math.fsum(shares) for share in shares]


@frozen(eq=False, match_args=False, repr=False)
class _Sums:
    """The sums of the sorted logarithms up to each, and of their squares; about their mean, for exact differences."""

    logs: tuple[float, ...]
    squares: tuple[float, ...]

    @classmethod
    def of(cls, logs: Sequence[float]) -> Self:
        middle = math.fsum(logs) / len(logs)
        centered = [each - middle for each in logs]
        return cls(
            tuple(accumulate(centered, initial=0.0)), tuple(accumulate((each * each for each in centered), initial=0.0))
        )

    def evidence(self, bounds: Sequence[int]) -> float:
        """The logarithm of the likelihood of kinds with these *bounds*, less the penalty for their number."""
        number = len(self.logs) - 1
        found = -(len(bounds) - 2) * (1.5 * math.log(number) + KIND_PENALTY)
        for low, high in pairwise(bounds):
            size = high - low
            mean = (self.logs[high] - self.logs[low]) / size
            variance = max(MIN_SIGMA**2, (self.squares[high] - self.squares[low]) / size - mean**2)
            found += size * (math.log(size / number) - math.log(2 * math.pi * variance) / 2 - 0.5)
        return found


def _partitions(sums: _Sums) -> Iterator[tuple[int, ...]]:
    """The bounds of the best division of the sorted durations into two kinds, and of the best further division."""
    bounds: tuple[int, ...] = (0, len(sums.logs) - 1)
    while len(bounds) <= MOST_KINDS:
        finer = [
            (*bounds[:place], cut, *bounds[place:])
            for place, (low, high) in enumerate(pairwise(bounds), 1)
            for cut in range(low + FEWEST, high - FEWEST + 1)
        ]
        if not finer:
            return
        bounds = max(finer, key=sums.evidence)
        yield bounds
