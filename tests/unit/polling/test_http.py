"""What HTTP responses mean for a wait, and which requests are sent again."""

import json
import ssl
import zlib
from datetime import timedelta

import pytest

from jobwait import errors, promptforge
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, Reply
from support.waits import (
    DONE,
    FAST,
    FREEPLAY,
    FRYTE,
    PROMPTFORGE,
    World,
    batch,
    connect,
    gaps_of,
    prompt,
    scripted,
    tour,
    until,
    wait,
)


def test_a_404_just_after_our_submission_is_polled_again():
    """Within ten seconds of our submission the service may not know the job yet."""
    report = wait(scripted(404, DONE))
    assert ("succeeded", 1) == (report.outcome.state, report.outcome.errors)


def test_a_404_after_the_grace_period_ends_the_wait():
    """After ten seconds a 404 is final."""
    report = wait(lambda t: 404)
    assert isinstance(report.outcome.error, errors.JobNotFound)
    assert report.polled_at[-1] > 10
    assert wait(lambda t: 404, not_found_grace=0).polls == 1


@pytest.mark.parametrize("service", [PROMPTFORGE, FREEPLAY, FRYTE], ids=lambda service: service.name)
def test_a_404_for_a_job_seen_before_is_believed_the_second_time(service):
    """An interval later: one may come from a replica that lags; a job that was deleted says it again."""
    seen, done = {"promptforge": (batch(), DONE), "freeplay": (prompt(), prompt("completed"))}.get(
        service.name, (tour(), tour("succeeded"))
    )
    once = wait(scripted(seen, 404, seen, 404, done), service)
    assert ("succeeded", 5) == (once.outcome.state, once.polls)
    twice = wait(scripted(seen, 404, 404, done), service)
    assert (3, errors.JobNotFound) == (twice.polls, type(twice.outcome.error))
    assert twice.polled_at[2] - twice.polled_at[1] >= service.defaults.interval
    assert wait(scripted(seen, 404, 503, 404, done), service).outcome.state == "unreachable"


def test_a_404_for_a_job_of_another_submitter_ends_the_wait():
    """A handle from job() has no grace period."""
    world = World(lambda t: 404, submitted=False)
    assert (world.wait().state, len(world.polled_at)) == ("unreachable", 1)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.RequestRejected),
        (401, errors.NotAuthorized),
        (403, errors.NotAuthorized),
        (409, errors.RequestRejected),
        (410, errors.JobNotFound),
        (422, errors.RequestRejected),
    ],
)
def test_a_permanent_error_ends_the_wait_at_once(status, kind):
    """It has its own class, and is not retried until the deadline."""
    report = wait(scripted(status, DONE))
    assert (1, kind, status) == (report.polls, type(report.outcome.error), report.outcome.error.status)


@pytest.mark.parametrize(
    "said",
    [408, 425, 429, 500, 502, 503, 504, 599, httpx.ConnectError, httpx.ReadTimeout, httpx.PoolTimeout, httpx.ReadError],
)
def test_a_temporary_error_does_not_end_the_wait(said):
    """One failed poll does not end a long wait."""
    report = wait(scripted(batch(), said, said, DONE))
    assert ("succeeded", 2) == (report.outcome.state, report.outcome.errors)


def test_a_401_is_retried_once_with_a_renewed_key():
    """If the key is a function, one 401 may be due to an old key; a second one is final."""
    for responses, state in (((401, DONE), "succeeded"), ((401, 401, DONE), "unreachable")):
        keys = iter(["old", "new", "newer"])
        server = FakeServer(*responses)
        with promptforge.connect(lambda keys=keys: next(keys), transport=server) as client:
            job = promptforge.job(client, DONE["job_id"])
            assert state == job.outcome(policy=FAST).state
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "said",
    [
        {"detail": "no"},
        Reply(200, "<html>Sign in</html>", {"content-type": "text/html"}),
        Reply(200, '{"job_id": "c3f1'),
        Reply(200, b""),
        Reply(204, None),
        Reply(304, None),
        Reply(200, "[1, 2]"),
        Reply(200, '{"status": NaN}'),
    ],
    ids=["error body", "html", "cut off", "empty", "204", "304", "array", "NaN"],
)
def test_a_200_without_a_status_is_a_failed_poll(said):
    """It is retried up to the limit, then reported with its class."""
    assert wait(scripted(said, said, DONE)).outcome.state == "succeeded"
    assert isinstance(wait(lambda t: said).outcome.error, errors.UnexpectedReply)


