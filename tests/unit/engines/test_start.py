"""What a program asks of Temporal: to start waits, to go on with them, to tell how far they are."""

import asyncio
from types import SimpleNamespace

import pytest
from temporalio.converter import DataConverter
from temporalio.exceptions import WorkflowAlreadyStartedError

from jobwait import errors
from jobwait.engines.batch_run import batch_done
from jobwait.engines.temporal import (
    Account,
    Batch,
    BatchProgress,
    Checkpoint,
    Ended,
    WaitJobs,
    batches,
    progress,
    queue_of,
    start,
    wait_all,
    workers,
)
from jobwait.engines.temporal.accounts import by_name
from jobwait.engines.temporal.names import RUN_BATCH


class Program:
    """The client of a program; *found* are the batches of workflows by their ids, *beats* the heartbeats of sweeps."""

    data_converter = DataConverter.default

    def __init__(self) -> None:
        self.found, self.queues, self.beats = {}, {}, {}

    async def start_workflow(self, _run, batch, *, id, task_queue):  # noqa: A002
        if id in self.found:
            raise WorkflowAlreadyStartedError(id, "jobwait_wait_jobs")
        self.found[id], self.queues[id] = batch, task_queue
        return self.get_workflow_handle_for(None, id)

    def get_workflow_handle_for(self, _run, name):
        batch = self.found[name]

        async def result():
            return batch_done(batch, [Ended(job_id=one, state="succeeded") for one in batch.job_ids])

        async def describe():
            pending = [
                SimpleNamespace(
                    activity_type=SimpleNamespace(name=kind), heartbeat_details=SimpleNamespace(payloads=told)
                )
                for kind, told in self.beats.get(name, [])
            ]
            return SimpleNamespace(raw_description=SimpleNamespace(pending_activities=pending))

        async def query(_name):
            return WaitJobs(batch).progress()

        return SimpleNamespace(id=name, result=result, describe=describe, query=query)


MADE = batches("promptforge", "team", ["a", "b", "c"], size=2)


def test_each_batch_gets_a_workflow_on_its_accounts_queue_and_its_ends_come_in_order():
    """The workflows are called after the name and counted."""
    program = Program()
    ends = asyncio.run(wait_all(program, "nightly", MADE))
    assert [["a", "b"], ["c"]] == [[one.job_id for one in each.ended] for each in ends]
    assert {"nightly-0": MADE[0], "nightly-1": MADE[1]} == program.found
    assert {"jobwait-promptforge-team"} == set(program.queues.values())


def test_a_program_that_is_run_again_goes_on_with_the_workflows_that_run():
    """A workflow that runs already is waited for, not started a second time."""
    program = Program()
    asyncio.run(start(program, "nightly-0", MADE[0]))
    ends = asyncio.run(wait_all(program, "nightly", MADE))
    assert [["a", "b"], ["c"]] == [[one.job_id for one in each.ended] for each in ends]


def test_a_workflow_of_that_name_with_other_jobs_is_refused():
    """The ends of other jobs are not taken for those that were asked for."""
    program = Program()
    asyncio.run(start(program, "nightly-0", MADE[1]))
    with pytest.raises(errors.InvalidInput, match="nightly-0 waited for other jobs"):
        asyncio.run(wait_all(program, "nightly", MADE))


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        (Batch(service="promptforge", account="bad", job_ids=["a", "a"]), "twice"),
        (Batch(service="freeplay", account="vague", job_ids=["a"]), "project_id"),
        (Batch(service="promptforge", account="a b", job_ids=["a"]), "no spaces"),
    ],
)
def test_a_batch_that_cannot_be_is_refused_before_it_is_started(batch, said):
    """The program is told, and no workflow begins."""
    program = Program()
    with pytest.raises(errors.InvalidInput, match=said):
        asyncio.run(start(program, "bad", batch))
    assert {} == program.found


def test_progress_is_that_of_the_last_heartbeat_or_else_the_workflows_own():
    """A heartbeat of the sweep is read without asking a worker; other activities are not taken for it."""
    program = Program()
    asyncio.run(start(program, "one", MADE[0]))
    checkpoint = Checkpoint.of([Ended(job_id="a", state="failed")], ["b's token"])
    told = DataConverter.default.payload_converter.to_payloads([checkpoint])
    program.beats["one"] = [("another activity", told), (RUN_BATCH, [])]
    assert BatchProgress(jobs=2, waiting=2, counts={}) == asyncio.run(progress(program, "one"))
    program.beats["one"].append((RUN_BATCH, told))
    assert BatchProgress(jobs=2, waiting=1, counts={"failed": 1}) == asyncio.run(progress(program, "one"))


def test_accounts_of_one_name_or_none_at_all_are_refused():
    """A worker knows each account once."""
    with pytest.raises(errors.InvalidInput, match="Two accounts are called 'team' at promptforge"):
        by_name([Account("promptforge", "team"), Account("promptforge", "team")])
    with pytest.raises(errors.InvalidInput, match="at least one account"):
        workers(None, [])


@pytest.mark.parametrize("name", ["", "a b", "a\n", "a\x00"])
def test_a_name_that_no_queue_can_have_is_refused(name):
    """Names of services and accounts stand in queues: without spaces, and printable."""
    with pytest.raises(errors.InvalidInput, match="no spaces"):
        queue_of("promptforge", name)
