"""What the looks so far have shown of one job, and what follows for its end."""

from __future__ import annotations

import math
from typing import Final

from attrs import evolve, frozen

from jobwait._model.types import Estimate, Progress
from jobwait._polling.duration_model import DurationModel

WINDOW: Final = 0.3  # share of the run over which the rate is remembered
LEAST: Final = 0.5  # units: nobody has done, or has left, less than half a one
IN_HAND: Final = 0.5  # of the unit that is being worked on is done, on average
STILL: Final = 3.0  # units' worth of time without a change that make a standstill
LONG_STILL: Final = 0.1  # share of a run: counts that stood still so long foretold no end, however near it came
NINE_IN_TEN: Final = 1.645  # standard deviations either way


@frozen(eq=False, match_args=False, repr=False)
class RateEstimate:
    """Units done, the seconds in which, their squares a second, and the looks: the older the fainter."""

    units: float = 0.0
    seconds: float = 0.0
    squares: float = 0.0
    polls: float = 0.0

    def plus(self, units: int, seconds: float, run: float) -> RateEstimate:
        """This tally after *units* more in *seconds*, *run* seconds into the job's run."""
        if seconds <= 0:
            return self
        fading = math.exp(-seconds / (WINDOW * max(run, seconds)))  # a run that began elsewhere has another clock
        return RateEstimate(
            self.units * fading + units,
            self.seconds * fading + seconds,
            self.squares * fading + units * units / seconds,
            self.polls * fading + 1,
        )

    @property
    def rate(self) -> float | None:
        """Units a second."""
        return max(self.units, LEAST) / self.seconds if self.seconds > 0 else None

    @property
    def spread(self) -> float:
        """The relative error of the rate: what so few units leave open, and how unsteadily they came."""
        rate = self.rate or math.inf
        unsteady = max(0.0, self.squares / self.seconds / rate**2 - 1) if self.seconds > 0 else 1.0
        return math.sqrt(1 / max(self.units, LEAST) + unsteady / max(self.polls, 1.0))


@frozen
class ProgressHistory:
    """
    One job's way so far; ages are in seconds since the job was submitted, or first asked for.

    at: the last look that was answered. waiting: whether the job was queued then; until: the age when it last was.
    began: when its run began, as well as that can be told. progress: as last reported; shown: the same, but never
    backwards. moved: when it last changed. tally: the units that came lately. size: the job's, where it is known.
    phased: whether the time in the queue is no part of what a history of like jobs tells.
    """

    has_queue_phase: bool = False
    at: float = 0.0
    waiting: bool = True
    until: float | None = None
    began: float | None = None
    progress: Progress | None = None
    shown: Progress | None = None
    moved: float = 0.0
    rate_estimate: RateEstimate = RateEstimate()
    size: float | None = None

    def after(
        self, age: float, progress: Progress | None, size: float | None, *, queued: bool, ours: bool
    ) -> ProgressHistory:
        """This track with one more look; a job that is not *ours* may have begun long before we first asked."""
        shown = _onwards(self.shown, progress)
        size = self.size if size is None else size
        if queued:
            return ProgressHistory(
                self.has_queue_phase, age, True, age, self.began, progress, shown, self.moved, self.rate_estimate, size
            )
        began = self.began
        if began is None:
            began = self._beginning(age) if ours or self.until is not None else age
        rate_estimate, moved = self._counted(age, progress, began)
        return ProgressHistory(
            self.has_queue_phase, age, False, self.until, began, progress, shown, moved, rate_estimate, size
        )

    def _beginning(self, age: float) -> float:
        """Midway between the last look at the queue and the first at the run; a job never seen to queue did not."""
        return 0.0 if self.until is None else (self.until + age) / 2

    def _counted(self, age: float, progress: Progress | None, began: float) -> tuple[RateEstimate, float]:
        if progress is None:
            return self.rate_estimate, self.moved
        first = self.began is None
        known = 0 if first or self.progress is None else self.progress.done
        rate_estimate = self.rate_estimate.plus(
            max(0, progress.done - known), age - (began if first else self.at), age - began
        )
        return rate_estimate, age if first or progress != self.progress else self.moved

    @property
    def steps(self) -> Progress | None:
        """The progress, where it is in steps."""
        progress = self.progress
        return progress if progress is not None and progress.stage is not None else None

    @property
    def counts(self) -> Progress | None:
        """The progress, where it is a count of a known number."""
        progress = self.progress
        return progress if progress is not None and progress.stage is None and progress.total else None

    @property
    def run(self) -> float:
        """Seconds since the run began."""
        return 0.0 if self.began is None else self.at - self.began

    @property
    def lasted(self) -> float:
        """Seconds of what a history of like jobs is about: the run, or all of it."""
        return self.run if self.has_queue_phase else self.at

    @property
    def still(self) -> float:
        """Seconds since the progress last changed."""
        return self.at - self.moved

    def estimate(self) -> ProgressEstimate | None:
        """What the job's reports say of its end, where they say anything."""
        progress = self.progress
        if self.waiting or progress is None:
            return None
        if progress.stage is not None:
            return self._by_steps(progress)
        rate = self.rate_estimate.rate
        if rate is None:
            return None
        left = max(progress.total - progress.done - IN_HAND, LEAST) / rate if progress.total else None
        return ProgressEstimate(rate, left, self.still * rate > STILL, self.rate_estimate.spread)

    def _by_steps(self, progress: Progress) -> ProgressEstimate | None:
        spent = self.run - self.still
        if progress.done <= 0 or spent <= 0:
            return None
        rate, rest = progress.done / spent, max((progress.total or 0) - progress.done, 1)
        spread = math.sqrt(1 / progress.done + 1 / rest)
        return ProgressEstimate(rate, max(rest / rate - self.still, LEAST / rate), self.still * rate > STILL, spread)

    def predicted(self, seen: float) -> bool:
        """Whether an end *seen* at that age, by the next look, came as the counts had said: within that look's gap."""
        estimate, gap = self.estimate(), seen - self.at
        if estimate is None or estimate.left is None or self.still > LONG_STILL * self.run:
            return False
        return abs(estimate.left - gap / 2) <= gap


