"""Exceptions of a watched function are judged by what they carry, as responses over HTTP are."""

import pickle
import ssl
import traceback

import pytest

from jobwait import Policy, errors, wait_all
from jobwait._httpx import httpx
from jobwait.testing import virtual_time
from support.watched import (
    DONE,
    KINDS,
    RUNNING,
    ApiStatusError,
    ClientError,
    GoogleError,
    GrpcError,
    StatusError,
    kiln,
    of_httpx,
    of_requests,
    scripted,
)

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


@each_kind
def test_an_exception_with_a_status_is_judged_as_a_response(kind):
    """
    Retry-After is obeyed, a 5xx is temporary, a 401 and a 404 of a job never seen are final.

    A 404 of a job that was seen is believed the second time, and a proxy's page not at all.
    """
    page = {"content-type": "text/html; charset=utf-8"}
    table = [
        ([RUNNING, kind(429, {"Retry-After": "100"}), DONE], "succeeded", 3, (105, 106)),
        ([RUNNING, kind(503), kind(500), DONE], "succeeded", 4, (15, 40)),
        ([kind(401), DONE], errors.NotAuthorized, 1, (0, 0)),
        ([kind(404), DONE], errors.JobNotFound, 1, (0, 0)),
        ([kind(422), DONE], errors.RequestRejected, 1, (0, 0)),
        ([RUNNING, kind(404), RUNNING, kind(404), kind(404)], errors.JobNotFound, 5, (20, 21)),
        ([kind(404, page), kind(302), RUNNING, DONE], "succeeded", 4, (15, 40)),
        ([kind(429, {"retry-after": "900"})], errors.RateLimited, 1, (0, 0)),
    ]
    for answers, expected, polls, (least, most) in table:
        with virtual_time() as clock:
            outcome = kiln(scripted(*answers)).outcome(timeout=600)
            found = outcome.state if outcome.error is None else type(outcome.error)
            assert (expected, polls, True) == (found, outcome.polls, least <= clock.now <= most), (answers, clock.now)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ClientError(400, code="ThrottlingException"), errors.RateLimited),
        (ClientError(400, code="ProvisionedThroughputExceededException"), errors.RateLimited),
        (ClientError(400, code="EntityNotFoundException"), errors.JobNotFound),
        (ClientError(400, code="AccessDeniedException"), errors.NotAuthorized),
        (ClientError(400, code="ExpiredTokenException"), errors.NotAuthorized),
        (ClientError(400, code="ValidationException"), errors.RequestRejected),
        (GoogleError(429, seconds=7), errors.RateLimited),
        (GoogleError(403), errors.NotAuthorized),
        (GrpcError("NOT_FOUND"), errors.JobNotFound),
        (GrpcError("RESOURCE_EXHAUSTED"), errors.RateLimited),
        (GrpcError("UNAVAILABLE"), errors.CallFailed),
        (StatusError(200), errors.UnexpectedReply),
        (StatusError(99), errors.CallFailed),
        (StatusError(True), errors.CallFailed),
        (errors.JobNotFound("x", status=404), errors.JobNotFound),
        (ValueError("no status at all"), errors.CallFailed),
    ],
    ids=str,
)
def test_what_says_its_status_otherwise_is_understood_too(error, expected):
    """AWS answers with 400 and a code, Google has a number and a delay in the details, grpc a method."""
    with virtual_time() as clock:
        job = kiln(scripted(error))
        outcome = job.outcome(policy=Policy(timeout=20, max_retry_after=5))
    temporary = expected in {errors.CallFailed, errors.UnexpectedReply} or "Throughput" in str(error)
    temporary = temporary or "Throttling" in str(error) or "RESOURCE" in str(error)
    assert (expected, temporary) == (type(outcome.error), clock.now > 5)
    assert "kiln job 7" in str(outcome.error)


def cause_behind(raised):
    """What is behind the error of a wait whose function raised *raised*."""
    return kiln(scripted(raised)).outcome(policy=Policy(max_consecutive_errors=1, outage=0)).error.__cause__.__cause__


def test_any_other_exception_is_a_failed_poll_within_the_budget():
    """It ends nothing before it has lasted, the sentence names watch, class and text, and the cause is at hand."""
    with virtual_time() as clock:
        mended = kiln(scripted(RUNNING, *[KeyError("x")] * 4, None, DONE)).outcome()
        assert ("succeeded", 7, 5) == (mended.state, mended.polls, mended.errors)
    with virtual_time() as clock:
        outcome = kiln(scripted(RUNNING, ValueError("no\x1bgood" + "!" * 900))).outcome()
        assert clock.now > 300
    assert isinstance(outcome.error, errors.CallFailed)
    assert "kiln job 7 did not answer for" in str(outcome.error)
    assert "the call raised ValueError: no\\x1bgood!!!!!" in str(outcome.error)
    assert len(str(outcome.error)) < 700
    assert isinstance(cause_behind(KeyError("x")), KeyError)
    assert cause_behind(ValueError("no\x1bgood")) is None
    assert str(outcome.error) == str(pickle.loads(pickle.dumps(outcome.error)))


@pytest.mark.parametrize(
    "error",
    [
        ApiStatusError(500, text="for url https://api.invalid/x?sig=the-secret-key"),
        of_httpx(500),
        of_requests(500),
        httpx.LocalProtocolError("Illegal header value b'Bearer the-secret-key\\n'"),
        ValueError("Authorization: Bearer the-secret-key"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_shows_a_secret_of_a_request(error):
    """Queries of links and keys are left out; what carries a request is not behind the error, only its place is."""

    def call():
        key = "the-secret-key"  # a crash reporter prints local variables
        assert key
        raise error

    outcome = kiln(call).outcome(policy=Policy(timeout=2, max_consecutive_errors=1, outage=0))
    shown = "".join(traceback.TracebackException.from_exception(outcome.error, capture_locals=True).format())
    assert "the-secret-key" not in shown
    assert "raised by call, test_raised.py:" in shown
    assert 1 == outcome.polls


def test_a_certificate_that_is_refused_is_not_tried_again():
    """As over HTTP: another attempt cannot change it, also where it is behind an SDK's own error."""
    error = ConnectionError("no connection")
    error.request = None
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    outcome = kiln(scripted(error)).outcome()
    assert (1, "unreachable") == (outcome.polls, outcome.state)
    assert "trying again would not help" in str(outcome.error)


def test_a_429_slows_all_watches_of_that_name():
    """They share an account's limits, as the jobs of a service do; another name has its own."""
    slow = scripted(StatusError(429, {"retry-after": "50"}), DONE)
    with virtual_time() as clock:
        ended = {}
        jobs = [kiln(slow), *(kiln(scripted(RUNNING, DONE), id=f"{n}", name=n) for n in ("kiln", "oven"))]
        wait_all(jobs, on_update=lambda update: ended.update({update.job_id: clock.now} if update.terminal else {}))
    assert ended["oven"] < 10
    assert min(ended["7"], ended["kiln"]) >= 50
