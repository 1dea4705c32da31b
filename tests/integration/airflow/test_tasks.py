"""Operators and sensor: what they hand over, what they make of the end, and that they submit once."""

import asyncio
import os
import signal
from threading import Thread

import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    TaskDeferred,
)
from benchmarks.engines.processes import until
from benchmarks.engines.served import CANARY, job_ids, serving

from jobwait import Policy, errors, freeplay, promptforge
from jobwait.engines.airflow import (
    SubmitFreeplayOperator,
    SubmitFryteOperator,
    SubmitPromptForgeOperator,
    WaitForJobsOperator,
    WaitForJobsSensor,
)
from jobwait.sandbox import Sandbox

BRISK = Policy(interval=0.5, min_interval=0.3, max_interval_ratio=0.1, timeout=600)
VERSION = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TOUR = "examples/tour_hamburg_munich.json"


def waits(kind=WaitForJobsOperator, **changes):
    facts = {"task_id": "wait", "service": "promptforge", "conn_id": "pf", "job_ids": ["a", "b"], "policy": BRISK}
    return kind(**{**facts, **changes})


def event(*states):
    ended = [
        {"job_id": str(number), "state": state, "raw_status": state, "reason": None, "error": None}
        for number, state in enumerate(states)
    ]
    return {"service": "promptforge", "ended": ended, "version": 1}


@pytest.mark.parametrize("kind", [WaitForJobsOperator, WaitForJobsSensor])
def test_a_wait_defers_with_one_trigger_for_all_its_jobs(kind):
    """One trigger for all, each job once, with the id of the connection."""
    with pytest.raises(TaskDeferred) as deferred:
        waits(kind, job_ids=["a", "b", "a"]).execute({})
    kwargs = deferred.value.trigger.serialize()[1]
    assert ("pf", ["a", "b"]) == (kwargs["conn_id"], kwargs["batch"]["job_ids"])
    assert kwargs["batch"]["until"] > 1e9


@pytest.mark.parametrize(
    ("states", "options", "raised"),
    [
        (["succeeded", "succeeded"], {}, None),
        (["succeeded", "failed"], {}, AirflowFailException),
        (["succeeded", "canceled"], {}, AirflowFailException),
        (["failed", "timed_out"], {}, AirflowException),
        (["succeeded", "unreachable"], {}, AirflowException),
        (["succeeded", "failed"], {"soft_fail": True}, AirflowSkipException),
        (["succeeded", "failed"], {"fail_when": "all"}, None),
        (["failed", "failed"], {"fail_when": "all"}, AirflowFailException),
        (["failed", "failed"], {"fail_when": "never"}, None),
    ],
)
def test_a_task_ends_in_failure_retry_or_skip_by_what_its_jobs_came_to(states, options, raised):
    """Failure, retry or skip: what the service said for good is not retried, what was not heard is."""
    task = waits(**options)
    if raised is None:
        assert states == [one["state"] for one in task.execute_complete({}, event(*states))]
        return
    with pytest.raises(AirflowException) as found:
        task.execute_complete({}, event(*states))
    assert raised is type(found.value)
    assert "promptforge jobs did not succeed" in str(found.value)


def test_a_sensor_whose_time_is_over_says_so_as_sensors_do():
    """A sensor whose time is over says so as sensors do; with soft_fail it is skipped."""
    with pytest.raises(AirflowSensorTimeout):
        waits(WaitForJobsSensor).execute_complete({}, event("timed_out", "succeeded"))
    with pytest.raises(AirflowSkipException):
        waits(WaitForJobsSensor, soft_fail=True).execute_complete({}, event("timed_out"))


def test_a_task_without_a_triggerer_waits_in_its_worker_and_a_sensor_by_its_pokes(connection):
    """Both wait in the worker where they may not defer: the operator by the schedule, the sensor by its pokes."""
    with serving() as url:
        connection("pf", CANARY, url)
        ids = job_ids(3, 0.2, 1)
        ended = waits(job_ids=ids, deferrable=False).execute({})
        sensor = waits(WaitForJobsSensor, job_ids=ids, deferrable=False, poke_interval=0.1)
        poked = sensor.poke({})
    assert ["succeeded"] * 3 == [one["state"] for one in ended]
    assert poked.is_done
    assert ids == [one["job_id"] for one in poked.xcom_value]
    assert [one.keys() for one in ended] == [one.keys() for one in poked.xcom_value]  # a task may read either
    assert [one["total"] for one in ended] == [one["total"] for one in poked.xcom_value]


def test_a_poke_while_a_job_still_runs_says_no_more_than_that(connection):
    """While one job still runs a poke says no more than that."""
    with serving() as url:
        connection("pf", CANARY, url)
        sensor = waits(WaitForJobsSensor, job_ids=job_ids(2, 9e4, 9e4), deferrable=False)
        assert not sensor.poke({}).is_done


