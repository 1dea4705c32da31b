"""What a status can be, and when it ends a wait."""

import warnings
from itertools import chain

import pytest

from jobwait import errors, freeplay, promptforge
from jobwait.errors import UnknownStatusWarning
from jobwait.testing import FakeServer, Reply
from support.waits import DONE, FAST, FREEPLAY, FRYTE, NAME, World, batch, connect, prompt, scripted, tour, wait


def test_an_undocumented_status_does_not_end_the_wait():
    """The update has the state "unknown"."""
    report = wait(scripted(batch("ARCHIVING"), batch("ARCHIVING"), DONE))
    assert ["unknown", "succeeded"] == [update.state for update in report.updates]


def test_an_undocumented_status_warns_once():
    """One warning in a wait, with the status."""
    server = FakeServer(batch("ARCHIVING"), batch("SHREDDING"), DONE)
    with connect(server) as client, pytest.warns(UnknownStatusWarning, match="ARCHIVING") as caught:
        promptforge.job(client, NAME).wait(policy=FAST)
    assert len(caught) == 1


def test_on_unknown_raise_ends_the_wait():
    """With UnknownStatus."""
    outcome = wait(scripted(batch("ARCHIVING"), DONE), on_unknown="raise").outcome
    assert ("unreachable", errors.UnknownStatus) == (outcome.state, type(outcome.error))


def test_a_service_without_documented_live_statuses_does_not_warn():
    """Freeplay: an unknown status neither warns nor raises; without progress it is queued."""
    said = scripted(prompt("warming up"), prompt("optimizing", 1), prompt("completed"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = wait(said, FREEPLAY, on_unknown="raise")
    assert ["queued", "running", "succeeded"] == [update.state for update in report.updates]


@pytest.mark.parametrize(
    ("service", "body", "state"),
    [
        (FREEPLAY, prompt("Completed"), "succeeded"),
        (FREEPLAY, prompt("canceled"), "canceled"),
        (FREEPLAY, prompt("CANCELLED"), "canceled"),
        (FRYTE, tour("Succeeded"), "succeeded"),
        (FRYTE, tour("not-drivable"), "succeeded"),
        (FRYTE, tour("Not Drivable"), "succeeded"),
        (FRYTE, tour("cancelled"), "canceled"),
    ],
)
def test_a_status_is_read_in_any_spelling(service, body, state):
    """Case, spaces, hyphens and the second l of "cancelled" are ignored."""
    assert state == wait(scripted(body), service).outcome.state


@pytest.mark.parametrize("status", [None, 7, "", {"state": "COMPLETED"}, ["COMPLETED"]])
def test_a_status_that_is_no_string_does_not_end_the_wait(status):
    """Null, a number, an object: a failed poll or an unknown status."""
    report = wait(scripted(batch(status), DONE))
    assert ("succeeded", 2) == (report.outcome.state, report.polls)


def test_a_missing_status_is_a_failed_poll():
    """The response does not decode."""
    body = {name: value for name, value in DONE.items() if name != "status"}
    assert wait(scripted(body, DONE)).outcome.errors == 1


def test_a_terminal_status_in_an_undecodable_body_ends_the_wait():
    """State and body are in the error."""
    outcome = wait(scripted({"status": "COMPLETED"}, DONE)).outcome
    assert ("succeeded", 1, "succeeded") == (outcome.state, outcome.polls, outcome.error.state)
    assert "COMPLETED" in outcome.error.body


def test_the_first_terminal_status_is_final():
    """The outcome stays, and the job is not polled again."""
    world = World(scripted(DONE, batch()))
    first = world.wait()
    assert first is world.wait()
    assert len(world.polled_at) == 1


def test_cancelling_does_not_end_the_wait():
    """Only canceled does."""
    report = wait(scripted(batch("CANCELLING"), batch("CANCELLED")))
    assert ("canceled", 2) == (report.outcome.state, report.polls)
    assert isinstance(report.outcome.error, errors.JobCanceled)


def test_a_success_after_a_cancel_request_is_a_success():
    """The terminal update notes the cancellation."""
    server = FakeServer(Reply(200, {}), prompt("completed"))
    seen = []
    with connect(server, freeplay) as client:
        job = freeplay.job(client, "p", NAME)
        job.cancel()
        outcome = job.outcome(on_update=seen.append)
    assert "succeeded" == outcome.state
    assert "cancellation" in seen[-1].note


@pytest.mark.parametrize(
    ("service", "body"),
    [(FREEPLAY, prompt("failed")), (FRYTE, tour("failed")), (FREEPLAY, prompt("failed", error_message=""))],
)
def test_a_failure_without_a_reason_says_so(service, body):
    """A failed job always has a message, even if its service gives none."""
    assert "gives no reason" in str(wait(scripted(body), service).outcome.error)


def test_the_services_reason_is_in_the_error():
    """So is the last snapshot."""
    error = wait(scripted(prompt("failed", error_message="no rows")), FREEPLAY).outcome.error
    assert "no rows" in str(error)
    assert error.snapshot.error_message == "no rows"


def test_a_partial_success_is_a_success_with_both_counts():
    """Failed prompts do not fail a job; the snapshot and the last update show them."""
    report = wait(scripted(batch("COMPLETED", 3, failed_count=2, total=5)))
    done = report.outcome.unwrap()
    assert ("succeeded", 3, 2) == (report.outcome.state, done.completed_count, done.failed_count)


def test_not_drivable_is_a_success():
    """FRYTE's not_drivable is a result, not an error."""
    assert wait(scripted(tour("not_drivable")), FRYTE).outcome.error is None


@pytest.mark.parametrize(
    ("service", "other", "own"),
    [
        (None, batch("COMPLETED", job_id="other"), DONE),
        (FRYTE, tour("succeeded", job_id="other"), tour("succeeded")),
        (FREEPLAY, prompt("completed", job_id="0" * 8 + NAME[8:]), prompt("completed")),
    ],
)
def test_a_response_about_another_job_is_a_failed_poll(service, other, own):
    """The id in a response must be the job's; it never ends the wait."""
    world = World(scripted(other, own), **({} if service is None else {"service": service}))
    world.named = True
    outcome = world.wait()
    assert ("succeeded", 1, 2) == (outcome.state, outcome.errors, outcome.polls)


def test_job_ids_are_compared_without_case():
    """A UUID is the same in capitals."""
    world = World(scripted(DONE))
    world.job_state.ids, world.named = {"job_id": NAME.upper()}, True
    assert "succeeded" == world.wait().state


def test_a_deleted_job_ends_the_wait_with_job_not_found():
    """410, or 404 for a job seen before; the error has the last snapshot."""
    for status in (404, 410):
        error = wait(scripted(batch(done=5), status)).outcome.error
        assert (errors.JobNotFound, status) == (type(error), error.status)
        assert error.snapshot.completed_count == 5


def test_every_state_of_an_update_is_documented():
    """Whatever a service reports, the state of an update is one of eight words."""
    words = {"queued", "running", "unknown", "succeeded", "failed", "canceled", "timed_out", "unreachable"}
    reports = [wait(scripted(batch(status), DONE)) for status in ("QUEUED", "PROCESSING", "ODD")]
    reports += [wait(scripted(said)) for said in (batch("FAILED"), batch("CANCELLED"), 400)]
    reports.append(wait(scripted(batch()), timeout=20))
    assert words == {update.state for update in chain.from_iterable(report.updates for report in reports)}
