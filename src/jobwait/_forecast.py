"""What the looks so far have shown of one job, and what follows for its end."""

from __future__ import annotations

import math
from typing import Any, Final

import attrs
from attrs import frozen

from jobwait._types import Estimate, Progress

WINDOW: Final = 0.6  # share of the run over which the rate is remembered
LEAST: Final = 0.5  # units: nobody has done, or has left, less than half a one
STILL: Final = 3.0  # units' worth of time without a change that make a standstill
NINE_IN_TEN: Final = 1.645  # standard deviations either way


@frozen
class Track:
    """
    One job's way so far; ages are in seconds since the job was submitted, or first asked for.

    at: the last look that was answered. waiting: whether the job was queued then, and until: the age when it last
    was. began: when its run began, as well as that can be told. progress: as last reported. moved: when that last
    changed. shown: the same, but never backwards. gained, span, squares, looks: units done, seconds gone by, squared
    units a second and looks, the older the fainter. size: the job's, where it is known. phased: whether the time in
    the queue is no part of what like jobs take.
    """

    phased: bool = False
    at: float = 0.0
    waiting: bool = True
    until: float | None = None
    began: float | None = None
    progress: Progress | None = None
    shown: Progress | None = None
    moved: float = 0.0
    gained: float = 0.0
    span: float = 0.0
    squares: float = 0.0
    looks: float = 0.0
    size: float | None = None

    def after(self, age: float, progress: Progress | None, size: float | None, *, queued: bool, ours: bool) -> Track:
        """This track with one more look; a job that is not *ours* may have begun long before we first asked."""
        size = self.size if size is None else size
        shown = _onwards(self.shown, progress)
        if queued:
            return attrs.evolve(self, at=age, waiting=True, until=age, progress=progress, shown=shown, size=size)
        began = self.began
        if began is None:
            began = self._beginning(age) if ours or self.until is not None else age
        seen = attrs.evolve(self, at=age, waiting=False, began=began, progress=progress, shown=shown, size=size)
        return seen if progress is None else seen._counted(self, progress, began)

    def _beginning(self, age: float) -> float:
        """Midway between the last look at the queue and the first at the run; a job never seen to queue did not."""
        return 0.0 if self.until is None else (self.until + age) / 2

    def _counted(self, before: Track, progress: Progress, began: float) -> Track:
        first = before.began is None
        known = before.progress.done if before.progress is not None and not first else 0
        since = began if first else before.at
        done = max(0, progress.done - known)
        seconds, run = self.at - since, self.at - began
        changes: dict[str, Any] = {}
        if seconds > 0:
            fading = math.exp(-seconds / (WINDOW * run))
            changes["gained"] = before.gained * fading + done
            changes["span"] = before.span * fading + seconds
            changes["squares"] = before.squares * fading + done * done / seconds
            changes["looks"] = before.looks * fading + 1
        if first or before.progress is None or progress != before.progress:
            changes["moved"] = self.at
        return attrs.evolve(self, **changes)

    @property
    def steps(self) -> Progress | None:
        """The progress, where it is in steps."""
        return self.progress if self.progress is not None and self.progress.stage is not None else None

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
        return self.run if self.phased else self.at

    @property
    def still(self) -> float:
        """Seconds since the progress last changed."""
        return self.at - self.moved

    @property
    def rate(self) -> float | None:
        """Units a second: of counts lately, of steps over those that are finished."""
        if self.waiting or self.progress is None:
            return None
        if self.steps is not None:
            spent = self.run - self.still
            return self.progress.done / spent if self.progress.done > 0 and spent > 0 else None
        return max(self.gained, LEAST) / self.span if self.span > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds to the end, if the rate stays."""
        rate, progress = self.rate, self.progress
        if rate is None or progress is None or not progress.total:
            return None
        rest = progress.total - progress.done
        if self.steps is not None:
            return max(rest / rate - self.still, LEAST / rate)
        return max(rest, LEAST) / rate

    @property
    def stalled(self) -> bool:
        """Whether nothing has moved for as long as three units take."""
        rate = self.rate
        return rate is not None and self.still * rate > STILL

    def foretold(self, seen: float) -> bool:
        """Whether an end *seen* at that age, by the next look, came as the counts had said: within that look's gap."""
        left, gap = self.left, seen - self.at
        return left is not None and not self.stalled and abs(left - gap / 2) <= gap

    @property
    def spread(self) -> float:
        """The relative error of the rate: what so few units leave open, and how unsteady they came."""
        rate, progress = self.rate, self.progress
        if rate is None or progress is None:
            return math.inf
        if self.steps is not None:
            rest = max((progress.total or 0) - progress.done, 1)
            return math.sqrt(1 / max(progress.done, 1) + 1 / rest)
        uneven = max(0.0, self.squares / self.span / rate**2 - 1) / max(self.looks, 1.0)
        return math.sqrt(1 / max(self.gained, LEAST) + uneven)


def _onwards(shown: Progress | None, progress: Progress | None) -> Progress | None:
    """*progress* as a caller may see it: what was once done stays done."""
    if shown is None or progress is None:
        return progress or shown
    same_kind = (shown.stage is None) == (progress.stage is None)
    return attrs.evolve(shown, total=progress.total) if same_kind and progress.done < shown.done else progress


def estimate(value: float | None, spread: float) -> Estimate | None:
    """*value* with the range that its relative *spread* leaves, nine times in ten."""
    if value is None or not math.isfinite(spread):
        return None
    factor = math.exp(NINE_IN_TEN * min(spread, 2.0))
    return Estimate(value, value / factor, value * factor)
