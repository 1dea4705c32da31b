"""Progress as services report it, and as callers see it."""

import pytest

from jobwait import Progress, errors, promptforge
from jobwait.testing import FakeServer
from support.waits import DONE, FAST, FREEPLAY, NAME, World, batch, connect, counting, gaps_of, prompt, scripted, wait


@pytest.mark.parametrize(
    "said",
    [
        [batch(done=0, total=0), batch(done=0, total=0)],
        [batch(done=5, total=None), batch(done=9, total=None)],
        [batch(done=5, total=10), batch(done=9, total=20), batch(done=19, total=40)],
        [batch(done=5, total=20), batch(done=9, total=10)],
        [batch(done=30, total=10), batch(done=50, total=10)],
        [batch(done=9), batch(done=5), batch(done=0)],
        [batch(done=1, total=10**12)],
        [batch(done=-5, total=10), batch(done=-1, total=-1)],
    ],
    ids=["0 of 0", "no total", "growing", "shrinking", "more than all", "backwards", "huge", "negative"],
)
def test_odd_progress_does_not_end_the_wait(said):
    """Counts of nothing, above their total, or decreasing do not break the limit on polls either."""
    report = wait(scripted(*said, DONE))
    assert ("succeeded", len(said) + 1) == (report.outcome.state, report.polls)
    assert all(at >= 5 * number for number, at in enumerate(report.polled_at))


def test_a_count_that_is_a_string_is_a_failed_poll():
    """It is retried like any response that does not decode."""
    assert wait(scripted(batch(done="5"), DONE)).outcome.errors == 1


def test_n_of_n_does_not_end_the_wait():
    """Only the status does."""
    report = wait(scripted(batch(done=100), batch(done=100), batch(done=100), DONE))
    assert report.polls == 4


def test_progress_of_updates_never_decreases():
    """One update notes that the service's count went back."""
    report = wait(scripted(batch(done=10), batch(done=30), batch(done=20), batch(done=25), batch(done=40), DONE))
    assert [10, 30, 30, 40, 100] == [update.progress.done for update in report.updates]
    assert ["", "", "the service's count went back from 30 to 20", "", ""] == [update.note for update in report.updates]


def test_a_note_about_steps_counts_from_1():
    """As the service and its users do."""
    report = wait(scripted(prompt(step=3), prompt(step=2), prompt("completed")), FREEPLAY)
    assert "the service went back from step 3 to step 2" == report.updates[1].note


def test_the_last_update_says_why_a_job_did_not_succeed():
    """After a success it has no reason."""
    for said, words in ((400, "responded with 400"), (batch("FAILED"), "ended as FAILED"), (DONE, "")):
        assert words in wait(scripted(said)).updates[-1].why
    assert not wait(scripted(DONE)).updates[-1].why
    assert "was still queued" in wait(scripted(batch("QUEUED")), timeout=9).updates[-1].why


def test_stalled_counts_give_one_update_and_no_shorter_intervals():
    """Stalled: no change for the time of three units."""
    report = wait(lambda t: DONE if t > 900 else batch(done=min(50, int(t))))
    stalls = [update for update in report.updates if update.stalled]
    assert len(stalls) == 1
    assert "have not changed" in stalls[0].why
    late = [gap for gap, at in zip(gaps_of(report.polled_at), report.polled_at, strict=False) if at > 120]
    assert min(late) >= 5


def test_counts_that_move_again_are_no_longer_stalled():
    """Stalled ends with the next change."""
    report = wait(lambda t: DONE if t > 900 else batch(done=20 if t < 300 else int(t / 10)))
    stalled = [update.stalled for update in report.updates]
    assert True in stalled
    assert stalled[stalled.index(True) + 1 :].count(False) > 1


def test_a_step_of_three_times_the_usual_length_is_stalled():
    """Steps stall like counts."""
    report = wait(lambda t: prompt("completed") if t > 900 else prompt(step=1 if t < 50 else 2), FREEPLAY)
    assert any(update.stalled for update in report.updates)


def test_an_end_long_before_its_estimate_is_found_in_time():
    """The delay is at most half the age, or the interval."""
    for end in (20, 100, 500):
        report = wait(lambda t, end=end: DONE if t >= end else batch(done=int(t / 50), total=1000))
        assert report.polled_at[-1] - end <= max(5, end / 2) + 0.1


def test_an_estimate_of_years_does_not_exceed_the_guarantee():
    """A slow first unit makes no interval longer than κ allows."""
    report = wait(lambda t: DONE if t > 400 else batch(done=1 if t > 60 else 0, total=10**9))
    assert all(
        gap <= 1.2 * at / number + 5
        for number, (gap, at) in enumerate(zip(gaps_of(report.polled_at), report.polled_at, strict=False), 1)
    )


def test_rate_and_eta_intervals_contain_the_true_value():
    """With accurate counts the 90 % interval contains the end nine times in ten."""
    report = wait(counting(600, 900))
    at = {update.progress.done: update for update in report.updates[:-1]}
    held = [update.eta.low <= (900 - done) / 1.5 <= update.eta.high for done, update in at.items() if update.eta]
    assert sum(held) >= 0.9 * len(held)
    assert report.updates[20].rate.value == pytest.approx(1.5, rel=0.1)


def test_there_is_no_eta_without_progress_and_history():
    """Nor a rate."""
    for update in wait(scripted(batch(), batch("QUEUED"), DONE)).updates:
        assert (update.rate, update.eta, update.stalled) == (None, None, False)


def test_a_poll_without_news_gives_no_update():
    """The terminal update comes once."""
    report = wait(scripted(*[batch("QUEUED")] * 3, *[batch()] * 3, batch(done=5), batch(done=5), DONE))
    assert ["queued", "running", "running", "succeeded"] == [update.state for update in report.updates]
    assert [False, False, False, True] == [update.terminal for update in report.updates]


def test_the_terminal_update_shows_the_final_count():
    """It has no next poll."""
    last = wait(counting(50)).updates[-1]
    assert (Progress(100, 100), None, True) == (last.progress, last.next_poll, last.terminal)


def test_an_exception_of_on_update_ends_the_wait():
    """It reaches the caller unchanged; the handle still works."""

    def broken(update):
        raise KeyError("mine")

    with connect(FakeServer(batch(), DONE)) as client:
        job = promptforge.job(client, NAME)
        with pytest.raises(KeyError, match="mine"):
            job.outcome(policy=FAST, on_update=broken)
        assert "succeeded" == job.outcome(policy=FAST).state


async def _async_function(update):
    """A callback of the wrong kind."""


def _hidden(update):
    return _async_function(update)


class _AsyncCallable:
    async def __call__(self, update):
        """A callback of the wrong kind."""


@pytest.mark.parametrize("callback", [_async_function, _AsyncCallable(), _hidden], ids=["async", "object", "hidden"])
def test_an_async_callback_is_refused(callback):
    """on_update is a plain function in sync and async code: a coroutine would never run."""
    with connect(FakeServer(DONE)) as client, pytest.raises(errors.InvalidInput, match="updates_async"):
        promptforge.job(client, NAME).wait(on_update=callback)


def test_each_update_but_the_last_says_why_the_next_poll_is_then():
    """In words that name the rule."""
    world = World(scripted(batch("QUEUED"), batch(), batch(done=10), batch(done=99), DONE))
    world.wait()
    assert all(update.why and update.next_poll > 0 for update in world.updates[:-1])
    assert "queued" in world.updates[0].why
    assert wait(scripted(batch()), timeout=6).updates[0].why == "the last poll before the deadline"
