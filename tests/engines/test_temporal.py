"""Waits on a real Temporal server: crashes, histories, rates, keys."""

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks.engines.served import CANARY, job_ids, serving, stats
from benchmarks.engines.temporal import worker
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from tests.engines.kit import BRISK, account, ended_once, history, pids, replay, submitted, until, working

from jobwait import Limit, Policy, errors, freeplay
from jobwait.cli.worker import temporal as temporal_command
from jobwait.engines.temporal import (
    Account,
    AccountRate,
    Batch,
    WaitJobs,
    account_id,
    batches,
    progress,
    queue_of,
    start,
    wait_all,
)
from jobwait.engines.temporal.rate_messages import Join, Rate, RateState
from jobwait.sandbox import Sandbox

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.xdist_group("temporal")
FIGURES = logging.getLogger(__name__)  # shown with -o log_cli=true --log-cli-level=info
CALM = Policy(
    interval=4.0, min_interval=1.0, max_interval_ratio=0.1, timeout=300
)  # the jobs set the time, not the machine


@contextmanager
def two_workers(temporal, url, tmp_path, *more):
    address, _ = temporal
    with worker(address, url, tmp_path / "1.log", *more) as one, worker(address, url, tmp_path / "2.log", *more) as two:
        yield [one, two]


async def run_thousand(address, name, processes, *, kill):
    """Wait for 1000 jobs in two batches; how many seconds that took, what came, and what was asked before a kill."""
    client = await Client.connect(address)
    made = batches("promptforge", "team", job_ids(1000, 2, 16), policy=CALM, heartbeat=2)
    began = time.monotonic()
    names = [f"{name}-{number}" for number in range(len(made))]
    handles = [await start(client, *pair) for pair in zip(names, made, strict=True)]
    if kill:
        await until(lambda: _half_way(client, names))
        victim = next(iter((await pids(client, names)).values()))
        (process,) = [one for one in processes if one.pid == victim]
        process.kill()
    done = [await one.result() for one in handles]
    return client, time.monotonic() - began, done, names


async def _half_way(client, names):
    found = [await progress(client, name) for name in names]
    return sum(one.waiting for one in found) < 800 and len(await pids(client, names)) == len(names)


@pytest.mark.xdist_group("temporal-kill")
def test_a_killed_worker_loses_nothing(temporal, tmp_path):
    """
    Of 1000 jobs at two workers, one killed, none is lost or told twice; it takes at most 1.5 times as long.

    The history of a batch of 500 has at most 15 events, killed or not, and nobody asks in a burst.
    """
    address, _ = temporal
    ids = job_ids(1000, 2, 16)
    took, events, polls = {}, {}, {}
    for kill in (False, True):
        with serving() as url, two_workers(temporal, url, tmp_path) as processes:

            async def run(kill=kill, processes=processes):
                client, seconds, done, names = await run_thousand(address, f"kill-{kill}", processes, kill=kill)
                return seconds, done, [len((await history(client, name)).events) for name in names]

            took[kill], done, events[kill] = asyncio.run(run())
            asked = stats(url)
        assert ended_once(done, ids)
        assert set(ids) == set(asked["polls"])
        polls[kill] = sum(asked["polls"].values())
        interval = CALM.interval
        assert all(count <= 2 + took[kill] / interval for count in asked["polls"].values())
    FIGURES.info(json.dumps({"seconds": took, "events": events, "polls": polls}, default=str))
    assert took[True] <= 1.5 * took[False]
    assert max(events[True] + events[False]) <= 15
    assert polls[True] <= 1.2 * polls[False]


def test_all_workers_together_keep_the_accounts_rate(temporal, tmp_path):
    """Four sweeps at two workers: no second has more than 22 requests of 20, and hardly any is refused."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        made = batches("promptforge", "team", job_ids(160, 4, 7), size=40, policy=BRISK, heartbeat=4)
        rate = Rate(requests=20, seconds=1.0)
        await client.start_workflow(
            AccountRate.run,
            RateState(rate=rate, hold=2.0, check=2.0),
            id=account_id("promptforge", "team"),
            task_queue=queue_of("promptforge", "team"),
        )
        return await wait_all(client, "rate", made)

    with serving(20) as url, two_workers(temporal, url, tmp_path, "--limit", "promptforge:team=20"):
        done = asyncio.run(run())
        asked = stats(url)
    times = asked["times"]
    fullest = max(sum(one <= other < one + 1 for other in times[at : at + 60]) for at, one in enumerate(times))
    refused = asked["codes"].get("429", 0)
    rate = len(times) / (times[-1] - times[0])
    FIGURES.info(json.dumps({"fullest": fullest, "refused": refused, "requests": len(times), "a second": rate}))
    assert ended_once(done, job_ids(160, 4, 7))
    assert fullest <= 22
    assert refused <= 0.01 * len(times)


def test_the_rate_of_the_dead_is_given_to_others(temporal):
    """A sweep that leaves, and one that dies without a word, leave their share to those who go on."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        with serving() as url:
            async with working(client, account(url, "heirs", Limit(20))):
                rate = Rate(requests=20, seconds=1.0)
                handle = await client.start_workflow(
                    AccountRate.run,
                    RateState(rate=rate, hold=1.0, check=1.0),
                    id=account_id("promptforge", "heirs"),
                    task_queue=queue_of("promptforge", "heirs"),
                    start_signal="join",
                    start_signal_args=[Join(sweep="nobody", attempt="run/1", jobs=10, rate=rate)],
                )
                shares = []

                async def shared():
                    members = (await handle.query(AccountRate.state)).members
                    shares.append({one.sweep: round(one.high - one.low, 3) for one in members})
                    return shares[-1] == {"heir": 1.0}

                (one,) = batches("promptforge", "heirs", job_ids(10, 6, 7), policy=BRISK, heartbeat=3)
                waiting = await start(client, "heir", one)
                await until(shared)
                await waiting.result()
                await handle.result()  # with nobody left it ends
        return shares, await history(client, account_id("promptforge", "heirs"))

    shares, told = asyncio.run(run())
    assert {"nobody": 1.0} in shares or {"nobody": 0.5, "heir": 0.5} in shares or {"nobody": 0.5, "heir": 0.0} in shares
    replay(told)


