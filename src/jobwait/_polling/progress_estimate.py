"""What the polls of one job have shown, and the estimate of its end that follows from its progress."""

from __future__ import annotations

import functools
import math
from struct import Struct
from typing import Final, NamedTuple

from attrs import field, frozen

from jobwait._model.types import Estimate, Progress
from jobwait._polling.duration_model import DurationModel

RATE_WINDOW: Final = 0.3  # share of the run over which the rate is averaged
MIN_UNITS: Final = 0.5  # at least so much of a unit counts as done, and as left
CURRENT_UNIT_DONE: Final = 0.5  # of the unit in progress, on average
STALLED_UNITS: Final = 3.0  # progress is stalled after the time of so many units without a change
LONG_STALL: Final = 0.1  # share of the run; after counts stood still so long, no end was predicted
Z_90: Final = 1.645  # standard deviations either side that contain 90 %


_RATES: Final = Struct("4d")


class RateEstimate(NamedTuple):
    """
    The recent rate of progress.

    Sums over the polls so far, with weights that decrease exponentially with age: the units done, the seconds in which,
    units² per second, and the number of polls.
    """

    units: float = 0.0
    seconds: float = 0.0
    squares: float = 0.0
    polls: float = 0.0

    def plus(self, units: int, seconds: float, run: float) -> RateEstimate:
        """This estimate after *units* more in *seconds*, *run* seconds after the job began to run."""
        if seconds <= 0:
            return self
        weight = math.exp(-seconds / (RATE_WINDOW * max(run, seconds)))  # a resumed job's run may seem shorter
        return RateEstimate(
            self.units * weight + units,
            self.seconds * weight + seconds,
            self.squares * weight + units * units / seconds,
            self.polls * weight + 1,
        )

    def packed(self) -> bytes:
        """Its numbers, for a job that sleeps: objects take three times the memory."""
        return _RATES.pack(*self)

    @property
    def rate(self) -> float | None:
        """Units per second."""
        return max(self.units, MIN_UNITS) / self.seconds if self.seconds > 0 else None

    @property
    def spread(self) -> float:
        """The relative error of the rate, from the number of units and from the variance of their rate."""
        rate = self.rate or math.inf
        unsteady = max(0.0, self.squares / self.seconds / rate**2 - 1) if self.seconds > 0 else 1.0
        return math.sqrt(1 / max(self.units, MIN_UNITS) + unsteady / max(self.polls, 1.0))


class StepsEstimate(NamedTuple):
    """The steps that are done, and those that are left."""

    done: int
    left: int

    @property
    def spread(self) -> float:
        """The relative error of the rate and of the seconds left."""
        return math.sqrt(1 / self.done + 1 / self.left)


