"""A policy says what a status means that the service does not document, wherever the job is waited for."""

import json
import re
from collections import Counter

import anyio
import attrs
import pytest

from jobwait import Policy, errors, freeplay, fryte, promptforge, resume, wait_all, wait_all_async
from jobwait.engines.batch_run import BatchRun
from jobwait.engines.batches import batches
from jobwait.testing import FakeServer, simulate, virtual_time
from jobwait.tracker import Tracker
from support.services import PROJECT
from support.waits import DONE, FAST, FREEPLAY, FRYTE, NAME, batch, connect, prompt, tour

ADDED = {"succeeded": {"ARCHIVED"}, "failed": {"DEAD"}, "running": {"ARCHIVING"}}
KNOWING = FAST.evolve(statuses=ADDED)


@pytest.mark.parametrize(
    ("service", "body", "state"),
    [
        (promptforge.SERVICE, batch("Archived"), "succeeded"),
        (FREEPLAY, prompt("archived"), "succeeded"),
        (FRYTE, tour("ARCHIVED"), "succeeded"),
        (FRYTE, tour("dead"), "failed"),
        (FRYTE, tour("succeeded"), "succeeded"),
    ],
)
def test_an_added_status_ends_a_wait(service, body, state):
    """In any spelling, and beside those that the service documents."""
    assert state == simulate(service, lambda _: body, policy=KNOWING).outcome.state


def test_an_added_live_status_is_no_longer_unknown():
    """Neither a warning nor UnknownStatus."""
    report = simulate(
        promptforge.SERVICE,
        lambda t: DONE if t > 9 else batch("ARCHIVING"),
        policy=KNOWING.evolve(on_unknown="raise", interval=1.0),
    )
    assert ["running", "succeeded"] == [update.state for update in report.updates]


def test_a_status_that_was_unknown_in_the_last_wait_ends_the_next_one():
    """The same body is not read anew: what it means is."""
    with virtual_time(), connect(FakeServer(tour("ARCHIVED")), fryte) as client:
        job = fryte.job(client, NAME)
        with pytest.warns(errors.UnknownStatusWarning):
            assert "timed_out" == job.outcome(timeout=30).state
        assert "succeeded" == job.outcome(policy=KNOWING).state


def test_the_results_of_a_job_follow_its_added_status():
    """Both what reads the result, and what refuses it."""
    levels = {"battery_level_start": 0.8, "battery_level_end": 0.2, "sections": [], "poi_list": []}
    plan = {"optimization_id": 2, "tour_id": 1, "status": "succeeded", "qualification": "Driveable", **levels}
    with connect(FakeServer(tour("ARCHIVED"), plan), fryte) as client:
        job = fryte.job(client, NAME)
        job.wait(policy=KNOWING)
        assert "Driveable" == job.result().qualification
    with connect(FakeServer(tour("DEAD")), fryte) as client:
        job = fryte.job(client, NAME)
        job.outcome(policy=KNOWING)
        with pytest.raises(errors.JobFailed):
            job.result()


def test_fleets_know_added_statuses_and_each_job_its_own():
    """Sync and async; with a policy for each job, one job's statuses are not another's."""
    jobs = [fryte.job(connect(FakeServer(tour("ARCHIVED")), fryte), NAME) for _ in range(2)]
    assert ["succeeded"] * 2 == [outcome.state for outcome in wait_all(jobs, policy=KNOWING)]

    async def both():
        jobs = [fryte.job(connect(FakeServer(tour("ARCHIVED")), fryte), NAME) for _ in range(2)]
        second = FAST.evolve(statuses={"failed": {"ARCHIVED"}})
        return await wait_all_async(jobs, policy=lambda job: KNOWING if job is jobs[0] else second)

    assert ["succeeded", "failed"] == [outcome.state for outcome in anyio.run(both)]


def test_a_tracker_and_a_resumed_handle_know_added_statuses(tmp_path):
    """The outcome is recorded."""
    client = connect(FakeServer(tour("ARCHIVED")), fryte)
    token = fryte.job(client, NAME).token()
    assert "succeeded" == resume(token, client).outcome(policy=KNOWING).state
    with Tracker(tmp_path / "jobs.db") as tracker:
        tracker.add(fryte.job(client, NAME), "team")
        assert 1 == tracker.run(lambda _: client, policy=KNOWING)
        assert ["succeeded"] == [row.state for row in tracker.outcomes()]


def test_an_engine_knows_added_statuses_through_json():
    """Also where it polls once."""
    (words,) = batches("fryte", "team", [NAME], policy=KNOWING)
    stored = json.loads(json.dumps(attrs.asdict(words) if attrs.has(type(words)) else vars(words)))
    assert {"failed": ["DEAD"], "running": ["ARCHIVING"], "succeeded": ["ARCHIVED"]} == stored["policy"]["statuses"]
    batch_run = BatchRun.of(type(words)(**stored), connect(FakeServer(tour("ARCHIVED")), fryte), None)
    batch_run.jobs[NAME].status()
    assert "succeeded" == batch_run.jobs[NAME]._state.state


def test_a_status_with_another_meaning_at_the_service_is_refused():
    """Before a request is sent."""
    server = FakeServer(DONE)
    with connect(server) as client:
        job = promptforge.job(client, NAME)
        for statuses in ({"succeeded": {"failed"}}, {"running": {"Completed"}}):
            with pytest.raises(errors.InvalidInput, match="promptforge mean"):
                job.wait(policy=Policy(statuses=statuses))
        assert "succeeded" == job.outcome(policy=Policy(statuses={"succeeded": {"completed"}})).state
    assert 1 == len(server.requests)


@pytest.mark.parametrize(
    ("statuses", "says"),
    [
        ({"succeeded": "DONE"}, "set of statuses"),
        ({"done": {"DONE"}}, "a status can mean queued"),
        ({"unknown": {"DONE"}}, "a status can mean queued"),
        ({"succeeded": {3}}, "a status is text"),
        ({"succeeded": {" "}}, "a status is text"),
        ({"succeeded": 3}, "set of statuses"),
        ({"succeeded": {"DONE"}, "failed": {"done"}}, "in two sets"),
        (["DONE"], "must be a mapping"),
        (None, "must be a mapping"),
    ],
)
def test_malformed_statuses_are_invalid_input(statuses, says):
    """The message names the fact."""
    with pytest.raises(errors.InvalidInput, match=re.escape(says)):
        Policy(statuses=statuses)


def test_a_policy_keeps_its_statuses_when_the_callers_mapping_changes():
    """And equal policies are equal; both have a hash."""
    given = {"succeeded": {"DONE"}}
    policy = Policy(statuses=given)
    given["succeeded"].add("MORE")
    given["failed"] = {"DEAD"}
    assert Policy(statuses={"succeeded": ["DONE"]}) == policy
    assert 1 == len(Counter([policy, Policy(statuses={"succeeded": ("DONE",)})]))


def test_a_service_is_not_changed_by_a_policy():
    """The next job knows no more than its service."""
    with connect(FakeServer(prompt("ARCHIVED")), freeplay) as client:
        assert "succeeded" == freeplay.job(client, PROJECT, NAME).outcome(policy=KNOWING).state
    assert "unknown" == FREEPLAY.statuses.of("ARCHIVED")
