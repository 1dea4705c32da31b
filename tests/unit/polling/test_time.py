"""Clocks and deadlines, in virtual time."""

import math
import random
from datetime import UTC, datetime, timedelta

import pytest

from jobwait import Lateness, errors, promptforge
from jobwait._httpx import httpx
from jobwait._polling.commands import Poll, Sleep
from jobwait._sync.wake_up import Stop
from jobwait.testing import EPOCH, FakeServer, Reply
from support.waits import DONE, World, batch, connect, counting, gaps_of, scripted, until, wait

STEADY = [5.0, 10.0, 15.0, 20.0, 25.0, 30.0]


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_wall_clock_step_does_not_move_the_deadline(jump):
    """Deadlines use the monotonic clock: an hour's step of the calendar changes nothing."""

    def command(world, command):
        world.jump = jump if world.now > 20 else 0

    world = World(until(1e9), command)
    assert world.wait(timeout=60).state == "timed_out"
    assert 59 < world.now <= 60


def test_a_suspended_machine_polls_once_soon_after():
    """The wall clock ran on during a long sleep: a poll within half a minute, no burst."""
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
def test_an_invalid_timeout_is_refused(timeout):
    """Negative, NaN, infinite, a string or a date: InvalidInput, and nothing is sent."""
    server = FakeServer(DONE)
    with connect(server) as client, pytest.raises(errors.InvalidInput):
        promptforge.job(client, "x").wait(timeout=timeout)
    assert server.requests == []


def test_a_timeout_may_be_a_timedelta():
    """Seconds are floats; a timedelta works too."""
    assert wait(until(1e9), timeout=timedelta(minutes=1)).outcome.state == "timed_out"


def test_a_timeout_of_0_sends_nothing():
    """The outcome says so."""
    report = wait(until(0), timeout=0)
    assert (0, "timed_out") == (report.polls, report.outcome.state)
    assert "not polled" in str(report.outcome.error)


def test_timeout_none_waits_without_a_deadline():
    """None in a policy: the wait lasts as long as the job."""
    assert wait(until(200_000, batch("QUEUED")), timeout=None).outcome.state == "succeeded"


def test_a_deadline_before_the_first_interval_still_polls_once():
    """The last poll before the deadline is sent."""
    report = wait(until(1), timeout=2)
    assert ("succeeded", 1) == (report.outcome.state, report.polls)


def test_a_request_in_flight_is_bounded_by_the_deadline():
    """A slow server cannot delay the end of the wait."""
    report = wait(lambda t: Reply(200, batch(), seconds=100 if t > 7 else 0), timeout=12)
    assert report.outcome.state == "timed_out"
    assert (report.outcome.seen_at - report.outcome.started).total_seconds() == pytest.approx(12)


def test_the_last_poll_precedes_the_deadline_by_twice_the_slowest_response():
    """By half a second at least."""
    for seconds, grace in ((0.0, 0.5), (0.9, 2.0)):
        report = wait(lambda t, seconds=seconds: Reply(200, batch(), seconds=seconds), timeout=60)
        assert report.polled_at[-1] == pytest.approx(60 - grace)


def test_a_terminal_response_counts_at_the_deadline():
    """The last poll's response counts, though it arrives at the deadline."""
    report = wait(until(59.4), timeout=60)
    assert "succeeded" == report.outcome.state


def test_a_slow_response_causes_no_burst():
    """Intervals count from the send, and are at least min_interval from the response."""
    report = wait(lambda t: Reply(200, batch("COMPLETED" if t > 60 else "PROCESSING", 5), seconds=7), min_interval=1)
    gaps = gaps_of(report.polled_at)
    assert min(gaps) >= 7 + 1


def test_a_sleep_that_ends_early_is_continued():
    """A clock that wakes 15 ms too early causes no early poll."""

    def early(world, command):
        if isinstance(command, Sleep) and command.seconds > 0.02:
            world.now -= 0.015

    world = World(until(32), early)
    world.wait()
    assert [pytest.approx(at, abs=1e-3) for at in [*STEADY, 35.0]] == world.polled_at