@frozen(eq=False, match_args=False, repr=False)
class ScheduleInput:
    """What there is to judge by after so many *looks*, at that *age*: the job's reports, and the law of like jobs."""

    progress_history: ProgressHistory
    estimate: ProgressEstimate | None
    duration_model: DurationModel | None
    age: float
    polls: int

    @property
    def left(self) -> float | None:
        """Seconds to the end by the job's own reports."""
        return None if self.estimate is None else self.estimate.left

    @property
    def stalled(self) -> bool:
        """Whether the job reports progress, and that stands still."""
        return self.estimate is not None and self.estimate.stalled

    def eta(self) -> Estimate | None:
        """Seconds to the end: by the job's own reports, else as like jobs have it."""
        if self.estimate is not None and self.estimate.left is not None:
            return self.estimate.eta()
        if self.duration_model is None or (self.progress_history.has_queue_phase and self.progress_history.waiting):
            return None
        return self.duration_model.remaining(self.progress_history.lasted)


@frozen(eq=False, match_args=False, repr=False)
class ProgressEstimate:
    """
    What a job's own reports say: units a second, seconds *left* if that stays so, and how far off both may be.

    stalled: nothing has moved for as long as three units take. spread: the relative error.
    """

    rate: float
    left: float | None
    stalled: bool
    spread: float

    def rate_range(self) -> Estimate:
        """The rate, with its range."""
        return _estimate(self.rate, self.spread)

    def eta(self) -> Estimate | None:
        """The seconds left, with their range."""
        return None if self.left is None else _estimate(self.left, self.spread)


def _estimate(value: float, spread: float) -> Estimate:
    factor = math.exp(NINE_IN_TEN * min(spread, 2.0))
    return Estimate(value, value / factor, value * factor)


def _onwards(shown: Progress | None, progress: Progress | None) -> Progress | None:
    """*progress* as a caller may see it: what was once done stays done."""
    if shown is None or progress is None:
        return progress or shown
    same_kind = (shown.stage is None) == (progress.stage is None)
    return evolve(shown, total=progress.total) if same_kind and progress.done < shown.done else progress
