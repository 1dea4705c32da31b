"""What a caller's aim makes of the pace: one number, the stretch, multiplies pace and floor together."""

from __future__ import annotations

import math
from typing import Final, assert_never

from jobwait._forecast import Track
from jobwait._history import Law
from jobwait._policy import Aim, Lateness, MaxRequests, Patience

ENDGAME: Final = 8  # looks that a job with counts takes however patient we are
KAPPA: Final = 1.2


def stretch(aim: Aim | None, track: Track, law: Law | None, pace: float, age: float, looks: int) -> float:
    """How many times the pace the gaps are to be; never below 1, as that is the vendor's word."""
    return 1.0 if aim is None else max(1.0, wanted(aim, track, law, pace, age, looks))


def wanted(aim: Aim, track: Track, law: Law | None, pace: float, age: float, looks: int) -> float:
    """The stretch that *aim* asks for; below 1 the pace stands in its way."""
    total = _whole(track, law, age)
    match aim:
        case Lateness():
            return _for_lateness(aim.seconds, track, law, pace)
        case MaxRequests():
            return _for_requests(aim.requests, track, total, pace, looks)
        case Patience():
            return math.sqrt(2 * aim.seconds * (total or age)) / pace
        case _:
            assert_never(aim)


def barred(aim: Aim | None, track: Track, law: Law | None, pace: float, age: float, looks: int) -> bool:
    """Whether *aim* asks for looks more often than the vendor allows."""
    return isinstance(aim, Lateness | Patience) and wanted(aim, track, law, pace, age, looks) < 1


def _whole(track: Track, law: Law | None, age: float) -> float | None:
    """The seconds that the whole job takes, as well as they are known."""
    if law is not None:
        return law.mean
    return None if track.left is None else age + track.left


def _for_lateness(seconds: float, track: Track, law: Law | None, pace: float) -> float:
    if track.steps is not None:
        return 0.8 * seconds
    if track.counts is not None:
        return 2 * seconds
    return 2 * seconds / pace * (1.0 if law is None else math.sqrt(law.gain()))


def _for_requests(most: int, track: Track, total: float | None, pace: float, looks: int) -> float:
    if total is None:  # twice as patient whenever half of what is left is spent
        return float(2 ** math.floor(math.log2(most / max(most - looks, 1))))
    if track.counts is not None and most > ENDGAME:
        return total / pace / (most - ENDGAME) ** KAPPA
    return total / (pace * most)
