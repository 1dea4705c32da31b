"""How long similar jobs took, by unit of size, and whether their progress reports predicted their ends."""

import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol, Self

from attrs import frozen

from jobwait._model.types import Estimate
from jobwait._polling.durations.law import Law, law_of

HISTORY_SIZE: Final = 30  # the latest jobs that count; the durations of older ones may be distributed otherwise
MIN_JOBS: Final = 10  # with fewer, a sample may have one kind of jobs alone; 10 are nearly as good as 30
LEAST, MOST = 1e-9, 1e12  # seconds, or seconds by unit of size; no durations of jobs are outside
MIN_ACCURATE: Final = 9  # of the latest MIN_JOBS jobs whose progress predicted their end


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
    How long a job takes, by similar jobs.

    durations: of similar jobs, by unit of size if sizes are known. size: of the job; 1 if sizes are not. counted:
    whether similar jobs reported counts. trusted: whether at least 9 of the latest 10 ended as their counts predicted.
    """

    durations: tuple[float, ...]
    size: float = 1.0
    counted: bool = False
    trusted: bool = False

    @classmethod
    def of(cls, completed_jobs: Sequence[CompletedJob], size: float | None) -> Self | None:
        """The model for a job of *size*; None if fewer than 10 similar jobs are known."""
        latest = _since_last_early_end(completed_jobs)
        durations, unit = _scaled(latest, size)
        if len(durations) < MIN_JOBS:
            return None
        accurate = [job.progress_accurate for job in latest if job.progress_accurate is not None]
        return cls(
            tuple(durations),
            unit,
            counted=bool(accurate),
            trusted=len(accurate) >= MIN_JOBS and sum(accurate[-MIN_JOBS:]) >= MIN_ACCURATE,
        )

    @property
    def law(self) -> Law:
        """How their durations are distributed; computed only where it is needed, once for each history."""
        return law_of(self.durations)

    @property
    def mean(self) -> float:
        """The mean duration, in seconds."""
        return self.size * math.fsum(self.durations) / len(self.durations)

    @property
    def shortest(self) -> float:
        """The shortest duration, in seconds."""
        return self.size * min(self.durations)

    @property
    def effort(self) -> float:
        """The polls that the job needs, on average, times the interval in seconds."""
        return self.size * self.law.effort

    @property
    def holds(self) -> bool:
        """Whether it applies to a job that has not reported counts yet: similar jobs had none, or accurate ones."""
        return self.trusted or not self.counted

    def pause(self, age: float, interval: float, limit: float) -> float:
        """Seconds from *age* to the next poll, at most *limit*."""
        return min(limit, max(0.0, self.size * self.law.next_poll(age / self.size, interval / self.size) - age))

    def remaining(self, age: float) -> Estimate:
        """The seconds left of a job of *age*: the median, and the interval that contains 90 %."""
        law, age_in_units = self.law, age / self.size
        low, middle, high = (self.size * law.quantile(age_in_units, part) - age for part in (0.05, 0.5, 0.95))
        return Estimate(max(0.0, middle), max(0.0, low), max(0.0, high))


def relative_duration(completed_jobs: Sequence[CompletedJob], size: float | None) -> float:
    """How long a job of *size* takes on average, by the mean of all similar jobs; 1 if they do not say."""
    model, all_sizes = DurationModel.of(completed_jobs, size), DurationModel.of(completed_jobs, None)
    return 1.0 if model is None or all_sizes is None else model.mean / all_sizes.mean


def _since_last_early_end(completed_jobs: Sequence[CompletedJob]) -> Sequence[CompletedJob]:
    last = max((index for index, job in enumerate(completed_jobs) if job.early), default=0)
    return completed_jobs[last:]


def _scaled(completed_jobs: Sequence[CompletedJob], size: float | None) -> tuple[list[float], float]:
    """
    Their durations by unit of size, and *size*, if that and enough sizes are known; else their durations, and 1.

    Impossible values are left out.
    """
    if size is not None and size > 0:
        sized = [job.duration / job.size for job in completed_jobs if job.size is not None and job.size > 0]
        sized = [duration for duration in sized if LEAST < duration < MOST]
        if len(sized) >= MIN_JOBS:
            return sized, size
    return [job.duration for job in completed_jobs if LEAST < job.duration < MOST], 1.0
