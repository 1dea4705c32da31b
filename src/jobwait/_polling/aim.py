"""What a caller's aim makes of the pace: one number, the stretch, multiplies pace and floor together."""

from __future__ import annotations

import math
from typing import Final, assert_never

from jobwait._model.policy import Aim, DelayPerRequest, Lateness, MaxRequests
from jobwait._polling.progress_estimate import ScheduleInput

ENDGAME: Final = 8  # looks that a job with counts takes however patient we are
KAPPA: Final = 1.2


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