def test_an_operator_that_submits_gives_the_id_of_its_job(connection, tmp_path):
    """The three operators give the ids of the jobs that they made."""
    with Sandbox(speed=1200, seed=7, limits={"fryte": None}) as box:
        for name in ("freeplay", "fryte", "promptforge"):
            connection(name, getattr(box, name).key, getattr(box, name).url)
        ids = {"project_id": VERSION, "prompt_template_version_id": VERSION, "dataset_id": VERSION}
        submits = [
            SubmitFreeplayOperator(task_id="a", conn_id="freeplay", **ids),
            SubmitFryteOperator(task_id="b", conn_id="fryte", tour=TOUR),
            SubmitPromptForgeOperator(
                task_id="c",
                conn_id="promptforge",
                prompts=[{"prompt_id": 1, "prompt": "x"}],
                provider="openai",
                model="sandbox-quick",
            ),
        ]
        for one in submits:
            job_id = one.execute({})
            common = {"project_id": VERSION} if one.service == "freeplay" else {}
            task = waits(service=one.service, conn_id=one.service, job_ids=job_id, common=common, deferrable=False)
            (ended,) = task.execute({})
            assert ("succeeded", job_id) == (ended["state"], ended["job_id"])


def test_a_submission_in_doubt_is_not_retried(connection, monkeypatch):
    """Where nobody knows whether a job was made, the task fails for good: a retry would submit twice."""

    def doubtful(*_, **__):
        raise errors.SubmitUnconfirmed("promptforge: the submission was sent and no answer came.")

    monkeypatch.setattr(promptforge, "submit", doubtful)
    connection("pf", CANARY, "http://127.0.0.1:9")
    one = SubmitPromptForgeOperator(task_id="a", conn_id="pf", prompts=[], provider="p", model="m")
    with pytest.raises(AirflowFailException, match="Airflow does not send it again"):
        one.execute({})


def test_a_connection_without_a_key_is_refused(connection):
    """An empty password is named; the worker's own environment does not stand in for it."""
    connection("pf", "", "http://127.0.0.1:9")
    with pytest.raises(errors.InvalidInput, match="connection 'pf' has no password"):
        asyncio.run(_client("pf"))


async def _client(name):
    from airflow.sdk import BaseHook

    from jobwait.engines.airflow.connections import client_for

    return client_for("promptforge", await BaseHook.aget_connection(name))


@pytest.mark.parametrize("asked", [True, False])
def test_a_task_that_is_killed_in_its_worker_cancels_its_jobs_only_where_asked(connection, asked):
    """Without a triggerer a kill comes as a signal in the middle of the wait; it cancels the jobs where asked."""
    with Sandbox(speed=1, seed=7) as box:
        connection("free", box.freeplay.key, box.freeplay.url)
        with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
            job = freeplay.submit(client, VERSION, prompt_template_version_id=VERSION, dataset_id=VERSION)
            task = waits(
                service="freeplay",
                conn_id="free",
                job_ids=job.id,
                common={"project_id": VERSION},
                timeout=600,
                deferrable=False,
                cancel_on_kill=asked,
            )

            def killed(*_):
                task.on_kill()
                raise KeyboardInterrupt

            before, asked_for = signal.signal(signal.SIGALRM, killed), box.stats()["freeplay"]["polls"]
            killer = Thread(target=_kill_once, args=(lambda: box.stats()["freeplay"]["polls"] != asked_for,))
            killer.start()
            try:
                with pytest.raises(KeyboardInterrupt):
                    task.execute({})
            finally:
                killer.join()
                signal.signal(signal.SIGALRM, before)
            assert asked == (str(job.status().status).lower() == "cancelled")


def _kill_once(true):
    """The signal comes in the middle of the wait: once the job was asked for."""
    until(true, 300, 0.05)
    os.kill(os.getpid(), signal.SIGALRM)


def test_a_connection_whose_limit_is_no_number_is_refused(connection):
    """What stands for a limit in a connection is a number."""
    connection("pf", CANARY, "http://127.0.0.1:9", limit="many")
    with pytest.raises(errors.InvalidInput, match="limit"):
        waits(deferrable=False).execute({})


def test_a_task_with_more_than_a_thousand_jobs_is_refused():
    """More than a thousand are refused with what to do."""
    with pytest.raises(errors.InvalidInput, match="Split them"):
        waits(job_ids=[str(number) for number in range(1001)]).execute({})


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("kind", [WaitForJobsOperator, WaitForJobsSensor])
def test_a_wait_for_no_jobs_succeeds_at_once(kind, deferrable):
    """Nothing to wait for is a success, and no failure of the DAG."""
    assert [] == waits(kind, job_ids=[], deferrable=deferrable).execute({})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"job_ids": [None, "a"]}, "id in job_ids"),  # what a task that was skipped left
        ({"service": "freeplay"}, "project_id"),
        ({"common": {"project": "p"}}, "'project'"),
        ({"timeout": -1}, "timeout"),
        ({"service": "pigeon", "timeout": 60}, "pigeon"),
        ({"fail_when": "some"}, "fail_when"),
    ],
)
def test_a_wait_that_cannot_be_is_refused_before_a_trigger_starts(changes, said):
    """A wait that cannot be is refused by the task, not in a triggerer's log."""
    with pytest.raises(errors.InvalidInput, match=said):
        waits(**changes).execute({})
