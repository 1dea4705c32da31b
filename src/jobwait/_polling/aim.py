"""What a caller's aim makes of the pace: one number, the stretch, multiplies pace and floor together."""

from __future__ import annotations

import math
from typing import Final, assert_never

from jobwait._model.policy import Aim, Lateness, MaxRequests, Patience
from jobwait._polling.progress_estimate import View

ENDGAME: Final = 8  # looks that a job with counts takes however patient we are
KAPPA: Final = 1.2


def stretch(aim: Aim | None, view: View, pace: float) -> float:
    """How many times the pace the gaps are to be; never below 1, as that is the vendor's word."""
    return 1.0 if aim is None else max(1.0, _wanted(aim, view, pace))


def barred(aim: Aim | None, view: View, pace: float) -> bool:
    """Whether *aim* asks for looks more often than the vendor allows."""
    return isinstance(aim, Lateness | Patience) and _wanted(aim, view, pace) < 1


def _wanted(aim: Aim, view: View, pace: float) -> float:
    """The stretch that *aim* asks for; below 1 the pace stands in its way."""
    match aim:
        case Lateness():
            return _for_lateness(aim.seconds, view, pace)
        case MaxRequests():
            return _for_requests(aim.requests, view, pace)
        case Patience():
            return math.sqrt(2 * aim.seconds * (_whole(view) or view.age)) / pace
        case _:
            assert_never(aim)


def _whole(view: View) -> float | None:
    """The seconds that the whole job takes, as well as they are known."""
    if view.law is not None:
        return view.law.mean
    return None if view.left is None else view.age + view.left


def _for_lateness(seconds: float, view: View, pace: float) -> float:
    if view.track.steps is not None:
        return 0.8 * seconds
    if view.track.counts is not None:
        return 2 * seconds
    return 2 * seconds / pace * (1.0 if view.law is None else math.sqrt(view.law.gain))


def _for_requests(most: int, view: View, pace: float) -> float:
    total = _whole(view)
    if total is None:  # twice as patient whenever half of what is left is spent, and by each look beyond
        beyond = max(view.looks - (most - 1), 0)
        return math.pow(2, min(math.floor(math.log2(most / max(most - view.looks, 1))) + beyond, 64))
    if view.track.counts is not None and most > ENDGAME:
        return total / pace / math.pow(most - ENDGAME, KAPPA)
    return total / (pace * most)
