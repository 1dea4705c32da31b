"""An account's rate divided: by slots on a circle, and never twice the same part at once."""

import random

import pytest

from jobwait import Limit
from jobwait.engines.rate_division import conflicts, divide, transition
from jobwait.engines.rate_slots import Share, SlotRateLimiter, position, slots_per_second

START = 1_800_000_000


class World:
    """A calendar and a monotonic clock that go together."""

    def __init__(self) -> None:
        self.now = 0.0

    def clock(self) -> float:
        return START + self.now


def limiter(world, rate, arc, until=1e9):
    made = SlotRateLimiter(clock=world.clock)
    made.use(Share(rate, arc, until))
    return made


def sent(limiters, world, seconds):
    """When each of *gates* lets something through, if all always have something to send."""
    times = [[] for _ in limiters]
    while world.now < seconds:
        waits = [one.wait(world.now) for one in limiters]
        for one, wait, own in zip(limiters, waits, times, strict=True):
            if wait <= 0:
                one.take(world.now)
                own.append(world.now)
        world.now += max(min(one.wait(world.now) for one in limiters), 1e-4)
    return times


def fullest(times, window=1.0):
    """The most that fell within any *window*."""
    ordered = sorted(times)
    return max(sum(one <= other < one + window for other in ordered[at : at + 200]) for at, one in enumerate(ordered))


def test_a_slot_of_a_divided_circle_has_exactly_one_holder():
    """However the circle is divided, each slot belongs to exactly one."""
    arcs = divide({"a": 500, "b": 17, "c": 1000, "d": 1})
    for slot in range(START * 20, START * 20 + 1000):
        assert 1 == sum(low <= position(slot) < high for low, high in arcs.values())


def test_forty_sweeps_of_all_sizes_together_keep_the_limit():
    """Forty sweeps of all sizes together send what the account may, in no second more, each its share."""
    world, rng = World(), random.Random(7)
    sizes = {str(number): rng.randrange(1, 1000) for number in range(40)}
    arcs = divide(sizes)
    times = sent([limiter(world, slots_per_second(Limit(20)), arc) for arc in arcs.values()], world, 120)
    together = [one for own in times for one in own]
    assert fullest(together) <= 20
    assert 0.97 * 18 * 120 <= len(together)
    for own, size in zip(times, sizes.values(), strict=True):
        assert abs(len(own) - 18 * 120 * size / sum(sizes.values())) <= 3


def test_machines_whose_clocks_differ_send_no_more_than_their_shares():
    """Three machines whose clocks are off by up to a second still send no more than their shares."""
    world = World()
    limiters = []
    for skew, arc in zip((0.0, 0.37, -1.0), divide({"a": 1, "b": 1, "c": 1}).values(), strict=True):
        late = World()
        late.clock = lambda skew=skew: world.clock() + skew
        limiters.append(limiter(late, 19.0, arc))
    assert fullest([one for own in sent(limiters, world, 60) for one in own]) <= 22


@pytest.mark.parametrize("jump", [-1e9, -3600.0, -2.0, 2.0, 1e9])
def test_a_calendar_that_is_set_delays_no_slot(jump):
    """Slots are counted by the calendar, which may be set back or forward by any amount while a share holds."""
    world, skew = World(), [0.0]
    world.clock = lambda: START + world.now + skew[0]
    one = limiter(world, 10.0, (0.0, 0.5))
    (before,) = sent([one], world, 5)
    skew[0] = jump
    (after,) = sent([one], world, 10)
    assert min(after) - max(before) <= 1.0
    assert 20 <= len(after) <= 30


def test_a_share_that_has_run_out_sends_nothing_until_the_next():
    """Who can ask no more stops sending, and goes on with the next share."""
    world = World()
    one = limiter(world, 10.0, (0.0, 1.0), until=3.0)
    (times,) = sent([one], world, 6)
    assert 2.8 < max(times) < 3.0
    one.use(Share(10.0, (0.0, 1.0), 9.0))
    (times,) = sent([one], world, 8)
    assert 6.0 <= min(times) < 6.2


def test_a_gate_that_was_refused_pauses_and_then_sends_more_slowly():
    """After a refusal nothing is sent for as long as the service asks, and then more slowly."""
    world = World()
    one = limiter(world, 20.0, (0.0, 1.0))
    (before,) = sent([one], world, 5)
    one.refused(5.0, 3.0)
    (after,) = sent([one], world, 13)
    assert 8.0 <= min(after)
    assert len(after) / 5 <= 0.7 * len(before) / 5


def test_a_division_made_anew_gives_nobody_what_another_may_still_use():
    """While a division is made anew, the arcs in use and the arcs given never overlap."""
    rng = random.Random(3)
    held = divide({"a": 5, "b": 5})
    for _ in range(200):
        names = rng.sample("abcdefgh", rng.randrange(1, 7))
        new = divide({name: rng.randrange(1, 9) for name in names})
        now = transition(held, new)
        assert not conflicts({name: arc for name, arc in held.items() if name in names}, now)
        assert not conflicts(now, now)
        held = new


def test_a_newcomer_collides_only_where_another_holds_a_part():
    """The first has all at once; where another holds it, it collides."""
    assert not conflicts({"a": (0.0, 0.0)}, {"a": (0.0, 1.0)})
    assert conflicts({"a": (0.0, 1.0), "b": (0.0, 0.0)}, {"a": (0.0, 0.5), "b": (0.5, 1.0)})
