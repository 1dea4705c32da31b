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

from jobwait._aim import stretch
from jobwait._forecast import Track
from jobwait._history import Law
from jobwait._policy import Settled

KAPPA: Final = 1.2  # the price of the guarantee; less asks for more looks, more for more faith
TRUSTED: Final = 3.0  # κ for counts that history has proven, and for history itself
NO_LONGER: Final = 1.0  # κ where nothing moves, and where any moment can be the end
SHARE: Final = 0.6  # of what is left, to the next look
NEAR, MARGIN = 2.0, 0.15  # seconds: so near the end, aim at it, and a little past it
FIRST_PACES: Final = 5.0  # paces that a history may keep silent at first, where its jobs are short


@frozen
class Plan:
    """The gap to the next look in seconds, and in words what set it."""

    gap: float
    why: str


@frozen
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


def plan(settled: Settled, track: Track, law: Law | None, age: float, looks: int) -> Plan:
    """The gap after look number *looks*, sent at *age*."""
    bounds = _bounds(settled, track, law, age, looks)
    wanted = _by_line(bounds, track, law)
    gap, why = wanted.gap, wanted.why
    if gap < bounds.floor:
        gap, why = bounds.floor, "the floor"
    longest = settled.longest_silence if settled.aim is None else None
    if longest is not None and gap > longest:
        gap, why = longest, "the longest silence"
    return Plan(gap, why)


def first(settled: Settled, law: Law | None) -> Plan:
    """The time from our own submission to the first look: the pace, unless a history says that nothing can end so soon."""
    bounds = _bounds(settled, Track(), law, 0.0, 0)
    usual = max(settled.first * bounds.pace / _pace(settled), bounds.floor)
    if law is None or (law.counted and not law.trusted):
        return Plan(usual, "the pace")
    pace = bounds.pace
    latest = min(law.shortest + pace, max(law.shortest / 2, FIRST_PACES * pace))
    gap = max(usual, law.shortest / 2 if law.trusted else law.pause(0.0, pace, latest))
    return Plan(gap, f"like jobs take {law.shortest:.3g} s at least")


def _pace(settled: Settled) -> float:
    return settled.pace or settled.floor


def _bounds(settled: Settled, track: Track, law: Law | None, age: float, looks: int) -> _Bounds:
    pace = _pace(settled)
    factor = stretch(settled.aim, track, law, pace, age, looks)
    return _Bounds(factor * pace, factor * settled.floor, settled.hedge, age, looks)


def _by_line(bounds: _Bounds, track: Track, law: Law | None) -> Plan:
    trusted = law is not None and law.trusted
    steps, left = track.steps, track.left
    if track.waiting and (track.phased or law is None):
        return _queued(bounds, track, law)
    if steps is not None and steps.total and steps.total > 1:
        return _in_steps(bounds, track, steps.done + 1, steps.total)
    if track.counts is not None and left is not None:
        return _counting(bounds, track, left, TRUSTED if trusted else KAPPA)
    if law is not None:
        gap = law.pause(track.lasted, bounds.pace, bounds.cap(TRUSTED))
        return Plan(gap, f"like jobs take about {law.mean:.3g} s")
    return Plan(bounds.pace, "the pace")


def _queued(bounds: _Bounds, track: Track, law: Law | None) -> Plan:
    if law is not None and (law.trusted or not law.counted):
        gap = max(bounds.pace, min(law.shortest / 2, bounds.hedge * bounds.age))
        return Plan(gap, f"the job is queued, and like jobs run {law.shortest:.3g} s at least")
    return Plan(bounds.cap(KAPPA), "the job is queued")


def _in_steps(bounds: _Bounds, track: Track, step: int, total: int) -> Plan:
    if step < total:
        return Plan(bounds.cap(KAPPA), f"step {step} of {total} is not the last")
    usual = max(track.run / total, track.still)
    gap = bounds.pace * math.sqrt(usual / max(bounds.age, bounds.pace))
    return Plan(min(bounds.cap(NO_LONGER), gap), "the last step: any moment can be the end")


def _counting(bounds: _Bounds, track: Track, left: float, kappa: float) -> Plan:
    if track.stalled:
        kappa, why = NO_LONGER, f"its counts have stood still for {track.still:.3g} s"
    else:
        why = f"its counts say that {left:.3g} s are left"
    gap = left + MARGIN if left < NEAR else SHARE * left
    return Plan(min(bounds.cap(kappa), max(gap, track.still / 2)), why)


def not_before(settled: Settled, looks: int) -> float:
    """The age in seconds before which look number *looks* + 1 is not sent: the pace is a cumulative ceiling."""
    return 0.0 if settled.pace is None else looks * settled.pace
