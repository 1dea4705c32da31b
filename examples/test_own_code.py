"""
A test of one's own code that waits: a day of a job's life, in virtual time, in milliseconds.

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
    """The code under test: whether a tour's plan is there within a minute."""
    return fryte.job(client, "c3f1c944").outcome(timeout=60).state == "succeeded"  # type: ignore[arg-type]


def test_it_takes_no_for_an_answer() -> None:
    """A made-up service says what the code is to hear."""
    server = FakeServer({"job_id": "c3f1c944", "status": "failed", "tour_id": 1})
    with fryte.connect("a-key", base_url="https://fryte.invalid", transport=server) as client:
        assert not is_planned(client)
    assert len(server.requests) == 1


def test_our_policy_is_in_time_without_asking_all_day() -> None:
    """Twenty hours of a batch, and the looks that our policy spends on them."""

    def life(t: float) -> dict[str, object]:
        done = min(50_000, int(t / 72_000 * 50_000))
        status = "PROCESSING" if t < 72_000 else "COMPLETED"
        return {**BATCH, "status": status, "completed_count": done, "failed_count": 0}

    report = simulate(promptforge.SERVICE, life, ended_at=72_000.0, policy=Policy(aim=Lateness(30)))
    assert report.outcome.state == "succeeded"
    assert report.lateness is not None
    assert report.lateness < 120
    assert report.polls < 2_000