@frozen(weakref_slot=False)
class ProgressHistory:
    """
    What the polls of one job have shown. Ages are in seconds since the job was submitted, or first polled.

    has_queue_phase: whether a history of similar jobs is about the run alone. at: the age at the last successful poll.
    waiting: whether the job was queued then; until: the age at the last poll that found it queued. began: the estimated
    age at which it began to run. progress: as last reported; shown: the same, but never lower than before. moved: the
    age at which it last changed. rates: the recent rate, packed. size: the job's, if known.
    """

    has_queue_phase: bool = False
    at: float = 0.0
    waiting: bool = True
    until: float | None = None
    began: float | None = None
    progress: Progress | None = None
    shown: Progress | None = None
    moved: float = 0.0
    _rates: bytes = field(default=RateEstimate().packed(), alias="rates", repr=False)
    size: float | None = None

    @classmethod
    @functools.cache
    def empty(cls, *, has_queue_phase: bool) -> ProgressHistory:
        """That of a job that was not polled; one object for all such jobs."""
        return cls(has_queue_phase)

    @property
    def rate_estimate(self) -> RateEstimate:
        """The recent rate."""
        return RateEstimate._make(_RATES.unpack(self._rates))

    def after(
        self, age: float, progress: Progress | None, size: float | None, *, queued: bool, ours: bool
    ) -> ProgressHistory:
        """This history after one more poll. A job that is not *ours* may have begun long before its first poll."""
        began, rates, moved = self.began, self._rates, self.moved
        shown, size = _never_lower(self.shown, progress), self.size if size is None else size
        if not queued:
            if began is None and self.until is not None:
                began = (self.until + age) / 2  # midway between the last poll that found it queued and this one
            elif began is None:
                began = 0.0 if ours else age
            rates, moved = self._counted(age, progress, began)
        until = age if queued else self.until
        return ProgressHistory(self.has_queue_phase, age, queued, until, began, progress, shown, moved, rates, size)

    def _counted(self, age: float, progress: Progress | None, began: float) -> tuple[bytes, float]:
        if progress is None:
            return self._rates, self.moved
        first = self.began is None
        before = 0 if first or self.progress is None else self.progress.done
        rate_estimate = self.rate_estimate.plus(
            max(0, progress.done - before), age - (began if first else self.at), age - began
        )
        return rate_estimate.packed(), age if first or progress != self.progress else self.moved

    @property
    def steps(self) -> Progress | None:
        """The progress if it is in steps."""
        progress = self.progress
        return progress if progress is not None and progress.stage is not None else None

    @property
    def counts(self) -> Progress | None:
        """The progress if it is a count with a known total."""
        progress = self.progress
        return progress if progress is not None and progress.stage is None and progress.total else None

    @property
    def run(self) -> float:
        """Seconds since the job began to run."""
        return 0.0 if self.began is None else self.at - self.began

    @property
    def lasted(self) -> float:
        """Seconds of the part of the job that a history is about: the run, or the whole job."""
        return self.run if self.has_queue_phase else self.at

    @property
    def still(self) -> float:
        """Seconds since the progress last changed."""
        return self.at - self.moved

    def estimate(self) -> ProgressEstimate | None:
        """The estimate from the job's progress; None if that is not enough for one."""
        progress = self.progress
        if self.waiting or progress is None:
            return None
        if progress.stage is not None:
            return self._estimate_by_steps(progress)
        rate_estimate = self.rate_estimate
        rate = rate_estimate.rate
        if rate is None:
            return None
        left = max(progress.total - progress.done - CURRENT_UNIT_DONE, MIN_UNITS) / rate if progress.total else None
        return ProgressEstimate(rate, left, self.still * rate > STALLED_UNITS, rate_estimate)

    def _estimate_by_steps(self, progress: Progress) -> ProgressEstimate | None:
        spent = self.run - self.still
        if progress.done <= 0 or spent <= 0:
            return None
        rate, rest = progress.done / spent, max((progress.total or 0) - progress.done, 1)
        left = max(rest / rate - self.still, MIN_UNITS / rate)
        return ProgressEstimate(rate, left, self.still * rate > STALLED_UNITS, StepsEstimate(progress.done, rest))

    def predicted(self, seen: float) -> bool:
        """Whether an end that the next poll found, at age *seen*, was within one interval of the estimate."""
        estimate, gap = self.estimate(), seen - self.at
        if estimate is None or estimate.left is None or self.still > LONG_STALL * self.run:
            return False
        return abs(estimate.left - gap / 2) <= gap


class ScheduleInput(NamedTuple):
    """What the schedule decides by at that *age*, after so many *polls*: the job's progress, and similar jobs."""

    progress_history: ProgressHistory
    estimate: ProgressEstimate | None
    duration_model: DurationModel | None
    age: float
    polls: int

    @property
    def left(self) -> float | None:
        """Seconds to the end, by the job's progress."""
        return None if self.estimate is None else self.estimate.left

    @property
    def stalled(self) -> bool:
        """Whether the job reports progress that has stopped."""
        return self.estimate is not None and self.estimate.stalled

    def eta(self) -> Estimate | None:
        """Seconds to the end: by the job's progress, else by similar jobs."""
        if self.estimate is not None and self.estimate.left is not None:
            return self.estimate.eta()
        if self.duration_model is None or (self.progress_history.has_queue_phase and self.progress_history.waiting):
            return None
        return self.duration_model.remaining(self.progress_history.lasted)


class ProgressEstimate(NamedTuple):
    """
    What follows from a job's progress.

    rate: units per second. left: seconds to the end at that rate. stalled: no change for the time that three units
    take. basis: has the relative error of rate and left, which only updates need.
    """

    rate: float
    left: float | None
    stalled: bool
    basis: RateEstimate | StepsEstimate

    def rate_range(self) -> Estimate:
        """The rate, with its 90 % interval."""
        return _with_interval(self.rate, self.basis.spread)

    def eta(self) -> Estimate | None:
        """The seconds left, with their 90 % interval."""
        return None if self.left is None else _with_interval(self.left, self.basis.spread)


def _with_interval(value: float, spread: float) -> Estimate:
    factor = math.exp(Z_90 * min(spread, 2.0))
    return Estimate(value, value / factor, value * factor)


def _never_lower(shown: Progress | None, progress: Progress | None) -> Progress | None:
    """*progress* for callers: what was done once stays done."""
    if shown is None or progress is None:
        return progress or shown
    same_kind = (shown.stage is None) == (progress.stage is None)
    return Progress(shown.done, progress.total, shown.stage) if same_kind and progress.done < shown.done else progress
