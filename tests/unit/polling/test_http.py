"""What HTTP can answer, and what of it may be asked again."""

import json
import zlib

import httpx
import pytest

from jobwait import errors, promptforge
from jobwait.testing import FakeServer, Reply
from support.waits import DONE, FAST, FREEPLAY, World, batch, connect, gaps_of, prompt, scripted, until, wait


def test_a_404_just_after_our_submission_is_not_believed():
    """Within ten seconds of a submission of ours the service may not have caught up with itself."""
    report = wait(scripted(404, DONE))
    assert ("succeeded", 1) == (report.outcome.state, report.outcome.errors)


def test_a_404_after_the_grace_is_the_end():
    """Later on the service means what it says."""
    report = wait(lambda t: 404)
    assert isinstance(report.outcome.error, errors.JobNotFound)
    assert report.polled_at[-1] > 10
    assert wait(lambda t: 404, not_found_grace=0).polls == 1


def test_a_404_once_seen_is_gone():
    """A job that was seen and is no longer known was deleted, however young it is."""
    report = wait(scripted(batch(), 404, DONE))
    assert (2, errors.JobNotFound) == (report.polls, type(report.outcome.error))


def test_a_404_for_a_job_that_is_not_ours_is_believed():
    """A handle from job() has no grace."""
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
def test_what_another_moment_cannot_mend_ends_the_wait(status, kind):
    """A permanent error is told at once, with its own class, and never retried to the deadline."""
    report = wait(scripted(status, DONE))
    assert (1, kind, status) == (report.polls, type(report.outcome.error), report.outcome.error.status)


@pytest.mark.parametrize(
    "said",
    [408, 425, 429, 500, 502, 503, 504, 599, httpx.ConnectError, httpx.ReadTimeout, httpx.PoolTimeout, httpx.ReadError],
)
def test_what_passes_is_waited_out(said):
    """A blip does not kill an hour's wait."""
    report = wait(scripted(batch(), said, said, DONE))
    assert ("succeeded", 2) == (report.outcome.state, report.outcome.errors)


def test_a_401_is_asked_once_more_with_a_fresh_key():
    """Where the key is a function, one 401 may be an old key; two are the end."""
    for answers, state in (((401, DONE), "succeeded"), ((401, 401, DONE), "unreachable")):
        keys = iter(["old", "new", "newer"])
        server = FakeServer(*answers)
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
def test_a_success_that_says_nothing_is_transient(said):
    """A 200 without a status is a failed look: waited out up to the budget, then told with its class."""
    assert wait(scripted(said, said, DONE)).outcome.state == "succeeded"
    assert isinstance(wait(lambda t: said).outcome.error, errors.UnexpectedReply)


def test_a_damaged_compression_is_transient():
    """A body that does not unpack is a failed look like any other."""
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
def test_a_redirect_is_never_followed(status):
    """A moved status address ends the wait: a key must not travel to another host."""
    server = FakeServer(Reply(status, None, {"location": "https://elsewhere.invalid/"}))
    with connect(server) as client:
        outcome = promptforge.job(client, "x").outcome()
    assert (1, "unreachable") == (len(server.requests), outcome.state)


def test_a_look_asks_for_a_fresh_answer():
    """Looks forbid caches to answer, and ask for a body that is not packed."""
    server = FakeServer(DONE)
    with connect(server) as client:
        promptforge.job(client, DONE["job_id"]).wait()
    headers = server.requests[0].headers
    assert ("no-cache", "identity") == (headers["cache-control"], headers["accept-encoding"])
    assert "if-none-match" not in headers


def test_retries_do_not_multiply():
    """A failed look is one request: nothing below the rules repeats it."""
    server = FakeServer(500)
    with connect(server) as client:
        outcome = promptforge.job(client, "x").outcome(policy=FAST)
    assert (5, 5) == (len(server.requests), outcome.polls)


def test_a_client_that_was_closed_is_opened_again():
    """Closing a client in the middle of a wait costs a connection, not the wait."""
    server = FakeServer(batch(), DONE)
    with connect(server) as client:
        job = promptforge.job(client, DONE["job_id"])
        done = job.wait(policy=FAST, on_update=lambda update: client.close())
    assert done.status == "COMPLETED"


def test_the_error_budget_begins_anew_after_a_success():
    """Only failures in a row end a wait."""
    four = [500] * 4
    report = wait(scripted(*four, batch(), *four, batch(), *four, DONE))
    assert ("succeeded", 12) == (report.outcome.state, report.outcome.errors)
    assert wait(scripted(*four, 500, DONE)).outcome.state == "unreachable"


def test_a_vendors_own_budget_binds():
    """Freeplay: a 500 three times at most, at least five seconds apart."""
    report = wait(scripted(500, 500, 500, prompt("completed")), FREEPLAY)
    gaps = gaps_of(report.polled_at)
    assert (3, "unreachable") == (report.polls, report.outcome.state)
    assert min(gaps) >= 5


def test_errors_are_counted_and_not_kept():
    """A thousand failures leave a count and the last of them, not a thousand exceptions."""
    world = World(lambda t: 500)
    outcome = world.wait(max_consecutive_errors=1000, timeout=None)
    assert outcome.errors == 1000
    assert world.job_state.observation.error is outcome.error.__cause__


def test_failures_of_one_job_are_repeated_alike():
    """The spread of repeats comes from the job's id: every run sees the same, two jobs never the same."""
    one, again = (
        wait(until(300, before=500), max_consecutive_errors=9),
        wait(until(300, before=500), max_consecutive_errors=9),
    )
    other = wait(lambda t: Reply(500, {"job_id": "another"}), max_consecutive_errors=9)
    assert one.polled_at == again.polled_at
    assert one.polled_at != other.polled_at
