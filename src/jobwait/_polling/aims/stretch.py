"""The factor on the intervals that an aim asks for, and whether the service's interval forbids what it asks for."""

import math
from typing import assert_never

from jobwait._model.policy import Aim, DelayPerRequest, Lateness, MaxRequests, PollingDefaults
from jobwait._polling.aims.budget import stretch_for
from jobwait._polling.aims.knowledge import expected_duration, interval_of
from jobwait._polling.progress_estimate import ScheduleInput


def stretch(settings: PollingDefaults, inputs: ScheduleInput) -> float:
    """The factor on both intervals that the aim asks for; at least 1, as the service's interval binds."""
    return 1.0 if settings.aim is None else max(1.0, _requested(settings.aim, settings, inputs))


def barred(settings: PollingDefaults, inputs: ScheduleInput) -> str | None:
    """The limit that forbids polls as frequent as the aim asks for: "interval" or "minimum interval"; or None."""
    aim, interval = settings.aim, interval_of(settings)
    if isinstance(aim, MaxRequests):
        longest = expected_duration(inputs) or settings.timeout
        asks_for_more = longest is not None and aim.requests > 1 + longest / interval
    else:
        inputs = inputs._replace(age=max(inputs.age, interval))  # as the first poll may be sent at once
        asks_for_more = aim is not None and _requested(aim, settings, inputs) < 1
    return None if not asks_for_more else "minimum interval" if settings.interval is None else "interval"


def _requested(aim: Aim, settings: PollingDefaults, inputs: ScheduleInput) -> float:
    interval = interval_of(settings)
    match aim:
        case Lateness():
            return _for_lateness(aim.seconds, inputs, interval)
        case MaxRequests():
            return stretch_for(aim.requests, settings, inputs)
        case DelayPerRequest():
            return _for_delay(aim.seconds, inputs, interval)
        case _:
            assert_never(aim)


def _for_lateness(seconds: float, inputs: ScheduleInput, interval: float) -> float:
    if inputs.progress_history.steps is not None:
        return 0.8 * seconds
    if inputs.progress_history.counts is not None:
        return 2 * seconds
    slowness = 1.0 if inputs.duration_model is None else inputs.duration_model.law.slowness
    return 2 * seconds / (interval * slowness)


def _for_delay(seconds: float, inputs: ScheduleInput, interval: float) -> float:
    lasted = expected_duration(inputs) or inputs.age
    longer = 1.0 if inputs.duration_model is None else inputs.duration_model.law.longer
    return math.sqrt(2 * seconds * lasted) / (interval * longer)
