"""The kit for users' own tests: simulate, replies, reports, the fake server."""

import anyio
import pytest

from jobwait import Policy, promptforge
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, Reply, simulate
from support.waits import DONE, FAST, FREEPLAY, FRYTE, NAME, PROMPTFORGE, batch, connect, counting, prompt, tour, until


def test_a_report_has_polls_lateness_outcome_and_updates():
    """With the times of the polls."""
    report = simulate(PROMPTFORGE, counting(540), ended_at=540.0)
    assert report.polls == len(report.polled_at) == report.outcome.polls
    assert report.lateness == pytest.approx(report.polled_at[-1] + 0.1 - 540)
    assert ("succeeded", True) == (report.outcome.state, report.updates[-1].terminal)


def test_equal_arguments_give_equal_reports():
    """There is no clock and no randomness."""
    first, second = (simulate(PROMPTFORGE, counting(300), 300.0) for _ in range(2))
    assert (first.polled_at, first.lateness) == (second.polled_at, second.lateness)


def test_a_timeline_is_called_with_the_time_of_the_response():
    """Half the latency after the send."""
    asked = []
    report = simulate(PROMPTFORGE, lambda t: asked.append(t) or DONE, latency=2.0)
    assert [at + 1 for at in report.polled_at] == asked
    assert simulate(PROMPTFORGE, until(1), 1.0, latency=2.0).lateness == 6


@pytest.mark.parametrize(("service", "done"), [(FREEPLAY, prompt("completed")), (FRYTE, tour("succeeded"))])
def test_simulate_works_with_every_service(service, done):
    """The bodies of a timeline are the service's own."""
    assert simulate(service, lambda t: done).outcome.unwrap() is not None


def test_a_timeline_may_return_a_body_a_status_a_reply_or_an_exception():
    """Or the class of an exception."""
    said = iter([500, Reply(503, headers={"retry-after": "2"}), httpx.ReadTimeout("slow"), httpx.ConnectError, DONE])
    report = simulate(PROMPTFORGE, lambda t: next(said))
    assert ("succeeded", 4) == (report.outcome.state, report.outcome.errors)


def test_the_seconds_of_a_reply_delay_the_response():
    """From the send to the response."""
    assert simulate(PROMPTFORGE, lambda t: Reply(200, DONE, seconds=3), 5.0).lateness == pytest.approx(3.1)


def test_a_wait_without_an_end_has_no_lateness():
    """The report's lateness is None."""
    assert simulate(PROMPTFORGE, lambda t: batch(), 1e9, Policy(timeout=60)).lateness is None


def test_the_job_has_the_id_of_its_first_body():
    """Else the seed determines it."""
    assert NAME == simulate(PROMPTFORGE, until(1)).outcome.job_id
    assert "job-7" == simulate(PROMPTFORGE, lambda t: 400, seed=7).outcome.job_id


def test_a_fake_server_returns_its_responses_in_order():
    """One for each request, the last for ever, in sync and async code; its requests can be read."""
    server = FakeServer(batch(), DONE)
    with connect(server) as client:
        promptforge.job(client, NAME).wait(policy=FAST)
        assert [f"/v1/jobs/{NAME}/status"] * 2 == [request.url.path for request in server.requests]

    async def main():
        async with connect(FakeServer(500, DONE)) as client:
            return await promptforge.job(client, NAME).outcome_async(policy=FAST)

    assert ("succeeded", 1) == ((outcome := anyio.run(main)).state, outcome.errors)
