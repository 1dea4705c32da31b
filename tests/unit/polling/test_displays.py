"""What a display is told beside changes: each poll, outages from the first failure, and the time of the next poll."""

import pytest

from jobwait import Policy, Record, freeplay, hooks, promptforge
from jobwait._httpx import httpx
from jobwait._jobs.drivers import notify, run
from jobwait._jobs.handle import handle_of
from jobwait._model.display import Display
from jobwait._model.policy import resolve_policy
from jobwait._polling.commands import Notify
from jobwait._polling.waiter import waiting
from jobwait.testing import FakeServer
from support.waits import DONE, FREEPLAY, NAME, PROMPTFORGE, World, batch, connect, prompt

REFUSED = httpx.ConnectError("All connection attempts failed")
REFUSED.__cause__ = ConnectionRefusedError(111, "Connection refused")


class Told:
    """A display and the `on_update` behind it: what each was told, and when."""

    def __init__(self, timeline, service=PROMPTFORGE, submitted=True, **policy):
        self.shown, self.changed, self.world = [], [], World(timeline, service=service, submitted=submitted)
        self.record = Record([handle_of(self.world.job_state)])
        display = Display(lambda update: self.shown.append((self.world.now, update)), self.changed.append)
        settings = resolve_policy(Policy(**policy), None, service.defaults)
        self.outcome = run(waiting(self.world.job_state, settings, display), self._do)

    def _do(self, command):
        if isinstance(command, Notify):
            notify(command)
        return self.world.do(command)

    @property
    def recorded(self):
        """State and error of each recorded poll."""
        return [(poll.state, poll.error and poll.error.partition(":")[0]) for poll in self.record.traces[0].polls]


def test_a_display_is_told_of_each_poll_and_a_user_of_changes():
    """So the time of the next poll is right at every moment: it is that of the poll which then is sent."""
    told = Told(lambda t: DONE if t > 100 else batch(done=40))
    updates = [(at, update) for at, update in told.shown if not update.terminal]
    assert len(told.world.polled_at) - 1 == len(updates) > 3
    assert [40, "succeeded"] == [told.changed[0].progress.done, told.changed[-1].state]
    assert len(told.changed) < len(updates)
    foretold = [at + update.next_poll for at, update in updates]
    assert told.world.polled_at[1:] == pytest.approx(foretold)


def test_an_outage_is_told_from_its_first_failed_poll_until_it_is_over():
    """With the reason in a few words and the number of the try; the first answer ends it."""
    told = Told(lambda t: DONE if t > 200 else REFUSED if 40 < t < 100 else batch(done=40))
    failures = [update.failures for _, update in told.shown]
    begun = failures.index(1)
    ended = failures.index(0, begun)
    assert list(range(1, ended - begun + 1)) == failures[begun:ended]
    assert {"no answer (connection refused)"} == {update.failure for _, update in told.shown[begun:ended]}
    assert {"running"} == {update.state for _, update in told.shown[begun:ended]}
    assert {(0, "")} == {(update.failures, update.failure) for _, update in told.shown[ended:]}
    assert str(told.shown[begun + 2][1]).startswith("no answer (connection refused), 3rd try; was running (PROCESSING)")


def test_the_end_of_an_outage_that_was_told_is_a_change():
    """Whoever was told that polls fail in a row is told once they do not any more."""
    told = Told(lambda t: DONE if t > 900 else REFUSED if 40 < t < 250 else batch(done=40), outage=3600)
    noted = [number for number, update in enumerate(told.changed) if "polls in a row failed" in update.note]
    assert 1 == len(noted)
    after = told.changed[noted[0] + 1]
    assert ("running", 0, "") == (after.state, after.failures, after.note)


@pytest.mark.parametrize("submitted", [True, False])
def test_a_job_that_never_answered_is_neither_queued_nor_running(submitted):
    """In updates, in its handle, and in what is recorded for a report."""
    told = Told(lambda _: REFUSED, submitted=submitted, timeout=60)
    assert "unreachable" == told.outcome.state
    assert {"unknown"} == {update.state for _, update in told.shown[:-1]}
    assert {"unknown"} == {update.to_dict()["state"] for _, update in told.shown[:-1]}
    assert {("unknown", "ConnectError")} == set(told.recorded)
    assert f"<promptforge job {NAME} (no answer yet)>" == repr(handle_of(told.world.job_state))


def test_a_handle_says_what_is_known():
    """Before its first poll that it was not polled; then its state, also by status()."""
    with connect(FakeServer(batch(done=40))) as client:
        job = promptforge.job(client, NAME)
        assert f"<promptforge job {NAME} (not polled yet)>" == repr(job)
        assert "not polled yet" in job._repr_html_()
        job.status()
        assert f"<promptforge job {NAME} (running)>" == repr(job)


def test_a_status_of_a_service_that_documents_none_of_live_jobs_is_read_as_in_a_wait():
    """Progress shows that the job runs; the handle says so after status() too."""
    with connect(FakeServer(prompt("in_progress", step=2)), freeplay) as client:
        job = freeplay.job(client, NAME, NAME)
        job.status()
        assert f"<freeplay job {NAME} (running)>" == repr(job)


def test_an_ended_job_has_no_step():
    """The step of an earlier poll is over; counts stay, as that many are done."""
    told = Told(lambda t: prompt("completed") if t > 60 else prompt(step=2), FREEPLAY)
    assert "part 2" == told.shown[0][1].progress.stage
    assert told.shown[-1][1].progress is None
    counts = Told(lambda t: batch("FAILED", 40) if t > 60 else batch(done=40))
    assert 40 == counts.shown[-1][1].progress.done


@pytest.mark.parametrize(
    ("reply", "phrase"),
    [
        (REFUSED, "no answer (connection refused)"),
        (httpx.ReadTimeout("slow"), "no answer (timeout)"),
        (httpx.RemoteProtocolError("Server disconnected"), "no answer (connection closed)"),
        (503, "no status (HTTP 503)"),
        (429, "no status (HTTP 429)"),
        ("<html>", "no status (unreadable response)"),
    ],
    ids=str,
)
def test_a_failed_poll_in_a_few_words(reply, phrase):
    """No answer came, or none with a status; and why."""
    told = Told(lambda t: DONE if t > 30 else reply)
    assert phrase == told.shown[0][1].failure


def test_polls_without_news_reach_no_hook():
    """Hooks and logs keep to changes."""
    events = []
    remove = hooks.add(lambda details: events.append(details.event))
    try:
        told = Told(lambda t: DONE if t > 100 else batch(done=40))
    finally:
        remove()
    assert len(told.changed) == events.count("update") + events.count("outcome")
