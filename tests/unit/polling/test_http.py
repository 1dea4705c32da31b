"""What HTTP responses mean for a wait, and which requests are sent again."""

import json
import zlib

import httpx
import pytest

from jobwait import errors, promptforge
from jobwait.testing import FakeServer, Reply
from support.waits import DONE, FAST, FREEPLAY, World, batch, connect, gaps_of, prompt, scripted, until, wait


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


def test_a_404_for_a_job_seen_before_ends_the_wait():
    """A job that was reported before and is now unknown was deleted, even within the grace period."""
    report = wait(scripted(batch(), 404, DONE))
    assert (2, errors.JobNotFound) == (report.polls, type(report.outcome.error))


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
def test_a_redirect_ends_the_wait(status):
    """A redirect of the status URL is not followed: the key must not be sent to another host."""
    server = FakeServer(Reply(status, None, {"location": "https://elsewhere.invalid/"}))
    with connect(server) as client:
        outcome = promptforge.job(client, "x").outcome()
    assert (1, "unreachable") == (len(server.requests), outcome.state)


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
    report = wait(scripted(*four, batch(), *four, batch(), *four, DONE))
    assert ("succeeded", 12) == (report.outcome.state, report.outcome.errors)
    assert wait(scripted(*four, 500, DONE)).outcome.state == "unreachable"


def test_a_services_limit_on_failures_binds():
    """Freeplay: a 500 three times at most, at least five seconds apart."""
    report = wait(scripted(500, 500, 500, prompt("completed")), FREEPLAY)
    gaps = gaps_of(report.polled_at)
    assert (3, "unreachable") == (report.polls, report.outcome.state)
    assert min(gaps) >= 5


def test_a_thousand_failures_store_one_exception():
    """The wait holds their count and the last of them."""
    world = World(lambda t: 500)
    outcome = world.wait(max_consecutive_errors=1000, timeout=None)
    assert outcome.errors == 1000
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
