"""Who is next where looks are short."""

import math
from collections import Counter

import pytest
from attrs import define

from jobwait.fleet.poll_queue import PollQueue, priority


@define(eq=False)
class One:
    name: str
    gap: float = 5.0
    weight: float = 1.0
    last: float = 0.0
    max_interval: float = math.inf
    expires: float = math.inf


def served(ones, per_second, seconds):
    """How often each is looked at when there is room for *per_second* alone."""
    poll_queue, counts, silences = PollQueue(), Counter(), Counter()
    for one in ones:
        poll_queue.join(one)
    for number in range(int(per_second * seconds)):
        now = number / per_second
        one = poll_queue.first(now)
        silences[one.name] = max(silences[one.name], now - one.last)
        counts[one.name] += 1
        one.last = now
        poll_queue.join(one)
    return counts, silences


@pytest.mark.parametrize(("weight", "gap", "more"), [(4.0, 5.0, 2.0), (1.0, 2.5, 2.0), (9.0, 10.0, 1.5)])
def test_rates_go_with_the_root_of_weight_and_hazard(weight, gap, more):
    """A weight of four is worth twice the looks; so is half the gap, which says four times the hazard."""
    usual = [One(f"usual {number}") for number in range(40)]
    counts, _ = served([*usual, One("special", gap=gap, weight=weight)], 5.0, 2000)
    assert counts["special"] / counts["usual 7"] == pytest.approx(more, rel=0.1)


def test_nobody_starves():
    """A job with next to no claim is still looked at within its longest silence."""
    ones = [One(f"{number}", weight=100.0) for number in range(20)]
    _, silences = served([*ones, One("meek", weight=1e-6, max_interval=60.0)], 2.0, 600)
    assert silences["meek"] <= 61


def test_a_deadline_goes_first():
    """A job whose deadline is near is asked before all others, once more."""
    late = One("late", expires=12.0)
    assert priority(late, 8.0) == math.inf
    assert priority(late, 5.0) < math.inf


def test_those_whose_deadline_came_are_let_go():
    """Who can no longer be asked in time leaves the line."""
    poll_queue = PollQueue()
    poll_queue.join(One("gone", expires=3.0))
    poll_queue.join(One("stays"))
    assert ["gone"] == [one.name for one in poll_queue.expired(4.0)]
    assert len(poll_queue) == 1


def test_equals_take_turns():
    """Where nothing tells jobs apart they are asked in turn."""
    counts, silences = served([One(f"{number}") for number in range(50)], 5.0, 100)
    assert {10} == set(counts.values())
    assert max(silences.values()) <= 10.5
