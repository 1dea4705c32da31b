"""The Airflow adapter's own logic, with a fake Airflow: what is handed over, judged, stored, submitted."""

import asyncio
import json
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from benchmarks.engines.served import CANARY, job_ids
from tests.support.payloads import FREEPLAY_JOB, IDENTIFIER
from tests.support.services import TOUR
from tests.unit.engines import fake_airflow, virtual
from tests.unit.engines.fake_airflow import (
    CONNECTIONS,
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    Connection,
    TaskDeferred,
)
from tests.unit.engines.virtual import WALL, Clock, PromptForge, fullest

from jobwait import Limit, Policy, errors, freeplay, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._polling import rate_limits
from jobwait.engines.batches import batches

BRISK = Policy(interval=1.0, min_interval=0.5, max_interval_ratio=0.1, timeout=60)
PROJECT = {"project_id": "0d7c6e5c-5a1c-4d0e-8f0a-3b8a5f3c2b11"}


@pytest.fixture(scope="module")
def airflow():
    """The adapter, imported with a fake Airflow."""
    with fake_airflow.installed():
        import jobwait.engines.airflow

        yield jobwait.engines.airflow


@pytest.fixture
def service(monkeypatch):
    """PromptForge in virtual time, behind the connection pf."""
    CONNECTIONS["pf"] = Connection("pf", CANARY, extra_dejson={"base_url": "https://pf.invalid"})
    made, connect = PromptForge(Clock()), promptforge.connect
    monkeypatch.setattr(promptforge, "connect", lambda *words, **more: connect(*words, **more, transport=made))
    return made


def waits(kind, **changes):
    facts = {"task_id": "wait", "service": "promptforge", "conn_id": "pf", "job_ids": ["a", "b"], "policy": BRISK}
    return kind(**{**facts, **changes})


def event(*states):
    ended = [
        {"job_id": str(number), "state": state, "raw_status": state, "reason": None, "error": None}
        for number, state in enumerate(states)
    ]
    return {"service": "promptforge", "ended": ended, "version": 1}


def deferred(task):
    with pytest.raises(TaskDeferred) as found:
        task.execute({})
    return found.value


def stored(airflow, trigger):
    """*trigger* as another triggerer gets it: out of the database's JSON."""
    path, kwargs = json.loads(json.dumps(trigger.serialize()))
    assert "jobwait.engines.airflow.JobsTrigger" == path
    return airflow.JobsTrigger(**kwargs)


async def fired(trigger):
    return [event.payload async for event in trigger.run()]


@pytest.mark.parametrize("kind", ["WaitForJobsOperator", "WaitForJobsSensor"])
def test_a_wait_defers_with_one_trigger_for_all_its_jobs(airflow, kind):
    """Each job once, the id of the connection, and the deadline as an instant."""
    task = waits(getattr(airflow, kind), job_ids=["a", "b", "a"], execution_timeout=timedelta(hours=1), timeout=60)
    found = deferred(task)
    kwargs = found.trigger.serialize()[1]
    assert ("pf", ["a", "b"]) == (kwargs["conn_id"], kwargs["batch"]["job_ids"])
    assert kwargs["batch"]["until"] > 1e9
    assert ("execute_complete", timedelta(hours=1)) == (found.method_name, found.timeout)


@pytest.mark.parametrize(
    ("timeout", "policy", "longest"),
    [
        (90, BRISK, 90),
        (timedelta(minutes=2), BRISK, 120),
        (None, BRISK, 60),
        (None, Policy(timeout=None), None),
        (None, None, promptforge.SERVICE.defaults.timeout),
    ],
)
def test_the_deadline_of_a_wait_is_the_tasks_or_the_policys_or_the_services(
    airflow, monkeypatch, timeout, policy, longest
):
    """Whichever is said first, counted from now."""
    monkeypatch.setattr("jobwait.engines.airflow.wait_operators.time", SimpleNamespace(time=lambda: WALL))
    batch = deferred(waits(airflow.WaitForJobsOperator, timeout=timeout, policy=policy)).trigger.batch
    assert batch["until"] == (None if longest is None else WALL + longest)


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
def test_a_task_ends_in_failure_retry_or_skip_by_what_its_jobs_came_to(airflow, states, options, raised):
    """What the service said for good is not retried, what was not heard is."""
    task = waits(airflow.WaitForJobsOperator, **options)
    if raised is None:
        assert states == [one["state"] for one in task.execute_complete({}, event(*states))]
        return
    with pytest.raises(AirflowException, match="promptforge jobs did not succeed") as found:
        task.execute_complete({}, event(*states))
    assert raised is type(found.value)