def test_a_long_wait_goes_on_in_a_new_run(temporal):
    """After each stint a new run begins with an empty history, and goes on where the last one was; all can replay."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        with serving() as url:
            async with working(client, account(url, "long")):
                (one,) = batches(
                    "promptforge", "long", job_ids(20, 1, 5), policy=BRISK, continue_after=1.5, heartbeat=2
                )
                handle = await start(client, "long", one)
                done = await handle.result()
            asked = stats(url)
        runs = [(await history(client, "long"))]
        while runs[-1].events[0].workflow_execution_started_event_attributes.continued_execution_run_id:
            before = runs[-1].events[0].workflow_execution_started_event_attributes.continued_execution_run_id
            runs.append(await client.get_workflow_handle("long", run_id=before).fetch_history())
        return done, runs, asked["polls"]

    done, runs, polls = asyncio.run(run())
    assert ended_once([done], job_ids(20, 1, 5))
    assert len(runs) >= 3
    assert all(len(one.events) <= 11 for one in runs)
    assert {one.job_id: one.polls for one in done.ended} == polls
    assert max(polls.values()) <= 8
    replay(*runs)


def test_progress_is_told_without_a_trace(temporal):
    """Asking how far a batch is tells what the last heartbeat knew, and adds nothing to the history."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        with serving() as url:
            async with working(client, account(url, "asked")):
                (one,) = batches("promptforge", "asked", job_ids(20, 0.5, 4), policy=BRISK, heartbeat=1)
                handle = await start(client, "asked", one)
                seen = []

                async def some():
                    seen.append(await progress(client, "asked"))
                    return seen[-1].counts.get("succeeded", 0) > 3

                await until(some)
                events = len((await history(client, "asked")).events)
                await handle.result()
                return seen, events, await progress(client, "asked")

    seen, events, last = asyncio.run(run())
    assert all(one.waiting + sum(one.counts.values()) == one.jobs == 20 for one in seen)
    assert events <= 7
    assert (0, {"succeeded": 20}) == (last.waiting, last.counts)


@pytest.mark.parametrize("service_too", [False, True])
def test_a_cancellation_reaches_the_sweep_and_where_asked_the_jobs(temporal, service_too):
    """A canceled wait ends within a heartbeat; its jobs run on, unless the batch says that they go with it."""
    address, _ = temporal
    with Sandbox(speed=1, seed=7) as box:
        project, ids = submitted(box, 3)

        def connect():
            return freeplay.connect(box.freeplay.key, base_url=box.freeplay.url)

        async def run():
            client = await Client.connect(address)
            name = f"cancel-{service_too}"
            async with working(client, Account("freeplay", name, connect)):
                (one,) = batches(
                    "freeplay", name, ids, common={"project_id": project}, cancel_at_service=service_too, heartbeat=1
                )
                handle = await start(client, name, one)

                async def began():
                    return bool(await pids(client, [name]))

                await until(began)
                await handle.cancel()
                with pytest.raises(WorkflowFailureError) as failed:
                    await handle.result()
                return failed.value.cause, await progress(client, name), await history(client, name)

        cause, left, told = asyncio.run(run())
        assert isinstance(cause, CancelledError)
        assert 3 == left.waiting
        with freeplay.connect(box.freeplay.key, base_url=box.freeplay.url) as client:
            states = {freeplay.job(client, project, job_id).status().status for job_id in ids}
        assert ({"cancelled"} if service_too else {"pending", "running"}) >= {str(one).lower() for one in states}
        replay(told)


