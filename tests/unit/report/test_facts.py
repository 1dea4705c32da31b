"""What the report takes from records and outcomes: how a wait ended, and how late its end was seen."""

import pytest

from jobwait import Policy, Record, errors, promptforge, wait_all
from jobwait._httpx import httpx
from jobwait._report.facts import facts_of_outcome, facts_of_trace
from jobwait.testing import FakeServer, Reply, virtual_time
from support.reports import BEGAN, add, end, poll
from support.waits import NAME, batch, connect


def recorded(*replies, timeout=60.0):
    """The facts of a job that is answered so, polled every 10 seconds, and the outcome of the wait for it."""
    with virtual_time():
        job = promptforge.job(connect(FakeServer(*replies)), NAME)
        record = Record([job])
        (outcome,) = wait_all([job], policy=Policy(interval=10.0, timeout=timeout))
    return facts_of_trace(record.traces[0]), outcome


def test_a_wait_that_times_out_is_recorded_as_timed_out():
    """Not as the state that the job was in, as the wait has ended; its reason is that of the outcome."""
    facts, outcome = recorded(batch("PROCESSING"))
    assert ("timed_out", str(outcome.error)) == (facts.state, facts.problem)
    assert facts.late is None
    assert outcome.seen_at.timestamp() == facts.span[1]


def test_a_wait_without_any_answer_is_recorded_as_unreachable():
    """The polls say "unknown", as nothing was ever known of the job."""
    facts, outcome = recorded(Reply(503, {}))
    assert "unreachable" == outcome.state == facts.state
    assert {"unknown"} == {one.state for one in facts.recorded}
    assert all(one.error for one in facts.recorded)


def test_a_job_whose_request_cannot_be_made_is_recorded_as_unreachable():
    """Though it was never polled: the record has the reason, as the outcome has."""

    def no_key():
        raise errors.InvalidInput("The key is not there.")

    with virtual_time(), promptforge.connect(no_key, transport=FakeServer()) as client:
        job = promptforge.job(client, NAME)
        record = Record([job])
        (outcome,) = wait_all([job])
    facts = facts_of_trace(record.traces[0])
    assert ("unreachable", str(outcome.error)) == (facts.state, facts.problem)


def test_a_job_that_is_waited_for_again_is_no_longer_timed_out():
    """A poll after the end of a wait makes the job's own state count again."""
    record = Record()
    job = add(record, "job")
    poll(job, BEGAN + 10, "running")
    end(job, "timed_out", BEGAN + 12)
    assert "timed_out" == facts_of_trace(record.traces[0]).state
    poll(job, BEGAN + 20, "running")
    assert "running" == facts_of_trace(record.traces[0]).state


@pytest.mark.parametrize(
    ("failed", "late"),
    [(False, (0.0, 10.0)), (True, (0.0, 20.0))],
    ids=["the poll before was answered", "the poll before failed"],
)
def test_an_end_without_a_time_is_after_the_last_poll_that_was_answered(failed, late):
    """A poll that failed does not show that the job had not ended."""
    record = Record()
    job = add(record, "job")
    poll(job, BEGAN + 10, "running")
    poll(job, BEGAN + 20, "running", error=httpx.ReadError("lost") if failed else None)
    poll(job, BEGAN + 30, "failed")
    end(job, "failed", BEGAN + 30)
    assert late == facts_of_trace(record.traces[0]).late


@pytest.mark.parametrize(("submitted", "late"), [(True, (0.0, 30.0)), (False, None)])
def test_an_end_that_the_first_answer_shows_was_after_a_submission_or_at_any_time(submitted, late):
    """Of a job that somebody else has submitted, it cannot be told how late its end was seen."""
    record = Record()
    job = add(record, "job")
    job.submitted = submitted
    poll(job, BEGAN + 20, None, error=httpx.ReadError("lost"))
    poll(job, BEGAN + 30, "failed")
    end(job, "failed", BEGAN + 30)
    assert late == facts_of_trace(record.traces[0]).late


@pytest.mark.parametrize(
    ("ended", "late"),
    [(BEGAN + 26, (4.0, 4.0)), (BEGAN - 3600, None), (BEGAN + 3600, (0.0, 0.0))],
    ids=["during the wait", "before the wait", "after it was seen, by the service's clock"],
)
def test_an_end_is_late_if_somebody_waited_for_it(ended, late):
    """The end of a job that had ended before is not seen late, and no end is seen early."""
    record = Record()
    job = add(record, "job")
    poll(job, BEGAN + 30, "succeeded")
    end(job, "succeeded", BEGAN + 30, ended=ended)
    trace = record.traces[0]
    assert late == facts_of_trace(trace).late == facts_of_outcome(trace.outcome).late