@pytest.mark.parametrize(
    ("options", "raised"),
    [
        ({}, AirflowSensorTimeout),
        ({"soft_fail": True}, AirflowSkipException),
        ({"never_fail": True}, AirflowSkipException),
    ],
)
def test_a_sensor_whose_time_is_over_says_so_as_sensors_do(airflow, options, raised):
    """With soft_fail or never_fail it is skipped."""
    with pytest.raises(raised):
        waits(airflow.WaitForJobsSensor, **options).execute_complete({}, event("timed_out", "succeeded"))


def test_a_trigger_fires_once_with_the_end_of_each_job_and_is_stored_without_the_key(airflow, service):
    """Two hundred jobs, one event; of the connection only its id is stored."""
    ids = job_ids(200, 1, 4)
    (batch,) = batches("promptforge", "pf", ids, policy=BRISK)
    trigger = airflow.JobsTrigger.of("pf", batch)
    (payload,) = virtual.run(fired(stored(airflow, trigger)), service.clock)
    assert (ids, 1) == ([one["job_id"] for one in payload["ended"]], payload["version"])
    assert {"succeeded"} == {one["state"] for one in payload["ended"]}
    assert {one["job_id"]: one["polls"] for one in payload["ended"]} == {
        name: len(times) for name, times in service.polls.items()
    }
    assert {"conn_id", "batch"} == set(trigger.serialize()[1])
    assert CANARY not in repr(trigger) + json.dumps(trigger.serialize()) + json.dumps(payload)


def test_a_trigger_that_is_made_anew_from_what_is_stored_brings_the_same_ends(airflow, service):
    """One that was ended in the middle leaves nothing behind; the other begins with the same ids."""
    ids = job_ids(20, 2, 9)
    trigger = airflow.JobsTrigger.of("pf", *batches("promptforge", "pf", ids, policy=BRISK))

    async def killed_and_again():
        first = asyncio.create_task(fired(trigger))
        await asyncio.sleep(5)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        return await fired(stored(airflow, trigger))

    (payload,) = virtual.run(killed_and_again(), service.clock)
    assert [(name, "succeeded") for name in ids] == [(one["job_id"], one["state"]) for one in payload["ended"]]


def test_triggers_of_one_triggerer_together_keep_the_limit_of_their_connection(airflow, service):
    """Three triggers: no second has more requests than the connection states."""
    CONNECTIONS["pf"].extra_dejson["limit"] = 20
    made = batches("promptforge", "pf", job_ids(60, 20, 40), size=20, policy=BRISK)

    async def three():
        return await asyncio.gather(*(fired(airflow.JobsTrigger.of("pf", one)) for one in made))

    events = virtual.run(three(), service.clock)
    assert {"succeeded"} == {one["state"] for (payload,) in events for one in payload["ended"]}
    assert fullest(service.times) <= 20


def test_a_task_without_a_triggerer_waits_in_its_worker_and_a_sensor_by_its_pokes(airflow, box):
    """Both give the same values, as a task may read either."""
    CONNECTIONS["pf"] = Connection("pf", box.promptforge.key, extra_dejson={"base_url": box.promptforge.url})
    submit = airflow.SubmitPromptForgeOperator(
        task_id="submit",
        conn_id="pf",
        prompts=[{"prompt_id": 1, "prompt": "x"}],
        provider="openai",
        model="sandbox-quick",
    )
    ids = [submit.execute({}) for _ in range(2)]
    quick = Policy(interval=0.05, min_interval=0.05, timeout=60)
    ended = waits(airflow.WaitForJobsOperator, job_ids=ids, deferrable=False, policy=quick).execute({})
    poked = waits(airflow.WaitForJobsSensor, job_ids=ids, deferrable=False).execute({})
    for ends in (ended, poked):
        assert [(name, "succeeded") for name in ids] == [(one["job_id"], one["state"]) for one in ends]
    assert [one.keys() for one in ended] == [one.keys() for one in poked]
    assert [one["total"] for one in ended] == [one["total"] for one in poked]


