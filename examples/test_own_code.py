"""
Tests of your own code that waits: twenty hours of a job take milliseconds in virtual time.

    pytest test_own_code.py
"""

from jobwait import Lateness, Policy, fryte, promptforge
from jobwait.testing import FakeServer, simulate

BATCH = {
    "job_id": "3f7a1c2e",
    "status": "PROCESSING",
    "provider": "openai",
    "model": "gpt-4o-mini",
    "prompt_count": 50_000,
    "created_at": "2026-01-01T00:00:00Z",
}


def is_planned(client: object) -> bool:
    """The code under test: whether a tour is planned within a minute."""
    return fryte.job(client, "c3f1c944").outcome(timeout=60).state == "succeeded"  # type: ignore[arg-type]


def test_a_failed_job_is_not_planned() -> None:
    """FakeServer responds as a service whose job has failed."""
    server = FakeServer({"job_id": "c3f1c944", "status": "failed", "tour_id": 1})
    with fryte.connect("a-key", base_url="https://fryte.invalid", transport=server) as client:
        assert not is_planned(client)
    assert len(server.requests) == 1


def test_policy_sees_the_end_in_time_with_few_polls() -> None:
    """Twenty hours of a batch: how late our policy sees its end, and how many polls it sends."""

    def timeline(t: float) -> dict[str, object]:
        done = min(50_000, int(t / 72_000 * 50_000))
        status = "PROCESSING" if t < 72_000 else "COMPLETED"
        return {**BATCH, "status": status, "completed_count": done, "failed_count": 0}

    report = simulate(promptforge.SERVICE, timeline, ended_at=72_000.0, policy=Policy(aim=Lateness(30)))
    assert report.outcome.state == "succeeded"
    assert report.lateness is not None
    assert report.lateness < 120
    assert report.polls < 2_000
