"""What the workflow that waits decides, with its sweep played by the test: ends, new runs, cancellations."""

import asyncio
import logging
from unittest.mock import patch

import pytest
from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, FailureError
from temporalio.exceptions import TimeoutError as TimedOut
from tests.unit.engines import virtual
from tests.unit.engines.fake_temporal import NewRun, through

from jobwait.engines.temporal import Batch, BatchProgress, Checkpoint, Ended, WaitJobs
from jobwait.engines.temporal.names import CANCEL_JOBS as CANCEL
from jobwait.engines.temporal.names import RUN_BATCH

BATCH = Batch(service="freeplay", account="team", job_ids=["a", "b"], common={"project_id": "p"}, heartbeat=7)
ENDS = [Ended(job_id="a", state="succeeded"), Ended(job_id="b", state="failed")]
HALF, WHOLE = Checkpoint.of(ENDS[:1], ["b's token"]), Checkpoint.of(ENDS, [])


def failed(cause):
    """A sweep's failure, as a workflow gets it."""
    words = {"identity": "", "activity_type": RUN_BATCH, "activity_id": "1", "retry_state": None}
    error = ActivityError("Activity task failed", scheduled_event_id=5, started_event_id=6, **words)
    error.__cause__ = cause
    return error


class Run:
    """One run of the workflow; *end* is what its sweep comes to, a stand or a failure."""

    def __init__(self, batch, end, *, canceled=False, cancel_fails=False) -> None:
        self.batch, self.end, self.canceled, self.cancel_fails = batch, end, canceled, cancel_fails
        self.workflow = WaitJobs(batch)
        self.asked, self.local = {}, []

    def start_activity(self, name, batch, **options):
        self.asked = {"name": name, "batch": batch, **options}
        self.batch_run = BatchRun(self.end)
        if not self.canceled:
            self.batch_run.come_back()
        return self.batch_run

    async def execute_local_activity(self, name, batch, **_):
        self.local.append((name, batch.checkpoint))
        if self.cancel_fails:
            raise failed(ApplicationError("no key here"))
        return 2

    def continue_as_new(self, batch):
        raise NewRun(batch)

    async def main(self):
        task = asyncio.create_task(self.workflow.run(self.batch))
        await asyncio.sleep(1)
        if self.canceled:
            task.cancel()
        return await task

    def outcome(self):
        """What the run ended with: its result, or the error that it raised."""
        functions = ("start_activity", "execute_local_activity", "continue_as_new")
        reason = "asked" if self.canceled else None
        mine = {name: getattr(self, name) for name in functions}
        mine |= {"wait": asyncio.wait, "cancellation_reason": lambda: reason, "logger": logging.getLogger("workflow")}
        with patch.multiple(workflow, **mine):
            try:
                return virtual.run(self.main())
            except (NewRun, FailureError) as error:
                return error


class BatchRun(asyncio.Future):
    """The handle of an activity: a cancellation is asked for, and the activity answers it in its own way."""

    def __init__(self, end) -> None:
        super().__init__()
        self.end = end

    def cancel(self, msg=None):
        asyncio.get_running_loop().call_later(0.1, self.come_back)
        return True

    def come_back(self):
        if self.end is None:
            super().cancel()
        elif isinstance(self.end, Exception):
            self.set_exception(self.end)
        else:
            self.set_result(self.end)


def test_a_run_whose_sweep_saw_all_ends_gives_them_in_the_order_of_the_batch():
    """The result has one end for each job, whatever the order in which they came."""
    done = Run(BATCH, Checkpoint.of(ENDS[::-1], [])).outcome()
    assert ENDS == done.ended
    assert ("freeplay", "team") == (done.service, done.account)


def test_a_sweep_is_given_its_heartbeat_and_more_time_than_its_stint():
    """A worker that is silent for the batch's heartbeat counts as dead, and is retried without end."""
    run = Run(BATCH, WHOLE)
    run.outcome()
    assert (RUN_BATCH, BATCH, 7) == (
        run.asked["name"],
        run.asked["batch"],
        run.asked["heartbeat_timeout"].total_seconds(),
    )
    assert run.asked["start_to_close_timeout"].total_seconds() > BATCH.continue_after
    assert 0 == run.asked["retry_policy"].maximum_attempts