def test_a_poke_while_a_job_still_runs_says_no_more_than_that(airflow, monkeypatch):
    """It is not done, and brings no value."""
    running = httpx.MockTransport(lambda _: httpx.Response(200, json={**FREEPLAY_JOB, "status": "running"}))
    connect = freeplay.connect
    monkeypatch.setattr(freeplay, "connect", lambda *words, **more: connect(*words, **more, transport=running))
    CONNECTIONS["free"] = Connection("free", CANARY)
    sensor = waits(
        airflow.WaitForJobsSensor,
        service="freeplay",
        conn_id="free",
        job_ids=IDENTIFIER,
        common=PROJECT,
        deferrable=False,
    )
    found = sensor.poke({})
    assert (False, None) == (found.is_done, found.xcom_value)


class Refusing(PromptForge):
    """PromptForge that refuses all polls but the first ones."""

    allowed, after = 0, "7000"

    async def handle_async_request(self, request):
        if self.allowed:
            self.allowed -= 1
            return await super().handle_async_request(request)
        self.refused += 1
        return httpx.Response(429, headers={"retry-after": self.after})


@pytest.fixture
def refusing(monkeypatch):
    """Such a PromptForge behind the connection pf."""
    CONNECTIONS["pf"] = Connection("pf", CANARY, extra_dejson={"base_url": "https://pf.invalid"})
    made, connect = Refusing(Clock()), promptforge.connect
    monkeypatch.setattr(promptforge, "connect", lambda *words, **more: connect(*words, **more, transport=made))
    return made


def poked(service, sensor, context=None):
    """What a poke gives, in virtual time, and after how many seconds."""
    before = service.clock.now

    def run(function, *args):
        return virtual.run(function(*args), service.clock)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobwait.engines.airflow.wait_operators.run_aside", run)
        return sensor.poke(context or {}), service.clock.now - before


@pytest.mark.parametrize("after", ["7000", "60", "1e400"])
@pytest.mark.filterwarnings("ignore::jobwait.errors.RetryAfterWarning")
def test_a_poke_of_jobs_that_the_rate_limit_hides_is_not_done_and_no_failure(airflow, refusing, after):
    """Nothing is known of them: the sensor pokes again, and its own timeout ends it."""
    rate_limits.forget()
    refusing.after = after
    sensor = waits(airflow.WaitForJobsSensor, job_ids=["a-0-9", "b-0-9"], deferrable=False, timeout=100.0)
    found, seconds = poked(refusing, sensor)
    assert (False, None) == (found.is_done, found.xcom_value)
    assert seconds <= 101


def test_a_poke_remembers_the_jobs_that_have_ended(airflow, refusing):
    """Of more jobs than the rate allows at once, each poke sees some, and asks for none again."""
    rate_limits.forget()
    refusing.allowed, ids = 2, ["a-0-0", "b-0-0", "c-0-0"]
    sensor = waits(airflow.WaitForJobsSensor, job_ids=ids, deferrable=False, timeout=3e5)
    found, _ = poked(refusing, sensor)
    assert not found.is_done
    rate_limits.forget()
    refusing.allowed = 1
    found, _ = poked(refusing, sensor)
    assert [(name, "succeeded") for name in ids] == [(one["job_id"], one["state"]) for one in found.xcom_value]
    assert {1} == {len(times) for times in refusing.polls.values()}


