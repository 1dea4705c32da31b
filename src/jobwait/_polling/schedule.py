"""
When to poll next: pure arithmetic on what the polls so far have shown.

The next interval is at most κ times the mean interval so far, so requests times delay stays within κ of fixed-interval
polling even when progress reports are wrong. The service's interval is allowed in any case. Below that limit each rule
uses what is known: the queue, steps, counts, or how long similar jobs took.
"""

import math
from typing import Final, NamedTuple

from jobwait._model.policy import MaxRequests, PollingDefaults
from jobwait._polling.aims.budget import FIRST_SHARE, Spending, spend
from jobwait._polling.aims.knowledge import interval_of, knowledge
from jobwait._polling.aims.stretch import stretch
from jobwait._polling.duration_model import DurationModel
from jobwait._polling.progress_estimate import ProgressHistory, ScheduleInput

KAPPA: Final = 1.2  # a lower value costs more polls; a higher one costs more delay when reports are wrong
KAPPA_PROVEN: Final = 3.0  # for counts that were accurate in the history, and for the history itself
KAPPA_STALLED: Final = 1.0  # while progress is stalled, and in the last step
REMAINING_SHARE: Final = 0.7  # of the time left, until the next poll
REMAINING_SHARE_PROVEN: Final = 0.5  # with KAPPA_PROVEN: its intervals are so long that an estimate can become outdated
NEAR_END: Final = 2.0  # seconds left from which the next poll is sent just after the estimated end
END_MARGIN: Final = 0.15  # seconds after the estimated end
MAX_FIRST_DELAY: Final = 5.0  # intervals before the first poll, for a history of short jobs


class Plan(NamedTuple):
    """The interval until the next poll in seconds, and why."""

    gap: float
    why: str


class _Bounds(NamedTuple):
    """The interval and the minimum interval, stretched by the aim; and what the polls so far allow."""

    interval: float
    min_interval: float
    max_interval_ratio: float
    age: float
    polls: int

    def cap(self, kappa: float) -> float:
        """The longest interval allowed: *kappa* times the mean so far, or a share of the age if that is less."""
        return max(self.interval, min(self.max_interval_ratio * self.age, kappa * self.age / max(self.polls, 1)))


def plan(settings: PollingDefaults, inputs: ScheduleInput) -> Plan:
    """The interval after the latest poll, counted from when that was sent."""
    bounds = _bounds(settings, inputs)
    planned, longest = _plan(bounds, inputs), settings.max_interval
    if planned.gap < bounds.min_interval:
        planned = Plan(bounds.min_interval, "the minimum interval")
    if isinstance(settings.aim, MaxRequests):
        planned = _within(spend(settings.aim.requests, settings, inputs), bounds, planned)
    if longest is not None and planned.gap > longest:
        return Plan(longest, "the maximum interval")
    return planned


def _within(spending: Spending, bounds: _Bounds, planned: Plan) -> Plan:
    gap = planned.gap if spending.gap is None else max(spending.gap, bounds.interval)
    why = spending.why or planned.why
    return Plan(gap, f"{why}; the end is seen about {spending.late} late" if spending.late else why)


def first(settings: PollingDefaults, duration_model: DurationModel | None) -> float:
    """Seconds from our own submission to the first poll: the interval, unless similar jobs never ended so early."""
    bounds = _bounds(settings, ScheduleInput(ProgressHistory(), None, duration_model, 0.0, 0))
    interval = bounds.interval
    usual = max(settings.first_interval * interval / interval_of(settings), bounds.min_interval)
    if duration_model is None or not duration_model.holds:
        return usual
    shortest = duration_model.shortest
    if duration_model.trusted:
        return max(usual, shortest / 2)
    latest = min(shortest + interval, max(FIRST_SHARE * shortest, MAX_FIRST_DELAY * interval))
    return max(usual, duration_model.pause(0.0, interval, latest))


def _bounds(settings: PollingDefaults, inputs: ScheduleInput) -> _Bounds:
    interval, factor = interval_of(settings), stretch(settings, inputs)
    return _Bounds(
        factor * interval, factor * settings.min_interval, settings.max_interval_ratio, inputs.age, inputs.polls
    )


def _plan(bounds: _Bounds, inputs: ScheduleInput) -> Plan:
    history, estimate, duration_model = inputs.progress_history, inputs.estimate, inputs.duration_model
    known = knowledge(inputs)
    if known == "queued":
        return _plan_while_queued(bounds, duration_model)
    if known == "steps" and history.steps is not None and history.steps.total:
        return _plan_by_step(bounds, history, history.steps.done + 1, history.steps.total)
    if known == "counts" and estimate is not None and estimate.left is not None:
        return _plan_by_counts(bounds, history.still, estimate.left, duration_model, stalled=estimate.stalled)
    if duration_model is not None:
        gap = duration_model.pause(history.lasted, bounds.interval, bounds.cap(KAPPA_PROVEN))
        return Plan(gap, f"similar jobs take {duration_model.mean:.3g} s on average")
    return Plan(bounds.interval, "the service's interval")


def _plan_while_queued(bounds: _Bounds, duration_model: DurationModel | None) -> Plan:
    if duration_model is not None and duration_model.holds:
        gap = max(bounds.interval, min(duration_model.shortest / 2, bounds.max_interval_ratio * bounds.age))
        return Plan(gap, f"the job is queued, and similar jobs run {duration_model.shortest:.3g} s at least")
    return Plan(bounds.cap(KAPPA), "the job is queued")


def _plan_by_step(bounds: _Bounds, history: ProgressHistory, step: int, total: int) -> Plan:
    if step < total:
        return Plan(bounds.cap(KAPPA), f"step {step} of {total} is not the last")
    usual = max(history.run / total, history.still)
    gap = bounds.interval * math.sqrt(usual / max(bounds.age, bounds.interval))
    return Plan(min(bounds.cap(KAPPA_STALLED), gap), "the last step can end at any moment")


def _plan_by_counts(
    bounds: _Bounds, still: float, left: float, duration_model: DurationModel | None, *, stalled: bool
) -> Plan:
    proven = duration_model is not None and duration_model.trusted
    kappa, share = (KAPPA_PROVEN, REMAINING_SHARE_PROVEN) if proven else (KAPPA, REMAINING_SHARE)
    why = f"its counts say that {left:.3g} s are left"
    if stalled:
        kappa, why = KAPPA_STALLED, f"its counts have not changed for {still:.3g} s"
    gap = left + END_MARGIN if left < NEAR_END else share * left
    return Plan(min(bounds.cap(kappa), max(gap, still / 2)), why)
