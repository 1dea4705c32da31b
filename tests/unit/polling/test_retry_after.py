"""Retry-After: its forms, and what it does in a wait."""

import warnings
from email.utils import formatdate
from itertools import pairwise

import pytest

from jobwait import errors, fryte
from jobwait._httpx import httpx
from jobwait._polling.commands import Result, Sleep
from jobwait._polling.job_state import JobState
from jobwait._polling.operations import call
from jobwait._polling.retry.retry_after import retry_after
from jobwait.testing import EPOCH, FakeServer, Reply
from support.waits import DONE, FREEPLAY, FRYTE, batch, connect, gaps_of, prompt, scripted, until, wait

NOW = 1_767_225_600.0  # Thu, 01 Jan 2026 00:00:00 GMT


def busy(after, status=429, **more):
    """A response with Retry-After."""
    return Reply(status, {"detail": "slow down"}, {"retry-after": str(after), **more})


def test_retry_after_beyond_the_deadline_ends_the_wait_at_once():
    """RateLimited; the wait does not sleep past its deadline."""
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
        ("86400", 86400),
        ("86401", None),
        ("1, 86401", None),
        ("1e400", None),
        ("1e2", None),
        ("9" * 400, None),
        ("9" * 100_000, None),
        ("nan", None),
        ("inf", None),
        ("+5", None),
        ("1_0", None),
        ("0x10", None),
        (".5", None),
        ("5 s", None),
        ("\u0665", None),
        ("\uff15", None),
        ("\u00b2", None),
        ("5\u0665", None),
        ("Fri, 02 Jan 2026 00:00:00 GMT", 86400),
        ("Fri, 02 Jan 2026 00:00:01 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
def test_every_form_of_retry_after_is_read_or_ignored(value, seconds):
    """The three forms of a date, decimal numbers, and invalid values."""
    assert seconds == retry_after({"retry-after": value}, NOW)


def test_a_retry_after_date_is_compared_with_the_servers_date():
    """So a wrong clock on either side does no harm."""
    headers = {"retry-after": formatdate(NOW + 7230, usegmt=True), "date": formatdate(NOW + 7200, usegmt=True)}
    assert retry_after(headers, NOW) == 30


def test_retry_after_ms_precedes_retry_after():
    """It is more precise."""
    assert retry_after({"retry-after-ms": "1500", "retry-after": "9"}, NOW) == 1.5


def test_a_429_or_503_with_retry_after_delays_the_next_poll():
    """The next poll is not sent earlier."""
    for status in (429, 503):
        report = wait(scripted(busy(42, status), DONE))
        assert report.polled_at[1] == pytest.approx(5.1 + 42)


def test_a_429_does_not_count_as_a_failure():
    """However many come."""
    report = wait(scripted(*[busy(1)] * 30, DONE))
    assert ("succeeded", 30) == (report.outcome.state, report.outcome.errors)


def test_retry_after_of_a_success_sets_the_interval():
    """At most to the last poll before the deadline."""
    later = Reply(200, batch(), {"retry-after": "30"})
    assert wait(scripted(later, DONE)).polled_at == [5.0, pytest.approx(35.1)]
    report = wait(scripted(Reply(200, batch(), {"retry-after": "3000"})), timeout=60)
    assert ("timed_out", pytest.approx(59.5)) == (report.outcome.state, report.polled_at[-1])


def test_retry_after_of_a_500_is_ignored():
    """Of failures only 429 and 503 use it."""
    assert wait(scripted(busy(500, 500), DONE)).polled_at[1] < 20


def test_retry_after_holds_for_one_interval():
    """A value of 0 does not make polls faster."""
    said = [Reply(200, batch(), {"retry-after": str(seconds)}) for seconds in (20, 0, 10)]
    at = wait(scripted(*said, DONE)).polled_at
    gaps = gaps_of(at)
    assert [pytest.approx(20.1), 5.0, pytest.approx(10.1)] == gaps


def test_max_retry_after_limits_it():
    """A longer one is shortened on a success, and ends the wait on a 429."""
    later = Reply(200, batch(), {"retry-after": "300"})
    assert wait(scripted(later, DONE), max_retry_after=20).polled_at[1] == pytest.approx(25.1)
    assert isinstance(wait(scripted(busy(300)), max_retry_after=20).outcome.error, errors.RateLimited)


def test_retry_after_below_min_interval_does_not_shorten_the_interval():
    """The minimum interval holds."""
    later = Reply(200, batch(), {"retry-after": "1"})
    assert wait(scripted(later, DONE), min_interval=8).polled_at[1] >= 8 + 8


@pytest.mark.parametrize("said", [busy(3), 429, Reply(429, "<html>", {"content-type": "text/html"})])
def test_freeplay_429_with_or_without_retry_after_does_not_end_a_wait(said):
    """Its documentation forbids retries of a 4xx, but the next poll is no retry."""
    assert wait(scripted(prompt(), said, prompt("completed")), FREEPLAY).outcome.state == "succeeded"
    assert wait(scripted(said, prompt("completed")), FREEPLAY).outcome.state == "succeeded"


def test_429s_without_retry_after_double_the_interval():
    """Up to a minute."""
    at = wait(scripted(*[429] * 8, DONE)).polled_at
    gaps = gaps_of(at)
    assert gaps[-1] > 50
    assert all(later > 0.8 * earlier for earlier, later in pairwise(gaps))


def test_virtual_time_begins_at_epoch():
    """The calendar of these tests and that of jobwait.testing are the same."""
    assert NOW == EPOCH
    assert wait(until(1)).outcome.started.timestamp() == NOW


ABSURD = ["9" * 400, "1e400", "inf", "nan", "86400001", "1_0", "+5", "\u0665", "soon", "Fri, 31 Dec 9999 23:59:59 GMT"]


@pytest.mark.parametrize("value", ABSURD)
@pytest.mark.parametrize("status", [200, 429, 503])
def test_an_unusable_retry_after_counts_as_absent_with_one_warning(status, value):
    """No number, or more than 24 hours: whatever the status, the wait goes on as without the header."""
    polled_at = []
    for headers in ({"retry-after": value.encode()}, {"retry-after-ms": value.encode()}, None):
        said = [Reply(status, batch() if status == 200 else {"detail": "busy"}, headers)] * 3
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            report = wait(scripted(*said, DONE), timeout=None)
        assert "succeeded" == report.outcome.state
        assert [errors.RetryAfterWarning] * (headers is not None) == [one.category for one in caught]
        polled_at.append(report.polled_at)
    assert polled_at[0] == polled_at[1] == polled_at[2]


def test_an_unusable_retry_after_is_named_in_the_warning():
    """With the service; polls and other requests of one client together cause one."""
    server = FakeServer(Reply(429, {"detail": "busy"}, {"retry-after": "1e400"}))
    request = httpx.Request("GET", "https://fryte.invalid/planner/jobs/j")

    def requests(client):
        for _ in range(2):
            job_state = JobState(FRYTE, client, {"job_id": "j"})
            job_state.observe(Result(0.0, EPOCH, server.handle_request(request)), 0.0, 0.0)
        operation = call(FRYTE, client, lambda: None, FRYTE.parse)
        next(operation)
        assert isinstance(operation.send(Result(0.0, EPOCH, server.handle_request(request))), Sleep)

    with connect(server, fryte) as client:
        with pytest.warns(errors.RetryAfterWarning, match="fryte .*'1e400'") as caught:
            requests(client)
        assert 1 == len(caught)
