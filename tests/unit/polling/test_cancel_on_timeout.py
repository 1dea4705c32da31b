"""With cancel_on_timeout the deadline of a wait cancels the job, where the service can."""

import anyio
import pytest

from jobwait import Policy, errors, freeplay, fryte, wait_all, wait_all_async
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, simulate, virtual_time
from support.services import PROJECT
from support.waits import FREEPLAY, FRYTE, NAME, connect, prompt, tour

CANCELING = Policy(timeout=30, interval=5, min_interval=1, cancel_on_timeout=True)
PATH = f"/api/v2/projects/{PROJECT}/prompt-optimization-jobs/{NAME}/cancel"


@pytest.fixture(autouse=True)
def in_virtual_time():
    with virtual_time():
        yield


class Freeplay(httpx.MockTransport):
    """A Freeplay whose job runs until it is canceled, by a response with *code*, or an exception."""

    def __init__(self, code=200):
        super().__init__(self.respond)
        self.code, self.canceled, self.status = code, 0, "running"

    def respond(self, request):
        """The response to *request*."""
        if request.method == "GET":
            return httpx.Response(200, json=prompt(self.status))
        assert PATH == request.url.path
        self.canceled += 1
        if isinstance(self.code, Exception):
            raise self.code
        if self.code == 200:
            self.status = "cancelled"
        return httpx.Response(self.code, json={"message": "no"} if self.code != 200 else {})


def job_at(server):
    """A handle on the job of *server*."""
    return freeplay.job(connect(server, freeplay), PROJECT, NAME)


def in_a_thread(jobs, policy):
    """The outcomes, one wait after the other."""
    return [job.outcome(policy=policy) for job in jobs]


def in_a_task(jobs, policy):
    """The same in tasks."""

    async def main():
        return [await job.outcome_async(policy=policy) for job in jobs]

    return anyio.run(main)


def in_an_async_fleet(jobs, policy):
    """All at once."""

    async def main():
        return await wait_all_async(jobs, policy=policy)

    return anyio.run(main)


def in_a_fleet(jobs, policy):
    """All at once, in threads."""
    return wait_all(jobs, policy=policy)


@pytest.mark.parametrize("waited", [in_a_thread, in_a_task, in_a_fleet, in_an_async_fleet])
def test_a_job_is_canceled_once_at_the_timeout(waited):
    """The outcome says so; the next wait sees what came of it."""
    servers = [Freeplay() for _ in range(3)]
    jobs = [job_at(server) for server in servers]
    outcomes = waited(jobs, CANCELING)
    assert ["timed_out"] * 3 == [outcome.state for outcome in outcomes]
    assert all("Its cancellation was requested" in str(outcome.error) for outcome in outcomes)
    assert [1, 1, 1] == [server.canceled for server in servers]
    assert ["canceled"] * 3 == [job.outcome(policy=CANCELING.evolve(timeout=60)).state for job in jobs]
    assert [1, 1, 1] == [server.canceled for server in servers]


@pytest.mark.parametrize(
    ("code", "says"),
    [(400, "was refused with 400"), (503, "was refused with 503"), (httpx.ReadTimeout("slow"), "No response came")],
)
def test_a_cancellation_that_fails_is_told_in_the_outcome(code, says):
    """It is asked for once, and the outcome is that of the timeout."""
    server = Freeplay(code)
    with pytest.raises(errors.WaitTimeout, match=says):
        job_at(server).wait(policy=CANCELING)
    assert 1 == server.canceled


def test_a_job_is_not_canceled_unless_that_was_asked_for():
    """Nor by stop(), nor once it has ended."""
    server = Freeplay()
    outcome = job_at(server).outcome(policy=CANCELING.evolve(cancel_on_timeout=False))
    assert "It was not canceled;" in str(outcome.error)
    job = job_at(server)
    outcome = job.outcome(policy=CANCELING.evolve(timeout=60), on_update=lambda _: job.stop())
    assert "was ended by stop()" in str(outcome.error)
    server.status = "completed"
    assert "succeeded" == job_at(server).outcome(policy=CANCELING).state
    assert 0 == server.canceled


def test_a_service_that_cannot_cancel_says_so():
    """Nothing is sent for it."""
    server = FakeServer(tour())
    outcome = fryte.job(connect(server, fryte), NAME).outcome(policy=CANCELING)
    assert "It was not canceled, as fryte cannot do that;" in str(outcome.error)
    assert {"GET"} == {request.method for request in server.requests}


@pytest.mark.parametrize(("service", "body", "says"), [(FREEPLAY, prompt(), "requested"), (FRYTE, tour(), "cannot")])
def test_a_simulated_wait_ends_as_a_real_one(service, body, says):
    """At most five seconds after the deadline."""
    report = simulate(service, lambda _: body, policy=Policy(timeout=60, cancel_on_timeout=True))
    assert says in str(report.outcome.error)
    assert 66 > (report.outcome.seen_at - report.outcome.started).total_seconds()


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_cancel_on_timeout_is_true_or_false(value):
    """Anything else is InvalidInput."""
    with pytest.raises(errors.InvalidInput, match="True or False"):
        Policy(cancel_on_timeout=value)