def test_a_damaged_compressed_body_is_a_failed_poll():
    """It is retried like any other failure."""
    bad = Reply(200, b"not gzip", {"content-encoding": "gzip"})
    good = Reply(200, zlib.compress(json.dumps(DONE).encode(), wbits=31), {"content-encoding": "gzip"})

    class Packed(httpx.BaseTransport):
        said = iter((bad, good))

        def handle_request(self, request):
            reply = next(self.said)
            return httpx.Response(200, headers=reply.headers, stream=httpx.ByteStream(reply.body))

    with promptforge.connect("key", transport=Packed()) as client:
        outcome = promptforge.job(client, DONE["job_id"]).outcome(policy=FAST)
    assert ("succeeded", 1) == (outcome.state, outcome.errors)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_a_failed_poll_and_is_not_followed(status):
    """The key must not be sent to another host; a proxy that asks for a login may go away again."""
    redirect = Reply(status, None, {"location": "https://elsewhere.invalid/"})
    server = FakeServer(redirect, redirect, DONE)
    with connect(server) as client:
        outcome = promptforge.job(client, DONE["job_id"]).outcome(policy=FAST)
    assert (3, "succeeded") == (len(server.requests), outcome.state)
    assert {"api.promptforge.dev"} == {request.url.host for request in server.requests}


HTML = {"content-type": "text/html"}
ODD = {
    "a page": Reply(403, "<html>Blocked</html>", HTML),
    "no body": Reply(403, None),
    "text": Reply(403, "forbidden", {"content-type": "text/plain"}),
    "a gateway's JSON": Reply(403, {"error": "forbidden"}),
    "407": Reply(407, {"detail": "proxy authentication required", "message": "it is"}),
    **{f"a page with {status}": Reply(status, "<html>", HTML) for status in (400, 401, 404, 405, 410, 413, 421, 431)},
    "302": 302,
    "TLS": httpx.ConnectError("certificate verify failed"),
}
ODD["TLS"].__cause__ = ssl.SSLCertVerificationError("expired")


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("service", [PROMPTFORGE, FREEPLAY], ids=lambda service: service.name)
def test_one_odd_answer_does_not_end_a_healthy_wait(service, case):
    """What a proxy, a gateway or a captive portal says, three times in a row even."""
    seen, done = (batch(), DONE) if service is PROMPTFORGE else (prompt(), prompt("completed"))
    report = wait(scripted(seen, *[ODD[case]] * 3, done), service)
    assert ("succeeded", 3) == (report.outcome.state, report.outcome.errors)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 405, 409, 410, 413, 422, 451])
def test_a_refusal_of_the_service_ends_a_healthy_wait_at_once(status):
    """Its body is as the service documents errors."""
    report = wait(scripted(batch(), Reply(status, {"detail": "no"}), DONE))
    assert (2, "unreachable", status) == (report.polls, report.outcome.state, report.outcome.error.status)
    assert "did not answer" not in str(report.outcome.error)


def test_an_outage_shorter_than_the_policys_ends_nothing():
    """A restart of four minutes: the back-off keeps the requests few."""
    report = wait(lambda t: 503 if 30 < t < 270 else DONE if t > 400 else batch())
    assert "succeeded" == report.outcome.state
    assert 5 < report.outcome.errors < 10


@pytest.mark.parametrize("service", [PROMPTFORGE, FREEPLAY, FRYTE], ids=lambda service: service.name)
@pytest.mark.parametrize("said", [500, 503, httpx.ConnectError, Reply(403, "<html>", HTML)], ids=str)
def test_an_outage_ends_the_wait_once_it_has_lasted(service, said):
    """Five minutes from the first failure of the row, a minute later at most, with few requests."""
    report = wait(lambda t: said, service, timeout=7200)
    first, last = report.polled_at[0], report.polled_at[-1]
    assert 300 <= last - first <= 300 + 66
    assert report.polls < 14
    assert "unreachable" == report.outcome.state