@pytest.mark.parametrize(("ago", "longest"), [(None, 61.0), (30, 31.0), (70, 6.0), (1e9, 6.0)])
def test_a_poke_ends_at_the_timeout_of_its_sensor(airflow, refusing, ago, longest):
    """Rescheduled, it counts from the first poke; at least a few seconds are left for the last."""
    rate_limits.forget()
    refusing.after = "59"
    began = None if ago is None else datetime.fromtimestamp(time.time() - ago, UTC)
    instance = SimpleNamespace(get_first_reschedule_date=lambda _: began)
    sensor = waits(airflow.WaitForJobsSensor, job_ids=["a-0-9"], deferrable=False, timeout=60.0, mode="reschedule")
    found, seconds = poked(refusing, sensor, {"ti": instance})
    assert not found.is_done
    assert seconds <= longest


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="Airflow's time limits need SIGALRM")
@pytest.mark.parametrize("place", ["loop", "request"])
@pytest.mark.parametrize("kind", ["WaitForJobsOperator", "WaitForJobsSensor"])
def test_a_time_limit_of_a_task_ends_its_wait_wherever_the_signal_comes(airflow, monkeypatch, kind, place):
    """In a callback of an event loop too, which logs and drops what is raised in it."""

    def alarm(*_):
        raise TaskTimeout

    def ring():
        signal.pthread_kill(threading.main_thread().ident, signal.SIGALRM)  # which gets it from a timer, too

    async def answer(_):
        if place == "loop":
            asyncio.get_running_loop().call_soon(ring)
        else:
            ring()
        await asyncio.Event().wait()

    connect, transport = promptforge.connect, httpx.MockTransport(answer)
    monkeypatch.setattr(promptforge, "connect", lambda *words, **more: connect(*words, **more, transport=transport))
    CONNECTIONS["pf"] = Connection("pf", CANARY, extra_dejson={"base_url": "https://pf.invalid"})
    rate_limits.forget()
    before = signal.signal(signal.SIGALRM, alarm)
    try:
        with pytest.raises(TaskTimeout):
            waits(getattr(airflow, kind), job_ids=["a"], deferrable=False, timeout=60).execute({})
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("asked", [True, False])
def test_a_kill_reaches_the_jobs_only_where_the_task_asked_for_it(airflow, monkeypatch, asked):
    """While deferred the trigger cancels; in its worker the task does."""
    canceled = []

    def answer(request):
        if request.method != "GET":
            canceled.append(request.url.path)
        return httpx.Response(200, json={**FREEPLAY_JOB, "status": "cancelled"})

    connect, transport = freeplay.connect, httpx.MockTransport(answer)
    monkeypatch.setattr(freeplay, "connect", lambda *words, **more: connect(*words, **more, transport=transport))
    CONNECTIONS["free"] = Connection("free", CANARY)
    words = {"service": "freeplay", "conn_id": "free", "job_ids": IDENTIFIER, "common": PROJECT, "fail_when": "never"}
    task = waits(airflow.WaitForJobsOperator, **words, cancel_on_kill=asked)
    asyncio.run(stored(airflow, deferred(task).trigger).on_kill())
    assert int(asked) == len(canceled)
    here = waits(airflow.WaitForJobsOperator, **words, cancel_on_kill=asked, deferrable=False)
    here.on_kill()  # before it began there is nothing to cancel
    here.execute({})
    here.on_kill()
    assert 2 * int(asked) == len(canceled)


@pytest.mark.parametrize(
    "error",
    [
        errors.SubmitUnconfirmed("promptforge: the submission was sent and no answer came."),
        errors.InvalidInput("no such model"),
    ],
)
def test_a_submission_in_doubt_or_refused_is_not_sent_again(airflow, monkeypatch, service, error):
    """Where nobody knows whether a job was made, the task fails for good: a retry would submit twice."""

    def failing(*_, **__):
        raise error

    monkeypatch.setattr(promptforge, "submit", failing)
    one = airflow.SubmitPromptForgeOperator(task_id="a", conn_id="pf", prompts=[], provider="p", model="m")
    with pytest.raises(AirflowFailException, match="Airflow does not send it again"):
        one.execute({})


class TaskTimeout(BaseException):
    """As Airflow raises it from a signal handler, and tries the task again."""


@pytest.mark.parametrize("moment", ["before", "sending", "after"])
def test_a_time_limit_of_the_task_is_tried_again_only_if_nothing_was_sent(airflow, monkeypatch, moment):
    """Once the request went out, or the job is known, another try could submit twice: the task fails for good."""
    asked = []

    def answer(request):
        asked.append(request.method)
        if moment == "sending":
            raise TaskTimeout
        return httpx.Response(202, json={"job_id": "j-1", "tour_id": 1, "optimization_id": 2, "message": "m"})

    def connect(*words, **more):
        if moment == "before":
            raise TaskTimeout
        return real(*words, **more, transport=httpx.MockTransport(answer))

    def timed_out(*_):
        raise TaskTimeout

    real = fryte.connect
    monkeypatch.setattr(fryte, "connect", connect)
    CONNECTIONS["fryte"] = Connection("fryte", CANARY)
    one = airflow.SubmitFryteOperator(task_id="a", conn_id="fryte", tour=TOUR)
    if moment == "after":
        monkeypatch.setattr(one.log, "info", timed_out)
    expected, fact = (
        (TaskTimeout, None) if moment == "before" else (AirflowFailException, "Airflow does not send it again")
    )
    with pytest.raises(expected, match=fact) as caught:
        one.execute({})
    assert (moment != "before") == (asked == ["POST"])
    assert ("j-1" in str(caught.value)) == (moment == "after")


