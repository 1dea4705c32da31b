"""jobwait.watch: a job of which a function says how it is, in all the ways to wait."""

import asyncio
import contextvars
import functools
import re
import threading
import warnings
from pathlib import Path

import anyio
import pytest

from jobwait import (
    Policy,
    Record,
    Stop,
    as_completed,
    errors,
    hooks,
    promptforge,
    report,
    updates,
    wait_all,
    wait_all_async,
    watch,
)
from jobwait._watch.call import Call
from jobwait.errors import InvalidInput
from jobwait.testing import FakeServer, virtual_time
from support.waits import DONE as FORGED
from support.waits import NAME, backends, connect
from support.watched import DONE, RUNNING, StatusError, kiln, scripted


def in_loop(backend, main):
    """What the coroutine function *main* returns, in virtual time of *backend*."""
    with virtual_time() as clock:
        return anyio.run(main, clock, backend=backend)


def test_a_sync_function_is_called_in_a_daemon_thread_until_the_job_has_ended():
    """With the caller's context; wait() returns what it returned, status() calls it once."""
    seen, where = [], contextvars.ContextVar("where", default="")
    where.set("here")

    def call():
        seen.append((threading.current_thread().daemon, threading.current_thread().name, where.get()))
        return [RUNNING, RUNNING, DONE][min(len(seen), 3) - 1]

    with virtual_time() as clock:
        job = kiln(call)
        assert (DONE, 10) == (job.wait(), round(clock.now))
        assert (DONE, "<kiln job 7 (succeeded)>") == (job.status(), repr(job))
    assert [(True, "jobwait_kiln", "here")] * 4 == seen


@backends
def test_an_async_function_runs_in_the_task_that_waits(backend):
    """So does one that returns an awaitable, from its second call on; cancellation reaches it."""
    canceled = []

    async def main(clock):
        async def call():
            threads.append(threading.get_ident())
            await clock.sleep_async(3)
            return DONE

        begun = anyio.Event()

        async def hang():
            begun.set()
            try:
                await anyio.sleep_forever()
            finally:
                canceled.append(True)

        threads = []
        assert DONE == await kiln(call).wait_async()
        assert DONE == await kiln(functools.partial(call)).wait_async()
        job = kiln(lambda *_: call())
        assert (DONE, DONE) == (await job.wait_async(), await job.status_async())
        if backend == "asyncio":  # a task can be made in a loop alone
            assert DONE == await kiln(lambda: asyncio.get_running_loop().create_task(call())).wait_async()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(kiln(hang).wait_async)
            await begun.wait()
            tasks.cancel_scope.cancel()
        return set(threads) == {threading.get_ident()}

    assert in_loop(backend, main)
    assert [True] == canceled


def test_an_async_function_under_a_sync_wait_is_invalid_before_it_is_called():
    """The sentence names the watch and the way out; other jobs of the call go on, and no coroutine is left over."""
    called = []

    async def call():
        called.append(True)

    with warnings.catch_warnings(action="error"), virtual_time():
        for function in (call, functools.partial(call), lambda *_: call()):
            with pytest.raises(InvalidInput, match=r"kiln job 7 .*async function.*wait_async"):
                kiln(function).wait()
            with pytest.raises(InvalidInput, match="wait_async"):
                kiln(function).status()
            refused, good = wait_all([kiln(function), kiln(scripted(DONE), id="8")])
            assert (InvalidInput, "succeeded") == (type(refused.error), good.state)
    assert [] == called


