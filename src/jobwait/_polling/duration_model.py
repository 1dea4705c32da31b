"""What like jobs have shown: how long they took, for each unit of size, and whether their counts could be believed."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, Protocol, Self

from attrs import frozen

from jobwait._model.types import Estimate

KEPT: Final = 30  # the latest jobs that count; older ones may have run under another law
ENOUGH: Final = 10  # with 5, jobs of two kinds cost a third more than the fixed gap; 10 are nearly as good as 30
PROVEN: Final = 9  # of the latest so many whose counts foretold their end; one may have ended early
WIDER: Final = 1.17  # the deviation of so few, made up for, and for laws with more short jobs than a lognormal
NARROWEST: Final = 0.02
PANELS: Final = 12
GROWTH: Final = 1.2  # of each panel over the one before


@frozen
class CompletedJob:
    """
    A job that succeeded.

    size: in the service's units, where it has one. duration: in seconds; of the run alone where the service has a
    queue worth the name. honest: whether its counts foretold its end; None where it reported none. early: whether it
    had ended before the first look, which disproves whatever older jobs say.
    """

    size: float | None
    duration: float
    progress_accurate: bool | None = None
    early: bool = False


class DurationHistory(Protocol):
    """Where the pasts of like jobs are kept."""

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest, newest last."""
        ...

    def add(self, completed_job: CompletedJob) -> None:
        """Keep *past*."""
        ...


class InMemoryHistory:
    """A history for as long as the process lives."""

    def __init__(self, completed_jobs: Iterable[CompletedJob] = ()) -> None:
        self._completed_jobs = tuple(completed_jobs)[-KEPT:]

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest, newest last."""
        return self._completed_jobs

    def add(self, completed_job: CompletedJob) -> None:
        """Keep *past*, and let go of the oldest."""
        # A new tuple each time, so that other threads never see one that is being changed.
        self._completed_jobs = (*self._completed_jobs, completed_job)[-KEPT:]


_MEMORIES: dict[tuple[str, str], InMemoryHistory] = {}


def process_history(service: str, host: str) -> InMemoryHistory:
    """What this process remembers of the jobs of *service* at *host*."""
    return _MEMORIES.setdefault((service, host), InMemoryHistory())


@frozen(eq=False, match_args=False, repr=False)
class DurationModel:
    """
    How long a job takes, as a lognormal law.

    mean and shortest: of the durations themselves, in seconds. mu, sigma: of their logarithms. counted: whether like
    jobs reported counts; trusted: whether the latest of them ended as their counts said.
    """

    mean: float
    shortest: float
    mu: float
    sigma: float
    counted: bool = False
    trusted: bool = False

    @classmethod
    def of(cls, completed_jobs: Sequence[CompletedJob], size: float | None) -> Self | None:
        """The law for a job of *size*, or None where too few like jobs are known."""
        latest = _since_the_last_surprise(completed_jobs)
        durations = _scaled(latest, size)
        if len(durations) < ENOUGH:
            return None
        logs = [math.log(duration) for duration in durations]
        mu = math.fsum(logs) / len(logs)
        deviation = math.sqrt(math.fsum((each - mu) ** 2 for each in logs) / (len(logs) - 1))
        notified = [
            completed_job.progress_accurate for completed_job in latest if completed_job.progress_accurate is not None
        ]
        return cls(
            mean=math.fsum(durations) / len(durations),
            shortest=min(durations),
            mu=mu,
            sigma=max(NARROWEST, WIDER * deviation),
            counted=bool(notified),
            trusted=len(notified) >= ENOUGH and sum(notified[-ENOUGH:]) >= PROVEN,
        )

    def hazard(self, age: float) -> float:
        """The chance a second that a job ends at *age*, once it has come so far."""
        if age <= 0:
            return 0.0
        z = (math.log(age) - self.mu) / self.sigma
        if z > 6:  # both tails run out of digits; this is their ratio's limit
            return (z + 1 / z) / (age * self.sigma)
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return density / (age * self.sigma * math.erfc(z / math.sqrt(2)) / 2)

    def pause(self, age: float, interval: float, limit: float) -> float:
        """
        Seconds from *age* to the next look, at most *limit*.

        Keller's best gap is sqrt(2c/hazard). At the price c for which a memoryless job of the same mean would be
        looked at just at *pace* it is pace/sqrt(hazard·mean): the look is due where the integral of its inverse is 1.
        """
        width = limit * (GROWTH - 1) / (GROWTH**PANELS - 1)
        passed = take_result = 0.0
        for _ in range(PANELS):
            density = math.sqrt(self.hazard(age + passed + width / 2) * self.mean) / interval
            if take_result + density * width >= 1:
                return passed + (1 - take_result) / density
            take_result += density * width
            passed += width
            width *= GROWTH
        return limit

    def remaining(self, age: float) -> Estimate:
        """What is left of a job of *age*: the middle, and the range that holds nine in ten."""
        gone = 1 - math.erfc((math.log(max(age, 1e-9)) - self.mu) / self.sigma / math.sqrt(2)) / 2
        low, middle, high = (self._quantile(gone + share * (1 - gone)) - age for share in (0.05, 0.5, 0.95))
        return Estimate(max(0.0, middle), max(0.0, low), max(0.0, high))

    @property
    def holds(self) -> bool:
        """Whether it says anything of a job whose counts are not there yet: not if those may turn out to lie."""
        return self.trusted or not self.counted

    @property
    def gain(self) -> float:
        """How many times fewer requests times lateness than a fixed gap the law allows, at most (Keller)."""
        roots = 0.0
        for place in range(-100, 100):  # over the logarithm, five deviations either way
            z = (place + 0.5) / 20
            age = math.exp(self.mu + self.sigma * z)
            survivors = math.erfc(z / math.sqrt(2)) / 2
            roots += math.sqrt(self.hazard(age)) * survivors * age * self.sigma / 20
        return max(1.0, math.exp(self.mu + self.sigma**2 / 2) / roots**2)

    def _quantile(self, share: float) -> float:
        from statistics import NormalDist  # noqa: PLC0415 - it brings decimals and fractions, for one function

        return math.exp(self.mu + self.sigma * NormalDist().inv_cdf(min(max(share, 1e-12), 1 - 1e-12)))


def _since_the_last_surprise(completed_jobs: Sequence[CompletedJob]) -> Sequence[CompletedJob]:
    for place in range(len(completed_jobs) - 1, -1, -1):
        if completed_jobs[place].early:
            return completed_jobs[place:]
    return completed_jobs


def _scaled(completed_jobs: Sequence[CompletedJob], size: float | None) -> list[float]:
    """Their durations, for a job of *size* where that and enough of theirs are known; what cannot be is left out."""
    known = [completed_job for completed_job in completed_jobs if 0 < completed_job.duration < math.inf]
    if size is not None and size > 0:
        sized = [
            completed_job.duration * size / completed_job.size
            for completed_job in known
            if completed_job.size is not None and completed_job.size > 0
        ]
        if len(sized) >= ENOUGH:
            return sized
    return [completed_job.duration for completed_job in known]