def test_a_sleep_longer_than_the_systems_limit_is_split():
    """Threads cannot sleep for ever at once."""
    stop = Stop()
    stop.wake()
    assert stop.wait(1e12) is False
    assert wait(until(0), timeout=None, interval=1e9, min_interval=1e9).polls == 1


def test_a_callback_that_ends_after_the_deadline_ends_the_wait():
    """Nothing is sent once the deadline has passed."""
    world = World(until(1e9))

    def slow(world, command):
        if not isinstance(command, Sleep | Poll):
            world.now += 100

    world.doing = slow
    assert world.wait(timeout=60).state == "timed_out"
    assert len(world.polled_at) == 1


def test_polls_never_exceed_one_per_interval_over_the_wait():
    """By age t at most 1 + t/interval polls; only the last before a deadline may be one more."""
    for timeline in (counting(300), counting(300, 10), until(300), scripted(*[batch(done=99)] * 70, DONE)):
        report = wait(timeline, timeout=None)
        assert all(at >= 5 * number - 1e-6 for number, at in enumerate(report.polled_at))


def test_interval_none_removes_the_limit_on_polls():
    """min_interval still holds."""
    report = wait(until(20), interval=None)
    assert 1 == min(report.polled_at)
    assert [pytest.approx(1.1)] * (report.polls - 1) == gaps_of(report.polled_at)


def test_an_outcome_has_aware_utc_datetimes():
    """From the driver's wall clock."""
    outcome = wait(until(4)).outcome
    assert (EPOCH, EPOCH + 5.1) == (outcome.started.timestamp(), pytest.approx(outcome.seen_at.timestamp()))
    assert outcome.seen_at.tzinfo is UTC


def test_an_unexpected_exception_of_a_poll_is_raised():
    """It is a bug, not a failed request."""

    def broken(t):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        wait(broken)
    assert wait(scripted(httpx.ConnectError, DONE)).outcome.errors == 1


def test_a_response_after_the_request_timeout_is_a_failed_poll():
    """Virtual time has the clients' default request timeout: half a minute."""
    report = wait(scripted(Reply(200, DONE, seconds=40), DONE))
    assert ("succeeded", 1) == (report.outcome.state, report.outcome.errors)
    assert report.polled_at[1] > 5 + 30


@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning")
@pytest.mark.parametrize("seed", range(5))
def test_no_wait_ends_later_than_its_deadline(seed):
    """Random refusals, delays, calendars and policies; new waits and resumed ones; fifty in each case."""
    for number in range(50):
        rng = random.Random(f"{seed} {number}")

        def doing(world, _, rng=rng):
            if world.now and rng.random() < 0.05:
                world.jump += rng.choice([-1, 1]) * 10 ** rng.uniform(0, 8)

        def service(_, rng=rng):
            after = rng.choice([None, "0", "20", "600", "86400", "1e400", "Thu, 01 Jan 2026 01:00:00 GMT"])
            status = rng.choice([200, 200, 429, 503, 500])
            body = batch() if status == 200 else {"detail": "later"}
            return Reply(status, body, after and {"retry-after": after}, seconds=rng.choice([0.0, 0.0, 3.0, 60.0]))

        world = World(service, doing, submitted=rng.random() < 0.5, last_poll=rng.choice([None, EPOCH - 3]))
        left = rng.choice([0.6, 4.0, 60.0, 3600.0])
        until_wall = EPOCH + left if rng.random() < 0.5 else None
        more = {"max_retry_after": rng.choice([None, 30.0]), "aim": rng.choice([None, Lateness(20)])}
        outcome = world.wait(until=until_wall, timeout=left if until_wall is None else None, **more)
        assert outcome.state in {"timed_out", "unreachable"}
        assert world.now <= left + 1e-3, number


def test_a_wait_sends_nothing_but_polls_however_it_ends():
    """The job itself is never canceled: a timeout and a stop leave it alone."""
    server, stop = FakeServer(batch("PROCESSING", 1)), Stop()
    name = batch("PROCESSING", 1)["job_id"]
    with connect(server) as client:
        promptforge.job(client, name).outcome(timeout=1)
        stop.set()
        promptforge.job(client, name).outcome(stop=stop)
    assert {"GET"} == {request.method for request in server.requests}
