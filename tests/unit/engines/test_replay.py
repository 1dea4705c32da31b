"""
Histories as jobwait 0.1.0 wrote them on a real Temporal server: the workflows as they are decide the same again.

A workflow that lives for weeks is replayed by the code of the day. A file here is never written anew: a change that
cannot replay it needs a version of its own, and a file beside these. Who wrote what, and stack traces, are left out.
"""

import asyncio
import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from jobwait.engines.temporal import WORKFLOWS, Batch, BatchDone, Checkpoint, Ended, runner
from jobwait.engines.temporal.rate_messages import RateState

HISTORIES = {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("histories/*.json"))}


def replayed(name, workflows=WORKFLOWS, **more):
    history = WorkflowHistory.from_json(name, HISTORIES[name])
    return asyncio.run(Replayer(workflows=workflows, **more).replay_workflow(history))


def payload(name, event, *words, kind):
    """The value under *words* in the event at that place, as the code of today reads it."""
    found = WorkflowHistory.from_json(name, HISTORIES[name]).events[event]
    for word in words:
        found = getattr(found, word)
    return asyncio.run(DataConverter.default.decode(found.payloads[:1], [kind]))[0]


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_of_the_first_version_is_replayed_as_it_was(name):
    """Each command comes again, in the same order."""
    replayed(name, workflow_runner=runner())


@workflow.defn(name="jobwait_wait_jobs")
class Otherwise:
    """A workflow that sleeps where the real one begins its sweep."""

    @workflow.run
    async def run(self, _: Batch) -> None:
        """Sleep."""
        await workflow.sleep(1)


def test_a_workflow_that_decides_otherwise_is_found_out():
    """The replay would notice: with other code the same history fails."""
    with pytest.raises(NondeterminismError):
        replayed("wait-last-run", [Otherwise], workflow_runner=UnsandboxedWorkflowRunner())


def test_payloads_of_the_first_version_are_read():
    """A batch, its stand, its result and a rate's members, out of the histories."""
    batch = payload("wait-last-run", 0, "workflow_execution_started_event_attributes", "input", kind=Batch)
    assert ("promptforge", "long", 10) == (batch.service, batch.account, len(batch.job_ids))
    ended, tokens = batch.checkpoint.unpack()
    assert ({"succeeded": 5}, 5, 5, 5) == (batch.checkpoint.counts, batch.checkpoint.waiting, len(ended), len(tokens))
    done = payload("wait-last-run", -1, "workflow_execution_completed_event_attributes", "result", kind=BatchDone)
    assert [(name, "succeeded") for name in batch.job_ids] == [(one.job_id, one.state) for one in done.ended]
    assert {(Ended, 10, 10)} == {(type(one), one.done, one.total) for one in done.ended}
    checkpoint = payload("wait-canceled", -5, "activity_task_completed_event_attributes", "result", kind=Checkpoint)
    assert (True, 3) == (checkpoint.canceled, checkpoint.waiting)
    sharing = payload("rate-shared", 0, "workflow_execution_started_event_attributes", "input", kind=RateState)
    assert ({"killed-0", "killed-1"}, 200) == ({one.sweep for one in sharing.members}, sharing.rate.requests)


def test_a_history_of_a_batch_has_eleven_events_and_two_more_where_a_worker_died_at_its_end():
    """As the page on Temporal says."""
    count = {name: len(json.loads(text)["events"]) for name, text in HISTORIES.items()}
    assert (11, 11, 13) == (count["wait-stint-over"], count["wait-last-run"], count["wait-killed"])
