"""What is due when: in the order of its times, however far off."""

import math
import random

from jobwait.fleet.timetable import Timetable


def due(timetable, times, until):
    """The numbers in the order in which they are due, as a scheduler takes them: each at its time among *times*."""
    found = []
    while timetable.next <= until:
        now = timetable.next
        at, number = timetable.pop(now)
        if at == times[number]:
            found.append(number)
        elif timetable.begins(times[number]) == at:
            timetable.add(number, times[number], now)
    return found


def test_what_is_due_comes_in_the_order_of_its_times():
    """Near or far, at the seams of spans, twice at one time."""
    rng = random.Random(7)
    times = [rng.uniform(100.0, 1000.0) for _ in range(500)] + [100.0, 104.0, 108.0, 300.0, 300.0, 1000.0]
    timetable = Timetable(4.0)
    for number, at in enumerate(times):
        timetable.add(number, at, 100.0)
    found = due(timetable, times, 1000.0)
    assert sorted(range(len(times))) == sorted(found)
    assert sorted(times) == [times[number] for number in found]
    assert math.inf == timetable.next


def test_a_number_is_due_at_the_beginning_of_its_span_first():
    """The caller adds it again, with its exact time; one whose time has changed meanwhile is left out."""
    timetable = Timetable(10.0)
    timetable.add(1, 57.0, 0.0)
    timetable.add(2, 58.0, 0.0)
    assert timetable.pop(49.9) is None
    assert 50.0 == timetable.next
    assert [(50.0, 2), (50.0, 1)] == [timetable.pop(50.0), timetable.pop(50.0)]
    timetable.add(1, 57.0, 50.0)
    assert 57.0 == timetable.next
    assert timetable.pop(56.9) is None
    assert (57.0, 1) == timetable.pop(57.0)
    assert timetable.pop(1000.0) is None


def test_what_is_never_due_is_not_kept():
    """A job without a deadline."""
    timetable = Timetable(10.0)
    timetable.add(1, math.inf, 0.0)
    assert math.inf == timetable.next
    assert timetable.pop(1e12) is None
