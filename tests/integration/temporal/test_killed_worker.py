"""
Two workers as processes, one of which is killed: what its sweep had told, what comes, and what is kept of all that.

It happens once, for all tests of this module; with JOBWAIT_ALL=1 it happens to a thousand jobs.
"""

import asyncio
import os
import signal
from types import SimpleNamespace

import pytest
from benchmarks.engines.served import CANARY
from benchmarks.engines.temporal import worker
from tests.integration.temporal.kit import (
    BRISK,
    ONE_SWEEP,
    divide,
    ended_once,
    ids,
    kinds,
    on,
    replayed,
    runs_of,
    serving,
    shares,
    sweeps,
    until,
)

from jobwait.engines.rate_division import conflicts
from jobwait.engines.temporal import batches, start
from jobwait.engines.temporal.rate_messages import RateState

pytestmark = pytest.mark.xdist_group("temporal")
HALF = 250 if os.environ.get("JOBWAIT_ALL") else 15  # jobs of a batch that end before the kill, and after it
NONE = (0.0, 0.0)
NAMES = ("killed-0", "killed-1")
JOBS = [*ids("job", 2 * HALF), *ids("held", 2 * HALF)]
JOBS = [name for pair in zip(JOBS[: 2 * HALF], JOBS[2 * HALF :], strict=True) for name in pair]


@pytest.fixture(scope="module")
def story(temporal, tmp_path_factory):
    """Everything that was seen, from the start of two batches to the last result."""
    address, kept = temporal
    logs = tmp_path_factory.mktemp("workers")

    async def run():
        async with on(temporal) as client, serving() as (service, url):
            waiting = await _begun(client)
            limit = ("--limit", "promptforge:team=200")
            with (
                worker(address, url, logs / "1.log", *limit) as one,
                worker(address, url, logs / "2.log", *limit) as two,
            ):
                told = await _told(client, service, {one.pid: one, two.pid: two}, *waiting)
            return {**told, "exits": {one.returncode, two.returncode}}

    told = asyncio.run(run())
    files = [path.read_bytes() for folder in (kept, logs) for path in folder.iterdir() if path.is_file()]
    return SimpleNamespace(**told, files=files)


async def _begun(client):
    """The workflows, begun before there is a worker: two batches, one that will be refused, and the account's."""
    made = batches("promptforge", "team", JOBS, size=2 * HALF, policy=BRISK, heartbeat=3)
    (refused,) = batches("promptforge", "team", ids("echo", 2), policy=BRISK, heartbeat=1)
    handles = [await start(client, *pair) for pair in zip(NAMES, made, strict=True)]
    refusal = await start(client, "killed-refused", refused)
    return handles, refusal, await divide(client, "team", 200, NAMES[0], f"{handles[0].result_run_id}/1")


async def _told(client, service, processes, handles, refusal, rates):
    arcs = []

    async def half():
        arcs.append(await shares(client, "team"))
        found = await sweeps(client, *NAMES)
        told = len(found) == len(NAMES) and all(one[2].counts == {"succeeded": HALF} for one in found.values())
        return told and all(arcs[-1].get(name, NONE) != NONE for name in NAMES)

    await until(half)
    before = await sweeps(client, *NAMES)
    victim = before[NAMES[0]][0]
    processes[victim].kill()
    lost = [name for name, (pid, *_) in before.items() if pid == victim]

    async def elsewhere():
        arcs.append(await shares(client, "team"))
        found = await sweeps(client, *lost)
        return len(found) == len(lost) and all(pid != victim for pid, *_ in found.values())

    async def anew():
        members = await _members(client, await client.get_workflow_handle(rates.id).fetch_history())
        return set(NAMES) <= {one.sweep for one in members}

    await until(elsewhere)
    await until(anew)
    after = await sweeps(client, *lost)
    service.released = True
    done = [await one.result() for one in handles]
    refused_done = await refusal.result()
    await rates.result()  # with nobody left it ends
    return {
        "before": before,
        "lost": lost,
        "after": after,
        "done": done,
        "refused": refused_done,
        "arcs": arcs,
        "polls": service.polls,
        "histories": [one for handle in handles for one in await runs_of(client, handle)],
        "refusals": await runs_of(client, refusal),
        "rates": await runs_of(client, rates),
        "members": [await _members(client, one) for one in await runs_of(client, rates)],
    }


async def _members(client, history):
    begun_with = history.events[0].workflow_execution_started_event_attributes.input.payloads
    return (await client.data_converter.decode(begun_with, [RateState]))[0].members


def test_all_jobs_of_a_killed_worker_end_exactly_once(story):
    """None is lost, none is told twice, each was asked for, and they come in the order of the batch."""
    assert ended_once(story.done, JOBS)
    assert set(JOBS) <= set(story.polls)


def test_a_worker_that_is_asked_to_end_ends_well(story):
    """One was killed; the other heard SIGTERM and ended with status 0."""
    assert {0, -signal.SIGKILL} == story.exits


def test_ends_that_were_told_before_the_kill_are_told_as_they_were(story):
    """The next attempt goes on from the last heartbeat: it did not ask for those jobs again."""
    last = {one.job_id: one for done in story.done for one in done.ended}
    for name in story.lost:
        known, tokens = story.before[name][2].unpack()
        assert (HALF, HALF) == (len(known), len(tokens))
        assert all(last[one.job_id] == one for one in known)
        assert story.after[name][1] > story.before[name][1]
        assert HALF == story.after[name][2].counts["succeeded"]


def test_the_history_of_a_batch_has_one_sweep_however_often_it_looked_and_was_killed(story):
    """Looks, heartbeats and deaths leave no events."""
    assert [ONE_SWEEP] * 2 == [kinds(one) for one in story.histories]
    assert sum(story.polls.values()) > len(JOBS)


def test_no_two_sweeps_ever_have_the_same_part_of_the_rate(story):
    """Whenever it was asked, before the kill and after, the arcs did not overlap."""
    shared = [one for one in story.arcs if one]
    assert any(len([arc for arc in one.values() if arc[0] < arc[1]]) > 1 for one in shared)
    assert not [one for one in shared if conflicts(one, one)]


def test_an_accounts_workflow_with_a_long_history_goes_on_in_a_new_run_with_all_members(story):
    """What one run of the workflow that divides the rate leaves is what the next begins with."""
    assert len(story.members) > 1
    assert any(set(NAMES) <= {one.sweep for one in members} for members in story.members[1:])


def test_histories_of_all_runs_are_replayed_by_the_code_as_it_is(story):
    """Nothing in a workflow decides by what a replay would not have."""
    asyncio.run(replayed(*story.histories, *story.refusals, *story.rates))


def test_a_service_that_repeats_the_key_in_its_refusal_ends_the_wait_without_it(story):
    """The wait for such jobs ends as unreachable."""
    assert {"unreachable"} == {one.state for one in story.refused.ended}
    assert CANARY not in str(story.refused)


def test_the_key_is_kept_nowhere(story):
    """It is in no history, payload, heartbeat, result, log or file: not while sweeps run, die or are refused."""
    told = [
        str(story.done),
        str([checkpoint.unpack() for *_, checkpoint in (*story.before.values(), *story.after.values())]),
    ]
    told += [one.to_json() for one in (*story.histories, *story.refusals, *story.rates)]
    assert not [text for text in told if CANARY in text]
    assert len(story.files) >= 4
    assert not [content for content in story.files if CANARY.encode() in content]
