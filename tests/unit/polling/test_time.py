"""Clocks and deadlines; all in virtual time."""

import math
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from jobwait import Lateness, errors, promptforge
from jobwait._polling.commands import Poll, Sleep
from jobwait._sync.wake_up import Stop
from jobwait.testing import EPOCH, FakeServer, Reply
from support.waits import DONE, World, batch, connect, counting, gaps_of, scripted, until, wait

STEADY = [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_step_of_the_wall_clock_moves_no_deadline(jump):
    """Deadlines run on the monotonic clock: an hour's step of the calendar neither ends a wait nor prolongs it."""

    def command(world, command):
        world.jump = jump if world.now > 20 else 0

    world = World(until(1e9), command)
    assert world.wait(timeout=60).state == "timed_out"
    assert 59 < world.now <= 60


def test_a_suspended_machine_looks_once_and_soon():
    """The calendar ran on in the middle of a long gap: the machine slept too. A look within half a minute, no burst."""
    woken = []

    def suspend(world, command):
        if isinstance(command, Sleep) and world.now > 5000 and not woken:
            woken.append(world.now)
            world.jump += 7200

    world = World(until(1e9, batch("QUEUED")), suspend)
    calm = {"timeout": 9000, "aim": Lateness(300)}
    world.wait(**calm)
    undisturbed = wait(until(1e9, batch("QUEUED")), **calm).polled_at
    (usual,), (after, *_) = ([at for at in some if at > woken[0]][:1] for some in (undisturbed, world.polled_at))
    assert usual - woken[0] > 35
    assert after - woken[0] <= 30
    assert min(gaps_of(world.polled_at)) >= 5
    assert all(at >= 5 * number for number, at in enumerate(world.polled_at[:-1]))
    assert len(world.polled_at) <= len(undisturbed) + 1


@pytest.mark.parametrize(
    "timeout", [-1, math.nan, math.inf, "5", True, datetime.now(UTC), datetime(2020, 1, 1, tzinfo=UTC)]
)
def test_a_timeout_that_is_no_duration_is_refused(timeout):
    """Negative, NaN, infinite, a word or a date: InvalidInput, and nothing is sent."""
    server = FakeServer(DONE)
    with connect(server) as client, pytest.raises(errors.InvalidInput):
        promptforge.job(client, "x").wait(timeout=timeout)
    assert server.requests == []


def test_a_timeout_may_be_a_timedelta():
    """Seconds are floats; timedelta is taken too."""
    assert wait(until(1e9), timeout=timedelta(minutes=1)).outcome.state == "timed_out"


def test_a_timeout_of_0_sends_nothing():
    """0 asks for nothing and says so."""
    report = wait(until(0), timeout=0)
    assert (0, "timed_out") == (report.polls, report.outcome.state)
    assert "not polled" in str(report.outcome.error)


def test_no_timeout_at_all_is_a_choice():
    """None in a policy means none: the wait goes on for as long as the job does."""
    assert wait(until(200_000, batch("QUEUED")), timeout=None).outcome.state == "succeeded"


def test_a_deadline_shorter_than_the_gap_still_looks():
    """A deadline before the first gap is over still gets its last look."""
    report = wait(until(1), timeout=2)
    assert ("succeeded", 1) == (report.outcome.state, report.polls)


def test_a_request_in_flight_is_bounded_by_the_deadline():
    """A look may take no longer than what is left; the wait ends with its deadline, not with the server's answer."""
    report = wait(lambda t: Reply(200, batch(), seconds=100), timeout=12)
    assert report.outcome.state == "timed_out"
    assert (report.outcome.seen_at - report.outcome.started).total_seconds() == pytest.approx(12)


def test_the_last_look_is_sent_a_grace_before_the_deadline():
    """The grace is twice the slowest answer, half a second at least."""
    for seconds, grace in ((0.0, 0.5), (0.9, 2.0)):
        report = wait(lambda t, seconds=seconds: Reply(200, batch(), seconds=seconds), timeout=60)
        assert report.polled_at[-1] == pytest.approx(60 - grace)


def test_a_terminal_answer_beats_the_deadline():
    """What the last look brings counts, though it arrives at the deadline."""
    report = wait(until(59.4), timeout=60)
    assert "succeeded" == report.outcome.state


def test_a_slow_look_is_not_made_up_for():
    """Gaps count from the send, never less than the floor after the answer: a slow server gets no burst."""
    report = wait(lambda t: Reply(200, batch("COMPLETED" if t > 60 else "PROCESSING", 5), seconds=7), min_interval=1)
    gaps = gaps_of(report.polled_at)
    assert min(gaps) >= 7 + 1


def test_a_sleep_that_ends_early_is_slept_again():
    """A clock that wakes 15 ms too early causes no look before its time."""

    def early(world, command):
        if isinstance(command, Sleep) and command.seconds > 0.02:
            world.now -= 0.015

    world = World(until(32), early)
    world.wait()
    assert [pytest.approx(at, abs=1e-3) for at in [*STEADY, 35.0]] == world.polled_at


def test_no_sleep_is_too_long_for_the_system():
    """A sleep longer than a thread can wait is slept in parts."""
    stop = Stop()
    stop.wake()
    assert stop.wait(1e12) is False
    assert wait(until(0), timeout=None, interval=1e9, min_interval=1e9).polls == 1


def test_a_callback_that_outlasts_the_deadline_ends_the_wait():
    """A slow callback cannot delay the deadline: nothing is sent once it has passed."""
    world = World(until(1e9))

    def slow(world, command):
        if not isinstance(command, Sleep | Poll):
            world.now += 100

    world.doing = slow
    assert world.wait(timeout=60).state == "timed_out"
    assert len(world.polled_at) == 1


def test_the_pace_is_a_ceiling_over_the_whole_wait():
    """By age t at most 1 + t/pace looks, whatever the job reports; only the last before a deadline may be one more."""
    for timeline in (counting(300), counting(300, 10), until(300), scripted(*[batch(done=99)] * 70, DONE)):
        report = wait(timeline, timeout=None)
        assert all(at >= 5 * number - 1e-6 for number, at in enumerate(report.polled_at))


def test_the_pace_can_be_lifted():
    """pace=None lifts the ceiling; the floor holds."""
    report = wait(until(20), interval=None)
    assert 1 == min(report.polled_at)
    assert [pytest.approx(1.1)] * (report.polls - 1) == gaps_of(report.polled_at)


def test_a_look_carries_the_calendar():
    """Outcomes tell of time in aware UTC datetimes."""
    outcome = wait(until(4)).outcome
    assert (EPOCH, EPOCH + 5.1) == (outcome.started.timestamp(), pytest.approx(outcome.seen_at.timestamp()))
    assert outcome.seen_at.tzinfo is UTC


def test_nothing_but_a_response_or_an_error_answers_a_look():
    """What is no failed request is a bug, and is seen."""

    def broken(t):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wait(broken)
    assert wait(scripted(httpx.ConnectError, DONE)).outcome.errors == 1


def test_an_answer_that_takes_too_long_is_cut_off():
    """The kit's world has the request timeout that a client has: half a minute."""
    report = wait(scripted(Reply(200, DONE, seconds=40), DONE))
    assert ("succeeded", 1) == (report.outcome.state, report.outcome.errors)
    assert report.polled_at[1] > 5 + 30