def test_a_run_whose_stint_is_over_goes_on_in_a_new_one_from_where_it_stood():
    """The next run gets the batch with the stand, through Temporal's own JSON."""
    error = Run(BATCH, HALF).outcome()
    assert isinstance(error, NewRun)
    again = through(error.args[0], Batch)
    assert (HALF, BATCH.job_ids) == (again.checkpoint, again.job_ids)
    assert BatchProgress(jobs=2, waiting=1, counts={"succeeded": 1}) == WaitJobs(again).progress()


def test_a_batch_that_cannot_be_fails_for_good_before_any_sweep():
    """The workflow refuses what `start` would have refused."""
    run = Run(Batch(service="promptforge", account="team", job_ids=["a", "a"]), WHOLE)
    error = run.outcome()
    assert ("InvalidInput", True) == (error.type, error.non_retryable)
    assert {} == run.asked


def test_progress_before_the_sweep_has_come_back_is_that_all_wait():
    """Nothing is known yet but how many there are."""
    fresh = WaitJobs(BATCH)
    assert (BatchProgress(jobs=2, waiting=2, counts={}), None) == (fresh.progress(), fresh.checkpoint())


SILENT = TimedOut("activity Heartbeat timeout", type=None, last_heartbeat_details=[through(HALF, dict)])
MUTE = TimedOut("activity Heartbeat timeout", type=None, last_heartbeat_details=[])


@pytest.mark.parametrize("at_service", [False, True])
@pytest.mark.parametrize(
    ("end", "left"),
    [
        pytest.param(HALF, HALF, id="its stint was just over"),
        pytest.param(failed(ApplicationError("it died")), None, id="it failed"),
        pytest.param(failed(SILENT), HALF, id="it died and had told something"),
        pytest.param(failed(MUTE), None, id="it died and had told nothing"),
        pytest.param(failed(CancelledError("Cancelled")), None, id="it had no place at a worker"),
        pytest.param(None, None, id="it had not been sent to a worker"),
    ],
)
def test_a_cancellation_that_no_sweep_obeyed_ends_the_wait_and_where_asked_the_jobs(end, left, at_service):
    """The jobs are canceled by an activity of its own; the ends that were seen until then are still told."""
    run = Run(Batch(**{**vars(BATCH), "cancel_at_service": at_service}), end, canceled=True)
    assert isinstance(run.outcome(), CancelledError)
    assert ([(CANCEL, left)] if at_service else []) == run.local
    assert left == run.workflow.checkpoint()


def test_a_cancellation_between_two_runs_keeps_what_earlier_runs_brought():
    """Where the sweep told nothing, the stand that the run began with holds."""
    run = Run(Batch(**{**vars(BATCH), "stand": HALF}), failed(MUTE), canceled=True)
    assert isinstance(run.outcome(), CancelledError)
    assert HALF == run.workflow.checkpoint()


def test_a_cancellation_that_the_sweep_obeyed_cancels_nothing_twice():
    """A sweep that heard of it has canceled the jobs already."""
    obeyed = Checkpoint.of(ENDS[:1], ["b's token"], canceled=True)
    run = Run(Batch(**{**vars(BATCH), "cancel_at_service": True}), obeyed, canceled=True)
    assert isinstance(run.outcome(), CancelledError)
    assert ([], obeyed) == (run.local, run.workflow.checkpoint())


def test_a_cancellation_after_the_last_end_gives_the_result():
    """Nothing is left to cancel: what was waited for is told."""
    assert ENDS == Run(BATCH, WHOLE, canceled=True).outcome().ended


def test_a_cancellation_at_the_service_that_fails_still_ends_the_wait(caplog):
    """Jobs that cannot be canceled do not keep a canceled wait alive."""
    run = Run(Batch(**{**vars(BATCH), "cancel_at_service": True}), HALF, canceled=True, cancel_fails=True)
    assert isinstance(run.outcome(), CancelledError)
    assert [(CANCEL, HALF)] == run.local
    assert "could not be canceled at freeplay: no key here" in caplog.text