@pytest.mark.parametrize(
    ("outage", "least", "most"), [(0, 15, 90), (1200, 1200, 1266), (timedelta(hours=1), 3600, 3666)]
)
def test_policys_outage_is_how_long_failures_must_last(outage, least, most):
    """0: their number alone counts."""
    at = wait(lambda t: 503, outage=outage, timeout=7200).polled_at
    assert least <= at[-1] - at[0] <= most


def test_outage_none_waits_until_the_deadline():
    """Whatever the number of failures."""
    report = wait(lambda t: batch() if t < 10 else 503, outage=None, timeout=20_000)
    assert ("timed_out", True) == (report.outcome.state, report.polled_at[-1] > 19_900)
    assert report.outcome.errors > 300


def test_few_failures_do_not_end_a_wait_however_long_they_last():
    """The number counts too: two polls an hour apart are no outage."""
    report = wait(scripted(batch(), 503, 503, DONE), interval=3600, timeout=None)
    assert "succeeded" == report.outcome.state


def test_a_429_does_not_begin_an_outage():
    """Ten minutes of 429s and two of failures are not an outage of twelve minutes."""
    timeline = lambda t: batch() if t < 5 else 429 if t < 600 else 503 if t < 720 else DONE  # noqa: E731 - one line
    assert "succeeded" == wait(timeline, max_consecutive_errors=2).outcome.state


def test_a_poll_forbids_caches_and_compression():
    """Its headers ask for an uncached and uncompressed response."""
    server = FakeServer(DONE)
    with connect(server) as client:
        promptforge.job(client, DONE["job_id"]).wait()
    headers = server.requests[0].headers
    assert ("no-cache", "identity") == (headers["cache-control"], headers["accept-encoding"])
    assert "if-none-match" not in headers


def test_a_failed_poll_sends_one_request():
    """Nothing below the rules sends it again."""
    server = FakeServer(500)
    with connect(server) as client:
        outcome = promptforge.job(client, "x").outcome(policy=FAST)
    assert (5, 5) == (len(server.requests), outcome.polls)


def test_a_client_closed_during_a_wait_is_opened_again():
    """Closing a client during a wait costs a connection, not the wait."""
    server = FakeServer(batch(), DONE)
    with connect(server) as client:
        job = promptforge.job(client, DONE["job_id"])
        done = job.wait(policy=FAST, on_update=lambda update: client.close())
    assert done.status == "COMPLETED"


def test_a_successful_poll_resets_the_count_of_failures():
    """Only failures in a row end a wait."""
    four = [500] * 4
    report = wait(scripted(*four, batch(), *four, batch(), *four, DONE), outage=0)
    assert ("succeeded", 12) == (report.outcome.state, report.outcome.errors)
    assert wait(scripted(*four, 500, DONE), outage=0).outcome.state == "unreachable"
    half = [500] * 7  # some four minutes
    assert wait(scripted(*half, batch(), *half, batch(), *half, DONE)).outcome.state == "succeeded"


def test_a_services_limit_on_failures_binds():
    """Freeplay: a 500 three times at most, at least five seconds apart, once the outage has lasted."""
    report = wait(scripted(500, 500, 500, prompt("completed")), FREEPLAY, outage=0)
    gaps = gaps_of(report.polled_at)
    assert (3, "unreachable") == (report.polls, report.outcome.state)
    assert min(gaps) >= 5


def test_thousands_of_failures_store_one_exception():
    """The wait holds their count and the last of them, and no arithmetic of the back-off fails."""
    world = World(lambda t: 500)
    outcome = world.wait(max_consecutive_errors=3000, timeout=None)
    assert outcome.errors == 3000
    assert world.job_state.observation.error is outcome.error.__cause__


def test_the_jitter_of_retries_depends_on_the_job_id():
    """Two runs of one job are equal; two jobs differ."""
    one, again = (
        wait(until(300, before=500), max_consecutive_errors=9),
        wait(until(300, before=500), max_consecutive_errors=9),
    )
    other = wait(lambda t: Reply(500, {"job_id": "another"}), max_consecutive_errors=9)
    assert one.polled_at == again.polled_at
    assert one.polled_at != other.polled_at
