"""The server's word on when to come back."""

from email.utils import formatdate
from itertools import pairwise

import pytest

from jobwait import errors
from jobwait._polling.retry.retry_after import retry_after
from jobwait.testing import EPOCH, Reply
from support.waits import DONE, FREEPLAY, batch, gaps_of, prompt, scripted, until, wait

NOW = 1_767_225_600.0  # Thu, 01 Jan 2026 00:00:00 GMT


def busy(after, status=429, **more):
    """An answer that asks for patience."""
    return Reply(status, {"detail": "slow down"}, {"retry-after": str(after), **more})


def test_longer_than_the_deadline_ends_the_wait_now():
    """More patience than the deadline allows is RateLimited at once; nobody sleeps past a deadline."""
    report = wait(scripted(busy(3600)), timeout=600)
    assert ("unreachable", 1) == (report.outcome.state, report.polls)
    assert isinstance(report.outcome.error, errors.RateLimited)
    assert report.outcome.error.retry_after == 3600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60),
        ("Thursday, 01-Jan-26 00:01:00 GMT", 60),
        ("Thu Jan  1 00:01:00 2026", 60),
        ("Thu, 01 Jan 2026 00:01:00 -0000", 60),
        ("Thu, 01 Jan 2026 00:01:00", 60),
        ("Wed, 31 Dec 2025 23:00:00 GMT", 0),
        ("Do, 01 Jän 2026 00:01:00 MEZ", None),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("0", 0),
        ("1.5", 1.5),
        ("  7 ", 7),
        ("1,2", 2),
        ("1e400", float("inf")),
        ("9" * 400, float("inf")),
        ("nan", None),
        ("inf", None),
        ("+5", None),
    ],
)
def test_every_form_of_the_header(value, seconds):
    """The three forms of a date, plain numbers, and what is neither: understood, or as if it were not there."""
    assert seconds == retry_after({"retry-after": value}, NOW)


def test_a_date_counts_from_the_servers_own_clock():
    """A wrong clock on either side does no harm where the answer is dated."""
    headers = {"retry-after": formatdate(NOW + 7230, usegmt=True), "date": formatdate(NOW + 7200, usegmt=True)}
    assert retry_after(headers, NOW) == 30


def test_milliseconds_come_first():
    """The vendors' own header is finer, so it wins over the standard one."""
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}, NOW) == 1.5


def test_on_a_429_it_backs_off():
    """On 429 and 503 the next look comes not before it."""
    for status in (429, 503):
        report = wait(scripted(busy(42, status), DONE))
        assert report.polled_at[1] == pytest.approx(5.1 + 42)


def test_a_429_never_counts_towards_the_error_budget():
    """Being asked for patience is no failure of the service's, however often."""
    report = wait(scripted(*[busy(1)] * 30, DONE))
    assert ("succeeded", 30) == (report.outcome.state, report.outcome.errors)


def test_on_a_success_it_only_paces():
    """On a successful look it sets the gap and no more; at most to the last poll before the deadline."""
    later = Reply(200, batch(), {"retry-after": "30"})
    assert wait(scripted(later, DONE)).polled_at == [5.0, pytest.approx(35.1)]
    report = wait(scripted(Reply(200, batch(), {"retry-after": "3000"})), timeout=60)
    assert ("timed_out", pytest.approx(59.5)) == (report.outcome.state, report.polled_at[-1])


def test_on_a_500_it_means_nothing():
    """Only 429 and 503 may ask for patience when they fail."""
    assert wait(scripted(busy(500, 500), DONE)).polled_at[1] < 20


def test_the_hint_is_read_anew_each_time():
    """A hint holds for one gap; one of 0 does not spin."""
    said = [Reply(200, batch(), {"retry-after": str(seconds)}) for seconds in (20, 0, 10)]
    at = wait(scripted(*said, DONE)).polled_at
    gaps = gaps_of(at)
    assert [pytest.approx(20.1), 5.0, pytest.approx(10.1)] == gaps


def test_the_caller_may_cap_it():
    """max_retry_after: a longer hint is cut on a success, and is the end on a 429."""
    later = Reply(200, batch(), {"retry-after": "300"})
    assert wait(scripted(later, DONE), max_retry_after=20).polled_at[1] == pytest.approx(25.1)
    assert isinstance(wait(scripted(busy(300)), max_retry_after=20).outcome.error, errors.RateLimited)


def test_the_floor_holds_under_a_hint():
    """A hint shorter than the floor does not shorten the gap."""
    later = Reply(200, batch(), {"retry-after": "1"})
    assert wait(scripted(later, DONE), min_interval=8).polled_at[1] >= 8 + 8


def test_a_vendor_that_wants_no_4xx_again_still_may_ask_for_patience():
    """Freeplay forbids repeats of a 4xx, but for a 429 that names a time."""
    assert wait(scripted(busy(3), prompt("completed")), FREEPLAY).outcome.state == "succeeded"
    assert wait(scripted(429, prompt("completed")), FREEPLAY).outcome.state == "unreachable"


def test_a_storm_of_429_backs_off():
    """Without a time, each 429 in a row doubles the gap, up to a minute."""
    at = wait(scripted(*[429] * 8, DONE)).polled_at
    gaps = gaps_of(at)
    assert gaps[-1] > 50
    assert all(later > 0.8 * earlier for earlier, later in pairwise(gaps))


def test_the_wait_starts_where_the_calendar_says():
    """The tests' calendar and the kit's are one."""
    assert NOW == EPOCH
    assert wait(until(1)).outcome.started.timestamp() == NOW


def test_for_ever_is_not_obeyed():
    """A time without end: on a 429 it ends the wait, on a success it means nothing, also without a deadline."""
    endless = "9" * 400
    assert isinstance(wait(scripted(busy(endless)), timeout=None).outcome.error, errors.RateLimited)
    report = wait(scripted(Reply(200, batch(), {"retry-after": endless}), DONE), timeout=None)
    assert ("succeeded", [5.0, 10.0]) == (report.outcome.state, report.polled_at)
