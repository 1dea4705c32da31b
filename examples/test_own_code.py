"""
Tests of your own code that waits: an hour of a job takes well below a second in virtual time, and no network.

    pytest test_own_code.py

More, with threads and trio, is in docs/testing.md.
"""

import asyncio

import pytest

from fryte_client import AuthenticatedClient
from jobwait import Lateness, Policy, fryte, promptforge, wait_all_async
from jobwait.errors import JobFailed
from jobwait.service import httpx
from jobwait.testing import FakeServer, Reply, VirtualTime, simulate, virtual_time

pytest_plugins = ["jobwait.testing.pytest_plugin"]  # the fixture virtual_clock; better in your conftest.py

TOUR: dict[str, object] = {
    "vehicle_id": "1",
    "battery_level_start": 0.8,
    "section_list": [{"start_pos": [53.55, 10.0], "stop_pos": [48.14, 11.58]}],
    "poi_info": {},
}


# The code under test.


def plan(client: AuthenticatedClient) -> str:
    """Plan the tour, and say what came of it."""
    job = fryte.submit(client, TOUR)
    try:
        job.wait(timeout=3600)
    except JobFailed:
        return f"{job.id} failed"
    return f"{job.id} is planned"


async def ended(client: AuthenticatedClient, names: list[str]) -> list[str]:
    """Wait for jobs that run already; those that have succeeded within an hour."""
    outcomes = await wait_all_async([fryte.job(client, name) for name in names], timeout=3600)
    return [outcome.job_id for outcome in outcomes if outcome.state == "succeeded"]


# The tests.


def connected(server: FakeServer) -> AuthenticatedClient:
    """A client whose requests go to *server*."""
    return fryte.connect("a-key", base_url="https://fryte.invalid", transport=server)


def status(job_id: str, state: str) -> dict[str, object]:
    """What FRYTE says of a job."""
    return {"job_id": job_id, "status": state, "tour_id": 1}


@pytest.fixture
def server() -> FakeServer:
    """It takes each tour as job t-1."""
    return FakeServer().on("POST /planner/v2", Reply(202, {"job_id": "t-1"}))


def test_tour_is_planned_after_an_outage(server: FakeServer, virtual_clock: VirtualTime) -> None:
    """Two polls fail, and nothing is submitted twice."""
    running, done = status("t-1", "running"), status("t-1", "succeeded")
    server.on("GET /planner/jobs/{job_id}", running, 503, httpx.ConnectError, done)
    assert plan(connected(server)) == "t-1 is planned"
    assert server.counts == {"POST /planner/v2": 1, "GET /planner/jobs/t-1": 4}
    assert virtual_clock.now < 120


def test_tour_fails_after_half_an_hour(server: FakeServer, virtual_clock: VirtualTime) -> None:
    """The answer depends on the time."""
    server.on(
        "GET /planner/jobs/{job_id}", lambda _: status("t-1", "failed" if virtual_clock.now >= 1800 else "running")
    )
    assert plan(connected(server)) == "t-1 failed"
    assert 1800 <= virtual_clock.now < 2000


def test_async_code_waits_for_two_jobs_and_gives_up_the_third() -> None:
    """They wait side by side; each in its time."""

    def respond(request: httpx.Request) -> dict[str, object]:
        name = request.url.path.rpartition("/")[2]
        ends = {"short": 60, "long": 3000}.get(name, 9999)
        return status(name, "succeeded" if clock.now >= ends else "running")

    async def main() -> list[str]:
        async with connected(FakeServer().on("GET /planner/jobs/{job_id}", respond)) as client:
            return await ended(client, ["short", "long", "stuck"])

    with virtual_time() as clock:
        assert asyncio.run(main()) == ["short", "long"]
        assert 3590 < clock.now <= 3600


def test_policy_sees_the_end_in_time_with_few_polls() -> None:
    """Twenty hours of a batch: how late our policy sees its end, and how many polls it sends."""

    def timeline(t: float) -> dict[str, object]:
        done = min(50_000, int(t / 72_000 * 50_000))
        state = "PROCESSING" if t < 72_000 else "COMPLETED"
        batch = {"job_id": "3f7a1c2e", "provider": "openai", "model": "gpt-4o-mini", "prompt_count": 50_000}
        counts = {"completed_count": done, "failed_count": 0, "created_at": "2026-01-01T00:00:00Z"}
        return {**batch, **counts, "status": state}

    report = simulate(promptforge.SERVICE, timeline, ended_at=72_000.0, policy=Policy(aim=Lateness(30)))
    assert report.outcome.state == "succeeded"
    assert report.lateness is not None
    assert report.lateness < 120
    assert report.polls < 2_000