@pytest.mark.parametrize("kind", ["sync", "async", "lambda"])
@pytest.mark.parametrize("backend", ["", "asyncio", "trio"])
def test_deadline_and_stop_hold_at_once_while_a_call_hangs(backend, kind):
    """In one wait and in many; a stop is no failure of the service, a deadline names the call."""
    if not backend and kind != "sync":
        return

    def function(clock):
        async def call():
            await clock.sleep_async(1000)
            return DONE

        return {"sync": lambda: clock.sleep(1000) or DONE, "async": call, "lambda": lambda *_: call()}[kind]

    def after(clock, seconds):
        stop = Stop()
        clock.call_later(seconds, stop.set)
        return stop

    def judged(clock, late, stopped, jobs, stops):
        assert ("unreachable", 1, "timed_out", 0) == (late.state, late.polls, stopped.state, stopped.polls)
        assert "the call had not returned after 60 s" in str(late.error)
        assert ({"unreachable"}, {"timed_out"}) == ({one.state for one in jobs}, {one.state for one in stops})
        assert 60 + 10 + 60 + 10 == clock.now

    async def main(clock):
        made = lambda: [kiln(function(clock), id=n) for n in range(3)]  # noqa: E731 - short
        late = await kiln(function(clock)).outcome_async(timeout=60)
        stopped = await kiln(function(clock)).outcome_async(stop=after(clock, 10))
        jobs = await wait_all_async(made(), timeout=60)
        judged(clock, late, stopped, jobs, await wait_all_async(made(), stop=after(clock, 10)))

    def run(clock):
        made = lambda: [kiln(function(clock), id=n) for n in range(3)]  # noqa: E731 - short
        late = kiln(function(clock)).outcome(timeout=60)
        stopped = kiln(function(clock)).outcome(stop=after(clock, 10))
        jobs = wait_all(made(), timeout=60)
        judged(clock, late, stopped, jobs, wait_all(made(), stop=after(clock, 10)))

    if backend:
        in_loop(backend, main)
    else:
        with virtual_time() as clock, clock.working():  # calls that hang go on between two waits, and time does not
            run(clock)


def test_no_second_call_begins_before_an_abandoned_one_has_returned():
    """A poll that comes meanwhile takes its late result, from any handle on the job; else it is dropped."""
    calls = []

    def call():
        calls.append(clock.now)
        clock.sleep(100)
        return RUNNING if len(calls) < 3 else DONE

    with virtual_time() as clock, clock.working():
        job, same, other = kiln(call), kiln(call), kiln(call, id="8")
        assert (True, True, False) == (job.key == same.key, job.key != other.key, job.key == other.key)
        assert "unreachable" == job.outcome(timeout=30).state
        assert ("unreachable", 60) == (same.outcome(timeout=30).state, clock.now)
        assert [0] == calls
        update = next(same.updates())
        assert ("running", 100, [0]) == (update.state, clock.now, calls)
        assert "timed_out" == same.outcome(timeout=10).state
        clock.sleep(200)  # its result comes, and nobody waits
        assert (DONE, 3) == (same.wait(), len(calls))


def test_a_deadline_holds_in_real_time_too():
    """The thread of the call goes on by itself, and nobody waits for it."""
    release, calls = threading.Event(), []

    def call():
        calls.append(True)
        release.wait(60)
        return DONE

    job = kiln(call, interval=0.01)
    assert "unreachable" == job.outcome(timeout=0.05).state
    assert "unreachable" == asyncio.run(job.outcome_async(timeout=0.05)).state
    release.set()
    assert (DONE, True) == (job.wait(timeout=30), len(calls) <= 2)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_what_is_no_exception_passes(raised):
    """Ctrl-C within the function ends the wait as it ends any other code."""
    with pytest.raises(raised):
        kiln(scripted(raised())).wait()
    with pytest.raises(raised):
        wait_all([kiln(scripted(raised()))])

    async def call():
        raise raised

    with pytest.raises(raised):
        asyncio.run(kiln(call).wait_async())


def test_watches_wait_with_jobs_of_services():
    """In wait_all, as_completed, updates and the report, each by its own interval."""
    with virtual_time(), connect(FakeServer(FORGED)) as client:

        def jobs():
            return [kiln(scripted(RUNNING, DONE), interval=60), promptforge.job(client, NAME)]

        assert [("kiln", "succeeded"), ("promptforge", "succeeded")] == [(o.service, o.state) for o in wait_all(jobs())]
        assert ["promptforge", "kiln"] == [outcome.service for outcome in as_completed(jobs())]
        assert 3 == len([one.state for one in updates(jobs())])
        twice = kiln(scripted(DONE))
        assert 1 == len(list(as_completed([twice, twice])))