def test_what_cannot_be_is_refused(temporal):
    """A batch that cannot be is refused before it is started, and where it is started all the same, by the workflow."""
    address, _ = temporal

    async def run():
        client = await Client.connect(address)
        bad = Batch(service="promptforge", account="bad", job_ids=["a", "a"])
        with pytest.raises(errors.InvalidInput, match="twice"):
            await start(client, "bad", bad)
        async with working(client, account("http://127.0.0.1:9", "bad")):
            handle = await client.start_workflow(WaitJobs.run, bad, id="bad", task_queue=queue_of("promptforge", "bad"))
            with pytest.raises(WorkflowFailureError) as failed:
                await handle.result()
        return failed.value.cause

    cause = asyncio.run(run())
    assert isinstance(cause, ApplicationError)
    assert ("InvalidInput", True) == (cause.type, cause.non_retryable)


def test_no_key_is_kept_anywhere(temporal, tmp_path):
    """The key is in no history, payload, heartbeat, log or file: not while sweeps run, fail or are refused."""
    address, folder = temporal

    async def run(url):
        client = await Client.connect(address)
        texts = []
        with worker(address, url, tmp_path / "canary.log", "--limit", "promptforge:team=200"):
            (good,) = batches("promptforge", "team", job_ids(30, 1, 3), policy=BRISK, heartbeat=1)
            (bad,) = batches("promptforge", "team", ["echo-0-0", "echo-1-0"], policy=BRISK, heartbeat=1)
            handles = [await start(client, "canary-good", good), await start(client, "canary-bad", bad)]

            async def began():
                return len(await pids(client, ["canary-good"])) == 1

            await until(began)
            described = await handles[0].describe()
            for one in described.raw_description.pending_activities:
                (checkpoint,) = await client.data_converter.decode(one.heartbeat_details.payloads)
                texts.append(str(checkpoint))
            done = [await one.result() for one in handles]
            texts.append(str(done))
            names = ("canary-good", "canary-bad", account_id("promptforge", "team"))
            texts += [(await history(client, name)).to_json() for name in names]
        return texts, done

    with serving() as url:
        texts, done = asyncio.run(run(url))
    assert {"succeeded"} == {one.state for one in done[0].ended}
    assert {"unreachable"} == {one.state for one in done[1].ended}
    kept = [path.read_bytes() for path in (*folder.iterdir(), *tmp_path.iterdir()) if path.is_file()]
    assert len(kept) >= 3
    assert not [text for text in texts if CANARY in text]
    assert not [content for content in kept if CANARY.encode() in content]


def test_without_temporal_the_command_names_the_extra(monkeypatch, capsys):
    """Where the command's own packages are there but Temporal's are not, it says which extra is missing."""
    monkeypatch.setitem(sys.modules, "temporalio", None)
    for name in [name for name in sys.modules if name.startswith("jobwait.engines.temporal")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as ended:
        temporal_command(account=["promptforge"])
    assert 2 == ended.value.code
    assert "pip install 'jobwait[temporal]'" in capsys.readouterr().err


def test_ten_thousand_in_small(temporal):
    """The example runs: six hundred jobs, a worker killed on the way, each end told once."""
    address, _ = temporal
    command = [sys.executable, str(ROOT / "examples" / "temporal" / "ten_thousand.py"), "600", address]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (0, "") == (done.returncode, done.stderr)
    assert "one worker was killed\n" in done.stdout
    assert done.stdout.endswith("600 jobs, {'succeeded': 600}, 0 reported twice\n")


def test_the_command_says_what_is_missing(temporal, tmp_path):
    """Without a key, an account or a server the command says so in one sentence, and ends with status 2."""

    def said(*words, **more):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PROMPTFORGE")} | more
        command = [sys.executable, "-m", "jobwait", "worker", "temporal", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
        assert (2, 1) == (done.returncode, len(done.stderr.splitlines())), done.stderr
        return done.stderr

    assert "PROMPTFORGE_API_KEY_TEAM" in said("--account", "promptforge:team")
    assert "no service 'nobody'" in said("--account", "nobody:team")
    key = {"PROMPTFORGE_API_KEY": CANARY}
    assert "promptforge:team" in said("--account", "promptforge", "--limit", "promptforge:team=3", **key)
    assert "does not answer" in said("--account", "promptforge", "--address", "127.0.0.1:1", **key)
    assert "Two accounts" in said("--account", "promptforge", "--account", "promptforge:default", **key)
    spaced = {**key, "PROMPTFORGE_API_KEY_A B": CANARY}
    assert "no spaces" in said("--account", "promptforge:a b", **spaced)
    assert "no address like" in said("--account", "promptforge", "--address", "not an address", **key)
    unreadable = tmp_path / "temporal.toml"
    unreadable.write_text("x = [")
    settings = {**key, "TEMPORAL_CONFIG_FILE": str(unreadable)}
    assert "Temporal's own settings cannot be used" in said("--account", "promptforge", **settings)
    absent = {**key, "TEMPORAL_TLS_CLIENT_CERT_PATH": "/nope", "TEMPORAL_TLS_CLIENT_KEY_PATH": "/nope"}
    assert "Temporal's own settings cannot be used" in said("--account", "promptforge", **absent)
    nowhere = ("--address", temporal[0], "--namespace", "nowhere")
    assert "does not let this worker work" in said("--account", "promptforge", *nowhere, **key)