def test_the_operators_that_submit_hand_their_arguments_to_the_services_page(airflow):
    """What is left over goes in as `more`."""
    fryte = airflow.SubmitFryteOperator(task_id="a", conn_id="fryte", tour={"x": 1}, more={"tenant_id": 3})
    ids = {"prompt_template_version_id": "v", "dataset_id": "d", **PROJECT}
    free = airflow.SubmitFreeplayOperator(task_id="b", conn_id="free", **ids, more={"key": "value"})
    assert ({"tour": {"x": 1}, "tenant_id": 3}, {**ids, "key": "value"}) == (fryte.arguments, free.arguments)


@pytest.mark.parametrize(
    ("facts", "address"),
    [
        ({"extra_dejson": {"base_url": "https://extra.invalid"}, "host": "host.invalid"}, "https://extra.invalid"),
        ({"host": "https://host.invalid/v1"}, "https://host.invalid/v1"),
        ({"host": "host.invalid"}, "https://host.invalid"),
        ({"host": "127.0.0.1", "port": 8080, "schema": "http"}, "http://127.0.0.1:8080"),
        ({}, promptforge.connect("k").base_url),
    ],
)
def test_a_connections_address_is_its_extra_field_or_its_host_or_the_services_own(airflow, facts, address):
    """The password is the key in any case."""
    from jobwait.engines.airflow.connections import client_for

    client = client_for("promptforge", Connection("pf", CANARY, **facts))
    assert str(address).rstrip("/") == str(client.base_url).rstrip("/")
    assert CANARY in "".join(client.auth_headers().values())


@pytest.mark.parametrize("password", [None, ""])
def test_a_connection_without_a_key_is_refused(airflow, monkeypatch, password):
    """The worker's own environment does not stand in for it."""
    from jobwait.engines.airflow.connections import client_for

    monkeypatch.setenv("PROMPTFORGE_API_KEY", "another")
    with pytest.raises(errors.InvalidInput, match="connection 'pf' has no password"):
        client_for("promptforge", Connection("pf", password))


def test_a_connections_limit_is_a_whole_number_of_requests_a_second(airflow):
    """As a number or as text; anything else is refused."""
    from jobwait.engines.airflow.connections import limit_of

    found = [limit_of(Connection("pf", extra_dejson=one)) for one in ({}, {"limit": 20}, {"limit": "20"})]
    assert [None, Limit(20), Limit(20)] == found
    for bad in ("many", -1, 2.5, 0, True, "1_0", "1e400", "9" * 5000, "\u0661"):
        with pytest.raises(errors.InvalidInput, match="limit"):
            limit_of(Connection("pf", extra_dejson={"limit": bad}))


@pytest.mark.parametrize("deferrable", [True, False])
@pytest.mark.parametrize("kind", ["WaitForJobsOperator", "WaitForJobsSensor"])
def test_a_wait_for_no_jobs_succeeds_at_once(airflow, kind, deferrable):
    """A night without work is no failure of the DAG."""
    assert [] == waits(getattr(airflow, kind), job_ids=[], deferrable=deferrable).execute({})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"job_ids": [None, "a"]}, "id in job_ids"),  # what a task that was skipped left
        ({"job_ids": [str(number) for number in range(1001)]}, "Split them"),
        ({"service": "freeplay"}, "project_id"),
        ({"common": {"project": "p"}}, "'project'"),
        ({"timeout": -1}, "timeout"),
        ({"service": "pigeon", "timeout": 60}, "pigeon"),
        ({"fail_when": "some"}, "fail_when"),
    ],
)
def test_a_wait_that_cannot_be_is_refused_before_a_trigger_starts(airflow, changes, said):
    """The task says it, not a triggerer's log."""
    with pytest.raises(errors.InvalidInput, match=said):
        waits(airflow.WaitForJobsOperator, **changes).execute({})
