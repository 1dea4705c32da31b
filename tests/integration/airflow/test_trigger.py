"""The trigger, driven as the triggerer does."""

import asyncio
import json
import os
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import pytest
from airflow.sdk import Connection
from airflow.triggers.base import BaseTrigger
from benchmarks.engines.served import CANARY, job_ids, serving, stats

from jobwait import Policy, freeplay
from jobwait.engines.airflow import JobsTrigger
from jobwait.engines.batches import batches
from jobwait.engines.payloads import Batch
from jobwait.sandbox import Sandbox

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=600)
PROJECT = "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"
GOLDEN = json.loads((Path(__file__).parents[2] / "contract" / "golden" / "airflow.json").read_text("utf-8"))


def stored(trigger):
    """*trigger* as another triggerer gets it: out of the database's JSON."""
    path, kwargs = json.loads(json.dumps(trigger.serialize()))
    assert GOLDEN["trigger"][0] == path
    return kind_at(path)(**kwargs)


def kind_at(path):
    """The class that a stored *path* names."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def test_what_is_stored_is_as_it_was():
    """The path and the values, as the golden file has them; and 0.1.0's own path still leads to the trigger."""
    path, kwargs = GOLDEN["trigger"]
    trigger = kind_at(path)(**kwargs)
    assert (path, kwargs) == trigger.serialize()
    assert JobsTrigger is kind_at(path) is kind_at("jobwait.engines.airflow._trigger.JobsTrigger")
    assert (path, kwargs) == JobsTrigger.of(kwargs["conn_id"], Batch(**kwargs["batch"])).serialize()


def made(ids, **changes):
    (batch,) = batches("promptforge", "pf", ids, policy=BRISK)
    return JobsTrigger.of("pf", Batch(**{**asdict(batch), **changes}))


async def fired(trigger):
    return [event async for event in trigger.run()]


def test_a_trigger_of_many_jobs_fires_once_with_the_end_of_each(connection):
    """One event, whatever the number; two hundred jobs with JOBWAIT_ALL=1."""
    ids = job_ids(200 if os.environ.get("JOBWAIT_ALL") else 20, 1, 2)
    with serving() as url:
        connection("pf", CANARY, url)
        (event,) = asyncio.run(fired(stored(made(ids))))
        asked = stats(url)["polls"]
    ended = event.payload["ended"]
    assert ids == [one["job_id"] for one in ended]
    assert {"succeeded"} == {one["state"] for one in ended}
    assert 1 == event.payload["version"]
    assert {one["job_id"]: one["polls"] for one in ended} == asked
    json.dumps(event.payload)


def test_a_trigger_that_is_made_anew_from_what_is_stored_brings_the_same_ends(connection):
    """A trigger that is ended in the middle and made anew from what is stored brings the same ends."""
    ids = job_ids(20, 0.5, 3)
    trigger = made(ids)
    with serving() as url:
        connection("pf", CANARY, url)

        async def killed_and_again():
            first = asyncio.create_task(fired(trigger))
            while sum(stats(url)["polls"].values()) < len(ids) // 2:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.05)
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            return await fired(stored(trigger))

        (event,) = asyncio.run(killed_and_again())
    assert ids == [one["job_id"] for one in event.payload["ended"]]
    assert {"succeeded"} == {one["state"] for one in event.payload["ended"]}


def test_a_trigger_whose_deadline_has_passed_asks_for_each_job_and_ends(connection):
    """The deadline is an instant, which no restart moves."""
    with serving() as url:
        connection("pf", CANARY, url)
        (event,) = asyncio.run(fired(stored(made(job_ids(2, 9e4, 9e4), until=1.0))))
        asked = stats(url)["polls"]
    assert {"timed_out"} == {one["state"] for one in event.payload["ended"]}
    assert len(event.payload["ended"]) == len(asked)


def test_triggers_of_one_connection_with_a_limit_bring_all_ends(connection):
    """Three triggers of one triggerer read the limit that the connection states, and wait by it."""
    with serving() as url:
        connection("pf", CANARY, url, limit=50)

        async def three():
            return await asyncio.gather(*(fired(made(job_ids(5 + n, 0, 0))) for n in range(3)))

        events = asyncio.run(three())
    assert {"succeeded"} == {one["state"] for (event,) in events for one in event.payload["ended"]}


def test_a_trigger_stores_the_id_of_its_connection_and_no_key(connection):
    """Of the connection only its id is stored."""
    with serving() as url:
        connection("pf", CANARY, url)
        trigger = made(job_ids(3, 0.1, 0.2))
        assert {"conn_id", "batch"} == set(trigger.serialize()[1])
        (event,) = asyncio.run(fired(trigger))
    assert CANARY not in repr(trigger) + json.dumps(trigger.serialize()) + json.dumps(event.payload)


def test_an_event_about_a_refusal_that_repeats_the_key_is_without_it(connection):
    """Where a service repeats the key in its refusal, the event does not."""
    with serving() as url:
        connection("pf", CANARY, url)
        (event,) = asyncio.run(fired(made(["echo-0-0"])))
    assert "unreachable" == event.payload["ended"][0]["state"]
    assert CANARY not in json.dumps(event.payload)


@pytest.mark.parametrize("asked", [True, False])
def test_a_kill_of_a_deferred_task_reaches_its_jobs_only_where_asked(connection, asked):
    """What Airflow's user kills is canceled at the service, if the task says so."""
    with Sandbox(speed=1, seed=7) as box:
        connection("free", box.freeplay.key, box.freeplay.url)
        with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
            job = freeplay.submit(client, PROJECT, prompt_template_version_id=PROJECT, dataset_id=PROJECT)
            (batch,) = batches("freeplay", "free", [job.id], common={"project_id": PROJECT}, cancel_at_service=asked)
            asyncio.run(stored(JobsTrigger.of("free", batch)).on_kill())
            assert asked == (str(job.status().status).lower() == "cancelled")


def test_airflows_triggers_still_have_the_calls_that_ours_answers():
    """Airflow still has the calls that the trigger answers."""
    for name in ("serialize", "run", "on_kill"):
        assert hasattr(BaseTrigger, name)
    assert Connection(conn_id="x", conn_type="http", password="k", host="h").password == "k"
