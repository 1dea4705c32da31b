"""The rate limits in the tracker's file: a wrong clock, absurd values and a damaged row shut no account."""

import math
import random
import sqlite3
from contextlib import closing

import pytest
from attrs import define

from jobwait import Limit
from jobwait.tracker.database import Database, TrackerWarning
from jobwait.tracker.shared_limits import SharedRateLimiter

DAY = 86400.0


@define
class Clocks:
    """The calendar, and the clock that nobody sets."""

    wall: float = 1.8e9
    steady: float = 5000.0

    def pass_by(self, seconds):
        """Time passes."""
        self.wall += seconds
        self.steady += seconds

    def limiter(self, database, limit):
        """A limiter as another process has it."""
        return SharedRateLimiter(database, "a", limit, lambda: self.wall, lambda: self.steady)

    def sent(self, limiters, seconds):
        """When *limiters* let a request through, within so many *seconds*, by the steady clock."""
        times, until = [], self.steady + seconds
        while True:
            waits = {limiter: limiter.wait(0.0) for limiter in limiters}
            limiter = min(waits, key=waits.get)
            if self.steady + waits[limiter] > until:
                self.pass_by(until - self.steady)
                return times
            self.pass_by(max(0.0, waits[limiter]))
            limiter.take(0.0)
            times.append(self.steady)


@pytest.fixture
def database(tmp_path):
    """A tracker's file."""
    database = Database(tmp_path / "jobs.db")
    database._db.execute("pragma synchronous = off")  # no test here crashes
    yield database
    database.close()


def most_within(times, seconds):
    """The most of *times* in any period of *seconds*."""
    return max(sum(one <= other < one + seconds for other in times) for one in times)


@pytest.mark.parametrize("jump", [-1e9, -40 * DAY, -1800.0, -30.0, -1.5, 1.5, 30.0, 1800.0, 40 * DAY, 1e9])
@pytest.mark.parametrize("reserved", [False, True])
def test_a_calendar_that_is_set_stops_nothing_and_breaks_no_limit(database, jump, reserved):
    """Set back or forward by any amount, while send times are reserved or not; one ahead forgets those once."""
    clocks, limit = Clocks(), Limit(20)
    limiters = [clocks.limiter(database, limit) for _ in range(2)]
    before = clocks.sent(limiters, 4.0)
    if reserved:
        limiters[0].wait(0.0)
    clocks.wall += jump
    after = clocks.sent(limiters, 4.0)
    assert after[0] - before[-1] < 0.2
    assert len(after) >= 0.9 * len(before)
    assert most_within(before + after, 1.0) <= 20 + (len(limiters) if jump > 0 else 0)


@pytest.mark.parametrize("jump", [-1e9, -1800.0, 0.0])
def test_a_retry_after_in_the_file_holds_as_long_as_was_asked(database, jump):
    """For all processes, also for those that begin after the calendar was set back."""
    clocks, limit = Clocks(), Limit(20)
    first = clocks.limiter(database, limit)
    clocks.sent([first], 5.0)
    first.refused(0.0, 600.0)
    clocks.pass_by(100.0)
    clocks.wall += jump
    assert clocks.limiter(database, limit).wait(0.0) == pytest.approx(500.0, abs=0.01)


def test_a_machine_that_starts_again_waits_for_nothing_old(database):
    """Its steady clock begins anew, and the calendar goes on."""
    clocks, limit = Clocks(), Limit(20)
    limiter = clocks.limiter(database, limit)
    clocks.sent([limiter], 5.0)
    limiter.refused(0.0, 20.0)
    clocks.wall, clocks.steady = clocks.wall + 60.0, 3.0
    assert clocks.limiter(database, limit).wait(0.0) <= 0


ABSURD = [math.inf, math.nan, 1e300, -1e300, 1.8e9 + DAY + 600, "x", b"\xff", None, 10**18]
COLUMNS = ["at", "next", "closed", "cut", "used", "rate", "gain", "seen", "most", "burst"]


@pytest.mark.parametrize("value", ABSURD, ids=str)
def test_an_absurd_value_in_the_file_shuts_no_account(database, value):
    """What is further off than a day, no number or of another type is dropped when it is read."""
    clocks, limit = Clocks(), Limit(20)
    for column in COLUMNS:
        database.write(lambda db: db.execute("delete from buckets"))
        clocks.sent([clocks.limiter(database, limit)], 1.0)
        database.write(lambda db, column=column: db.execute(f"update buckets set {column} = ?", (value,)))  # noqa: S608
        times = clocks.sent([clocks.limiter(database, limit)], 3.0)
        assert 25 <= len(times) <= 60, column
        assert most_within(times, 1.0) <= 20, column


def test_any_refusals_and_jumps_leave_the_account_open(database):
    """A hundred random ones: a request is sent no later than the longest Retry-After and a few intervals."""
    rng, clocks, limit = random.Random(5), Clocks(), Limit(60, 60.0)
    limiters = [clocks.limiter(database, limit) for _ in range(3)]
    shut = clocks.steady
    for _ in range(100):
        match rng.randrange(4):
            case 0:
                clocks.wall += rng.choice([-1, 1]) * 10 ** rng.uniform(0, 9)
            case 1:
                after = rng.choice([None, 0.0, 5.0, 600.0])
                shut = max(shut, clocks.steady + (after or 1.0))
                rng.choice(limiters).refused(0.0, after)
            case _:
                clocks.pass_by(rng.expovariate(0.1))
        assert clocks.steady + rng.choice(limiters).wait(0.0) <= max(shut, clocks.steady) + 40.0


def test_a_locked_file_holds_up_no_request(database, monkeypatch):
    """After a while this process keeps to the limit by itself; the file is used again once it is free."""
    monkeypatch.setattr("jobwait.tracker.shared_limits.PATIENCE", 0.001)
    clocks = Clocks()
    limiter = clocks.limiter(database, Limit(20))
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.warns(TrackerWarning, match="another process has it locked"):
            times = clocks.sent([limiter], 3.0)
        limiter.refused(0.0, 5.0)
        other.execute("rollback")
    assert 40 <= len(times) <= 60
    assert most_within(times, 1.0) <= 20
    assert 60_000 == database.read("pragma busy_timeout")[0][0]
    assert clocks.limiter(database, Limit(20)).wait(0.0) == pytest.approx(5.0)
