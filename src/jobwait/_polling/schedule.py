"""
When to look next: pure arithmetic on what the looks so far have shown.

No gap is longer than κ times the mean gap so far, so whatever a job reports, its looks times its lateness come to no
more than about κ times those of a fixed gap at the pace: looks that are saved buy longer gaps, looks that are spent
shorten them. Within that each line below says what is known, and what gap it is worth.
"""

import math
from typing import Final, assert_never

from attrs import frozen

from jobwait._model.policy import Aim, DelayPerRequest, Lateness, MaxRequests, PollingDefaults
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.progress_estimate import ProgressHistory, ScheduleInput

KAPPA: Final = 1.2  # the price of the guarantee; less asks for more looks, more for more faith
TRUSTED: Final = 3.0  # κ for counts that history has proven, and for history itself
NO_LONGER: Final = 1.0  # κ where nothing moves, and where any moment can be the end
SHARE: Final = 0.7  # of what is left, to the next look
TRUSTED_SHARE: Final = 0.5  # the same where κ leaves gaps so long that a forecast has time to go wrong
NEAR, MARGIN = 2.0, 0.15  # seconds: so near the end, aim at it, and a little past it
ENDGAME: Final = 8  # polls that a job with counts takes, whatever the aim
FIRST_INTERVALS: Final = 5.0  # paces that a history may keep silent at first, where its jobs are short


@frozen(eq=False, match_args=False, repr=False)
class Plan:
    """The gap to the next look in seconds, and in words what set it."""

    gap: float
    why: str


@frozen(eq=False, match_args=False, repr=False)
class _Bounds:
    """The pace and the floor, stretched by the aim, and what the looks so far allow."""

    interval: float
    min_interval: float
    max_interval_ratio: float
    age: float
    polls: int

    def cap(self, times: float) -> float:
        """The longest gap: *times* the mean gap so far, within the hedge; the pace in any case."""
        return max(self.interval, min(self.max_interval_ratio * self.age, times * self.age / max(self.polls, 1)))


def plan(settings: PollingDefaults, inputs: ScheduleInput) -> Plan:
    """The gap after the latest look, counted from when that was sent."""
    bounds = _bounds(settings, inputs)
    wanted = _by_line(bounds, inputs)
    gap, why = wanted.gap, wanted.why
    if gap < bounds.min_interval:
        gap, why = bounds.min_interval, "the floor"
    longest = settings.max_interval
    if longest is not None and gap > longest:
        gap, why = longest, "the longest silence"
    return Plan(gap, why)


def first(settings: PollingDefaults, duration_model: DurationModel | None) -> float:
    """Seconds from our own submission to the first look: the pace, unless history says that nothing ends so soon."""
    bounds = _bounds(settings, ScheduleInput(ProgressHistory(), None, duration_model, 0.0, 0))
    interval = bounds.interval
    usual = max(settings.first_interval * interval / interval_of(settings), bounds.min_interval)
    if duration_model is None or not duration_model.holds:
        return usual
    latest = min(duration_model.shortest + interval, max(duration_model.shortest / 2, FIRST_INTERVALS * interval))
    return max(
        usual, duration_model.shortest / 2 if duration_model.trusted else duration_model.pause(0.0, interval, latest)
    )


def interval_of(settings: PollingDefaults) -> float:
    """The vendor's pace, or what stands in for it where the caller has lifted it."""
    return settings.interval or settings.min_interval


def _bounds(settings: PollingDefaults, inputs: ScheduleInput) -> _Bounds:
    interval = interval_of(settings)
    factor = stretch(settings.aim, inputs, interval)
    return _Bounds(
        factor * interval, factor * settings.min_interval, settings.max_interval_ratio, inputs.age, inputs.polls
    )