def test_the_report_shows_a_watch(tmp_path):
    """Its polls, and the text of those that failed."""
    with virtual_time():
        job = kiln(scripted(RUNNING, ValueError("<oh>"), DONE))
        record = Record([job])
        job.wait()
        page = report(record, tmp_path / "report.html").read_text("utf-8")
    assert ("kiln" in page, ">7<" in page) == (True, True)
    assert "the call raised ValueError: &lt;oh&gt;" in page
    assert "FailedCall" not in page


def test_hooks_hear_of_calls_without_an_address():
    """Service and job are named; method, host and port are None, as no request is known."""
    heard = []
    remove = hooks.add(heard.append)
    try:
        with virtual_time():
            kiln(scripted(StatusError(503), ValueError("x"), DONE)).wait()
            kiln(lambda: None).outcome(timeout=0.01)
    finally:
        remove()
    assert {("kiln", "7", None, None, None)} == {(d.service, d.job_id, d.method, d.host, d.port) for d in heard}
    answers = [(one.status, one.error) for one in heard if one.event == "answered"]
    assert [(503, None), (None, "ValueError"), (200, None), (None, "TypeError")] == answers
    assert {"sent", "retry", "answered", "update", "outcome"} >= {one.event for one in heard}


def test_cancel_on_timeout_says_that_a_watch_cannot_do_that():
    """A watch only asks."""
    with virtual_time():
        outcome = kiln(scripted(RUNNING)).outcome(policy=Policy(timeout=9, cancel_on_timeout=True))
    assert "was not canceled, as kiln cannot do that" in str(outcome.error)


def test_a_reason_of_several_objects_is_the_first_message():
    """As for declared jobs."""
    answer = {"status": "cracked", "errors": [{}, {"message": "too hot"}]}
    with pytest.raises(errors.JobFailed, match="cracked: too hot"):
        watch(lambda: answer, id=7, name="kiln", reason="errors", failed={"cracked"}, succeeded={"done"}).wait()


def test_a_job_that_needs_input_ends_the_wait_alone():
    """The next wait calls again."""
    answers = iter([{"status": "asking"}, {"status": "done"}])
    job = watch(lambda: next(answers), id="1", name="kiln", succeeded={"done"}, needs_input={"asking"})
    with virtual_time():
        assert ["needs_input", "succeeded"] == [job.outcome().state, job.outcome().state]


def test_a_failed_and_a_canceled_job_raise_with_their_reason():
    """As for services; the last answer is the snapshot."""
    words = {"failed": {"cracked"}, "canceled": {"stopped"}, "succeeded": {"done"}}
    for word, kind in (("cracked", errors.JobFailed), ("stopped", errors.JobCanceled)):
        answer = {"status": word, "errors": [{"message": "too hot https://x.invalid/a?sig=s"}]}
        with pytest.raises(kind, match=rf"kiln job 7 ended as {word}: too hot https://x.invalid/a\?…") as caught:
            watch(lambda a=answer: a, id=7, name="kiln", reason="errors[0].message", **words).wait()
        assert caught.value.snapshot == answer


def test_the_example_of_the_page_with_a_function_of_ones_own_runs(capsys):
    """docs/watch.md: a process; the examples with SDKs run in tests/integration/sdks."""
    page = (Path(__file__).parents[3] / "docs" / "watch.md").read_text("utf-8")
    block = next(one for one in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "import subprocess" in one)
    exec(block, {"__name__": "page"})  # noqa: S102 - our own page
    assert capsys.readouterr().out.endswith("0\n")


def test_a_call_of_the_process_before_a_fork_is_not_waited_for():
    """Its thread is the parent's; here it never returns."""
    with virtual_time():
        job = kiln(lambda: DONE)
        client = job._state.client
        client._call = Call(client.function, client._ended, process=-1)
        assert job.wait(timeout=60) == DONE
