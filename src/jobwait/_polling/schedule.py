"""
When to look next: pure arithmetic on what the looks so far have shown.

No gap is longer than κ times the mean gap so far, so whatever a job reports, its looks times its lateness come to no
more than about κ times those of a fixed gap at the pace: looks that are saved buy longer gaps, looks that are spent
shorten them. Within that each line below says what is known, and what gap it is worth.
"""

from __future__ import annotations

import math
from typing import Final

from attrs import frozen

from jobwait._model.policy import Settled
from jobwait._polling.aim import stretch
from jobwait._polling.duration_model import Law
from jobwait._polling.progress_estimate import Track, View

KAPPA: Final = 1.2  # the price of the guarantee; less asks for more looks, more for more faith
TRUSTED: Final = 3.0  # κ for counts that history has proven, and for history itself
NO_LONGER: Final = 1.0  # κ where nothing moves, and where any moment can be the end
SHARE: Final = 0.7  # of what is left, to the next look
TRUSTED_SHARE: Final = 0.5  # the same where κ leaves gaps so long that a forecast has time to go wrong
NEAR, MARGIN = 2.0, 0.15  # seconds: so near the end, aim at it, and a little past it
FIRST_PACES: Final = 5.0  # paces that a history may keep silent at first, where its jobs are short


@frozen(eq=False, match_args=False, repr=False)
class Plan:
    """The gap to the next look in seconds, and in words what set it."""

    gap: float
    why: str


@frozen(eq=False, match_args=False, repr=False)
class _Bounds:
    """The pace and the floor, stretched by the aim, and what the looks so far allow."""

    pace: float
    floor: float
    hedge: float
    age: float
    looks: int

    def cap(self, times: float) -> float:
        """The longest gap: *times* the mean gap so far, within the hedge; the pace in any case."""
        return max(self.pace, min(self.hedge * self.age, times * self.age / max(self.looks, 1)))


def plan(settled: Settled, view: View) -> Plan:
    """The gap after the latest look, counted from when that was sent."""
    bounds = _bounds(settled, view)
    wanted = _by_line(bounds, view)
    gap, why = wanted.gap, wanted.why
    if gap < bounds.floor:
        gap, why = bounds.floor, "the floor"
    longest = settled.longest_silence
    if longest is not None and gap > longest:
        gap, why = longest, "the longest silence"
    return Plan(gap, why)


def first(settled: Settled, law: Law | None) -> float:
    """Seconds from our own submission to the first look: the pace, unless history says that nothing ends so soon."""
    bounds = _bounds(settled, View(Track(), None, law, 0.0, 0))
    pace = bounds.pace
    usual = max(settled.first * pace / pace_of(settled), bounds.floor)
    if law is None or not law.holds:
        return usual
    latest = min(law.shortest + pace, max(law.shortest / 2, FIRST_PACES * pace))
    return max(usual, law.shortest / 2 if law.trusted else law.pause(0.0, pace, latest))


def pace_of(settled: Settled) -> float:
    """The vendor's pace, or what stands in for it where the caller has lifted it."""
    return settled.pace or settled.floor


def _bounds(settled: Settled, view: View) -> _Bounds:
    pace = pace_of(settled)
    factor = stretch(settled.aim, view, pace)
    return _Bounds(factor * pace, factor * settled.floor, settled.hedge, view.age, view.looks)


def _by_line(bounds: _Bounds, view: View) -> Plan:
    track, forecast, law = view.track, view.forecast, view.law
    if track.waiting and (track.phased or law is None):
        return _queued(bounds, law)
    steps = track.steps
    if steps is not None and steps.total and steps.total > 1:
        return _in_steps(bounds, track, steps.done + 1, steps.total)
    if forecast is not None and forecast.left is not None:
        return _counting(bounds, track.still, forecast.left, law, stalled=forecast.stalled)
    if law is not None:
        gap = law.pause(track.lasted, bounds.pace, bounds.cap(TRUSTED))
        return Plan(gap, f"like jobs take about {law.mean:.3g} s")
    return Plan(bounds.pace, "the pace")


def _queued(bounds: _Bounds, law: Law | None) -> Plan:
    if law is not None and law.holds:
        gap = max(bounds.pace, min(law.shortest / 2, bounds.hedge * bounds.age))
        return Plan(gap, f"the job is queued, and like jobs run {law.shortest:.3g} s at least")
    return Plan(bounds.cap(KAPPA), "the job is queued")


def _in_steps(bounds: _Bounds, track: Track, step: int, total: int) -> Plan:
    if step < total:
        return Plan(bounds.cap(KAPPA), f"step {step} of {total} is not the last")
    usual = max(track.run / total, track.still)
    gap = bounds.pace * math.sqrt(usual / max(bounds.age, bounds.pace))
    return Plan(min(bounds.cap(NO_LONGER), gap), "the last step: any moment can be the end")


def _counting(bounds: _Bounds, still: float, left: float, law: Law | None, *, stalled: bool) -> Plan:
    trusted = law is not None and law.trusted
    kappa, share = (TRUSTED, TRUSTED_SHARE) if trusted else (KAPPA, SHARE)
    why = f"its counts say that {left:.3g} s are left"
    if stalled:
        kappa, why = NO_LONGER, f"its counts have stood still for {still:.3g} s"
    gap = left + MARGIN if left < NEAR else share * left
    return Plan(min(bounds.cap(kappa), max(gap, still / 2)), why)


def not_before(settled: Settled, looks: int) -> float:
    """The age in seconds before which look number *looks* + 1 is not sent: the pace is a cumulative ceiling."""
    return 0.0 if settled.pace is None else looks * settled.pace