def _by_line(bounds: _Bounds, inputs: ScheduleInput) -> Plan:
    progress_history, estimate, duration_model = inputs.progress_history, inputs.estimate, inputs.duration_model
    if progress_history.waiting and (progress_history.has_queue_phase or duration_model is None):
        return _queued(bounds, duration_model)
    steps = progress_history.steps
    if steps is not None and steps.total and steps.total > 1:
        return _in_steps(bounds, progress_history, steps.done + 1, steps.total)
    if estimate is not None and estimate.left is not None:
        return _counting(bounds, progress_history.still, estimate.left, duration_model, stalled=estimate.stalled)
    if duration_model is not None:
        gap = duration_model.pause(progress_history.lasted, bounds.interval, bounds.cap(TRUSTED))
        return Plan(gap, f"like jobs take about {duration_model.mean:.3g} s")
    return Plan(bounds.interval, "the pace")


def _queued(bounds: _Bounds, duration_model: DurationModel | None) -> Plan:
    if duration_model is not None and duration_model.holds:
        gap = max(bounds.interval, min(duration_model.shortest / 2, bounds.max_interval_ratio * bounds.age))
        return Plan(gap, f"the job is queued, and like jobs run {duration_model.shortest:.3g} s at least")
    return Plan(bounds.cap(KAPPA), "the job is queued")


def _in_steps(bounds: _Bounds, progress_history: ProgressHistory, step: int, total: int) -> Plan:
    if step < total:
        return Plan(bounds.cap(KAPPA), f"step {step} of {total} is not the last")
    usual = max(progress_history.run / total, progress_history.still)
    gap = bounds.interval * math.sqrt(usual / max(bounds.age, bounds.interval))
    return Plan(min(bounds.cap(NO_LONGER), gap), "the last step: any moment can be the end")


def _counting(
    bounds: _Bounds, still: float, left: float, duration_model: DurationModel | None, *, stalled: bool
) -> Plan:
    trusted = duration_model is not None and duration_model.trusted
    kappa, share = (TRUSTED, TRUSTED_SHARE) if trusted else (KAPPA, SHARE)
    why = f"its counts say that {left:.3g} s are left"
    if stalled:
        kappa, why = NO_LONGER, f"its counts have stood still for {still:.3g} s"
    gap = left + MARGIN if left < NEAR else share * left
    return Plan(min(bounds.cap(kappa), max(gap, still / 2)), why)


def stretch(aim: Aim | None, inputs: ScheduleInput, interval: float) -> float:
    """How many times the pace the gaps are to be; never below 1, as that is the vendor's word."""
    return 1.0 if aim is None else max(1.0, _wanted(aim, inputs, interval))


def barred(aim: Aim | None, inputs: ScheduleInput, interval: float) -> bool:
    """Whether *aim* asks for looks more often than the vendor allows."""
    return isinstance(aim, Lateness | DelayPerRequest) and _wanted(aim, inputs, interval) < 1


def _wanted(aim: Aim, inputs: ScheduleInput, interval: float) -> float:
    """The stretch that *aim* asks for; below 1 the pace stands in its way."""
    match aim:
        case Lateness():
            return _for_lateness(aim.seconds, inputs, interval)
        case MaxRequests():
            return _for_requests(aim.requests, inputs, interval)
        case DelayPerRequest():
            return math.sqrt(2 * aim.seconds * (_whole(inputs) or inputs.age)) / interval
        case _:
            assert_never(aim)


def _whole(inputs: ScheduleInput) -> float | None:
    """The seconds that the whole job takes, as well as they are known."""
    if inputs.duration_model is not None:
        return inputs.duration_model.mean
    return None if inputs.left is None else inputs.age + inputs.left


def _for_lateness(seconds: float, inputs: ScheduleInput, interval: float) -> float:
    if inputs.progress_history.steps is not None:
        return 0.8 * seconds
    if inputs.progress_history.counts is not None:
        return 2 * seconds
    return 2 * seconds / interval * (1.0 if inputs.duration_model is None else math.sqrt(inputs.duration_model.gain))


def _for_requests(most: int, inputs: ScheduleInput, interval: float) -> float:
    total = _whole(inputs)
    if total is None:  # twice as patient whenever half of what is left is spent, and by each look beyond
        beyond = max(inputs.polls - (most - 1), 0)
        return math.pow(2, min(math.floor(math.log2(most / max(most - inputs.polls, 1))) + beyond, 64))
    if inputs.progress_history.counts is not None and most > ENDGAME:
        return total / interval / math.pow(most - ENDGAME, KAPPA)
    return total / (interval * most)
