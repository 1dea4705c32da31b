"""How long similar jobs took, by unit of size, and whether their progress reports predicted their ends."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, Self

from attrs import frozen

from jobwait._model.types import Estimate

HISTORY_SIZE: Final = 30  # the latest jobs that count; the durations of older ones may be distributed otherwise
MIN_JOBS: Final = 10  # with 5, jobs of two kinds cost a third more than fixed intervals; 10 are nearly as good as 30
MIN_ACCURATE: Final = 9  # of the latest MIN_JOBS jobs whose progress predicted their end
SIGMA_FACTOR: Final = 1.17  # a small sample has too low a deviation; some services have more short jobs
MIN_SIGMA: Final = 0.02
STEPS: Final = 12  # of the numerical integration
STEP_GROWTH: Final = 1.2  # the width of a step by that of the step before


@frozen
class CompletedJob:
    """
    A job that succeeded.

    size: in the service's units, if known. duration: in seconds; of the run alone if the service has a queue phase.
    progress_accurate: whether the progress-based estimate predicted completion; None without counts. early: whether the
    first poll found it ended, so that the durations of older jobs no longer apply.
    """

    __module__ = "jobwait.testing"

    size: float | None
    duration: float
    progress_accurate: bool | None = None
    early: bool = False


class DurationHistory(Protocol):
    """Stores how long similar jobs took."""

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest jobs, newest last."""
        ...

    def add(self, completed_job: CompletedJob) -> None:
        """Store *completed_job*."""
        ...


class InMemoryHistory:
    """A history in the memory of this process."""

    __module__ = "jobwait.testing"

    def __init__(self, completed_jobs: Iterable[CompletedJob] = ()) -> None:
        self._completed_jobs = tuple(completed_jobs)[-HISTORY_SIZE:]

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest jobs, newest last."""
        return self._completed_jobs

    def add(self, completed_job: CompletedJob) -> None:
        """Store *completed_job*; the oldest is dropped."""
        # A new tuple: other threads may read the old one.
        self._completed_jobs = (*self._completed_jobs, completed_job)[-HISTORY_SIZE:]


_HISTORIES: dict[tuple[str, str], InMemoryHistory] = {}


def process_history(service: str, host: str) -> InMemoryHistory:
    """The history of this process for the jobs of *service* at *host*."""
    return _HISTORIES.setdefault((service, host), InMemoryHistory())


@contextmanager
def own_histories() -> Iterator[None]:
    """In the block the process has the histories of the block alone; for tests."""
    before = dict(_HISTORIES)
    _HISTORIES.clear()
    try:
        yield
    finally:
        _HISTORIES.clear()
        _HISTORIES.update(before)


@frozen(eq=False, match_args=False, repr=False)
class DurationModel:
    """
    The duration of a job as a lognormal distribution, fitted to similar jobs.

    mean, shortest: of the durations, in seconds. mu, sigma: of their logarithms. counted: whether similar jobs reported
    counts. trusted: whether at least 9 of the latest 10 ended as their counts predicted.
    """

    mean: float
    shortest: float
    mu: float
    sigma: float
    counted: bool = False
    trusted: bool = False

    @classmethod
    def of(cls, completed_jobs: Sequence[CompletedJob], size: float | None) -> Self | None:
        """The model for a job of *size*; None if fewer than 10 similar jobs are known."""
        latest = _since_last_early_end(completed_jobs)
        durations = _scaled(latest, size)
        if len(durations) < MIN_JOBS:
            return None
        logs = [math.log(duration) for duration in durations]
        mu = math.fsum(logs) / len(logs)
        deviation = math.sqrt(math.fsum((each - mu) ** 2 for each in logs) / (len(logs) - 1))
        accurate = [job.progress_accurate for job in latest if job.progress_accurate is not None]
        return cls(
            mean=math.fsum(durations) / len(durations),
            shortest=min(durations),
            mu=mu,
            sigma=max(MIN_SIGMA, SIGMA_FACTOR * deviation),
            counted=bool(accurate),
            trusted=len(accurate) >= MIN_JOBS and sum(accurate[-MIN_JOBS:]) >= MIN_ACCURATE,
        )

    def hazard(self, age: float) -> float:
        """The hazard rate: the probability per second that a job ends at *age*, given that it still runs."""
        if age <= 0:
            return 0.0
        z = (math.log(age) - self.mu) / self.sigma
        if z > 6:  # erfc underflows; this is the limit of the ratio
            return (z + 1 / z) / (age * self.sigma)
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return density / (age * self.sigma * math.erfc(z / math.sqrt(2)) / 2)

    def pause(self, age: float, interval: float, limit: float) -> float:
        """
        Seconds from *age* to the next poll, at most *limit*.

        Keller (1974, 1982): with a cost of c seconds of delay per request, the best checking interval is
        sqrt(2 * c / hazard). With the c for which a memoryless job of the same mean would be polled at *interval*, that
        is interval / sqrt(hazard * mean). The next poll is due where the integral of its inverse reaches 1.
        """
        width = limit * (STEP_GROWTH - 1) / (STEP_GROWTH**STEPS - 1)
        elapsed = integral = 0.0
        for _ in range(STEPS):
            density = math.sqrt(self.hazard(age + elapsed + width / 2) * self.mean) / interval
            if integral + density * width >= 1:
                return elapsed + (1 - integral) / density
            integral += density * width
            elapsed += width
            width *= STEP_GROWTH
        return limit

    def remaining(self, age: float) -> Estimate:
        """The seconds left of a job of *age*: the median, and the interval that contains 90 %."""
        ended = 1 - math.erfc((math.log(max(age, 1e-9)) - self.mu) / self.sigma / math.sqrt(2)) / 2
        low, middle, high = (self._quantile(ended + part * (1 - ended)) - age for part in (0.05, 0.5, 0.95))
        return Estimate(max(0.0, middle), max(0.0, low), max(0.0, high))

    @property
    def holds(self) -> bool:
        """Whether it applies to a job that has not reported counts yet: similar jobs had none, or accurate ones."""
        return self.trusted or not self.counted

    @property
    def gain(self) -> float:
        """By how much requests * delay can be lower than with fixed intervals, at most (Keller): 1 or more."""
        roots = 0.0
        for step in range(-100, 100):  # over the logarithm, five standard deviations either way
            z = (step + 0.5) / 20
            age = math.exp(self.mu + self.sigma * z)
            survival = math.erfc(z / math.sqrt(2)) / 2
            roots += math.sqrt(self.hazard(age)) * survival * age * self.sigma / 20
        return max(1.0, math.exp(self.mu + self.sigma**2 / 2) / roots**2)

    def _quantile(self, probability: float) -> float:
        from statistics import NormalDist  # noqa: PLC0415 - it brings decimals and fractions, for one function

        return math.exp(self.mu + self.sigma * NormalDist().inv_cdf(min(max(probability, 1e-12), 1 - 1e-12)))


def _since_last_early_end(completed_jobs: Sequence[CompletedJob]) -> Sequence[CompletedJob]:
    last = max((index for index, job in enumerate(completed_jobs) if job.early), default=0)
    return completed_jobs[last:]


def _scaled(completed_jobs: Sequence[CompletedJob], size: float | None) -> list[float]:
    """Their durations, scaled to *size* if that and enough sizes are known; impossible values are left out."""
    usable = [job for job in completed_jobs if 0 < job.duration < math.inf]
    if size is not None and size > 0:
        sized = [job.duration * size / job.size for job in usable if job.size is not None and job.size > 0]
        if len(sized) >= MIN_JOBS:
            return sized
    return [job.duration for job in usable]
