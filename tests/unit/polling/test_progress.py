"""Progress as services report it, and as callers are told of it."""

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
def test_odd_progress_ends_nothing(said):
    """Counts of nothing, past their total, or backwards never end a wait and never break its ceiling."""
    report = wait(scripted(*said, DONE))
    assert ("succeeded", len(said) + 1) == (report.outcome.state, report.polls)
    assert all(at >= 5 * number for number, at in enumerate(report.polled_at))


def test_counts_in_words_are_an_unexpected_answer():
    """A count that is a string is waited out like any answer that does not decode."""
    assert wait(scripted(batch(done="5"), DONE)).outcome.errors == 1


def test_all_done_is_not_the_end():
    """N of N ends nothing before the status does."""
    report = wait(scripted(batch(done=100), batch(done=100), batch(done=100), DONE))
    assert report.polls == 4


def test_what_was_done_stays_done():
    """Progress never runs backwards in updates; that the service's did is a fact that one of them tells."""
    report = wait(scripted(batch(done=10), batch(done=30), batch(done=20), batch(done=25), batch(done=40), DONE))
    assert [10, 30, 30, 40, 100] == [update.progress.done for update in report.updates]
    assert ["", "", "the service's count went back from 30 to 20", "", ""] == [update.note for update in report.updates]


def test_a_step_that_goes_back_is_told_in_steps():
    """What people read counts steps from 1, as the service does."""
    report = wait(scripted(prompt(step=3), prompt(step=2), prompt("completed")), FREEPLAY)
    assert "the service went back from step 3 to step 2" == report.updates[1].note


def test_the_last_update_says_what_stood_in_the_way():
    """Whoever follows updates alone learns why there was no success; a success needs no words."""
    for said, words in ((400, "responded with 400"), (batch("FAILED"), "ended as FAILED"), (DONE, "")):
        assert words in wait(scripted(said)).updates[-1].why
    assert not wait(scripted(DONE)).updates[-1].why
    assert "was still queued" in wait(scripted(batch("QUEUED")), timeout=9).updates[-1].why


def test_a_standstill_is_told_and_not_hammered():
    """Counts that stand still for three units' time: one update says stalled, and the gaps do not shrink."""
    report = wait(lambda t: DONE if t > 900 else batch(done=min(50, int(t))))
    stalls = [update for update in report.updates if update.stalled]
    assert len(stalls) == 1
    assert "have not changed" in stalls[0].why
    late = [gap for gap, at in zip(gaps_of(report.polled_at), report.polled_at, strict=False) if at > 120]
    assert min(late) >= 5


def test_counts_that_move_again_are_no_longer_stalled():
    """Stalled is the state of a moment: it goes as it came."""
    report = wait(lambda t: DONE if t > 900 else batch(done=20 if t < 300 else int(t / 10)))
    told = [update.stalled for update in report.updates]
    assert True in told
    assert told[told.index(True) + 1 :].count(False) > 1


def test_steps_can_stall_too():
    """A step that lasts three times what those before it took stands still."""
    report = wait(lambda t: prompt("completed") if t > 900 else prompt(step=1 if t < 50 else 2), FREEPLAY)
    assert any(update.stalled for update in report.updates)


def test_an_end_far_before_its_forecast():
    """A job that stops early is found within half the time spent, or the pace."""
    for end in (20, 100, 500):
        report = wait(lambda t, end=end: DONE if t >= end else batch(done=int(t / 50), total=1000))
        assert report.polled_at[-1] - end <= max(5, end / 2) + 0.1


def test_a_forecast_of_years_is_not_believed():
    """A first unit that took long makes no gap longer than the guarantee allows."""
    report = wait(lambda t: DONE if t > 400 else batch(done=1 if t > 60 else 0, total=10**9))
    assert all(
        gap <= 1.2 * at / number + 5
        for number, (gap, at) in enumerate(zip(gaps_of(report.polled_at), report.polled_at, strict=False), 1)
    )


def test_rate_and_eta_hold_the_truth():
    """While counts are honest, the range of the ETA holds the real end nine times in ten."""
    report = wait(counting(600, 900))
    at = {update.progress.done: update for update in report.updates[:-1]}
    held = [update.eta.low <= (900 - done) / 1.5 <= update.eta.high for done, update in at.items() if update.eta]
    assert sum(held) >= 0.9 * len(held)
    assert report.updates[20].rate.value == pytest.approx(1.5, rel=0.1)


def test_an_eta_needs_reports():
    """Without progress and without a history there is no rate and no ETA."""
    for update in wait(scripted(batch(), batch("QUEUED"), DONE)).updates:
        assert (update.rate, update.eta, update.stalled) == (None, None, False)


def test_only_changes_are_told():
    """A look that shows nothing new is no update; the terminal one comes once."""
    report = wait(scripted(*[batch("QUEUED")] * 3, *[batch()] * 3, batch(done=5), batch(done=5), DONE))
    assert ["queued", "running", "running", "succeeded"] == [update.state for update in report.updates]
    assert [False, False, False, True] == [update.terminal for update in report.updates]


def test_the_terminal_update_shows_the_final_count():
    """The last update has the progress of the end, and no next look."""
    last = wait(counting(50)).updates[-1]
    assert (Progress(100, 100), None, True) == (last.progress, last.next_poll, last.terminal)


def test_a_callback_that_fails_ends_the_wait():
    """What on_update raises reaches the caller as it is; the job is untouched and the handle still works."""

    def broken(update):
        raise KeyError("mine")

    with connect(FakeServer(batch(), DONE)) as client:
        job = promptforge.job(client, NAME)
        with pytest.raises(KeyError, match="mine"):
            job.outcome(policy=FAST, on_update=broken)
        assert "succeeded" == job.outcome(policy=FAST).state


async def _hear(update):
    """A callback of the wrong kind."""


def _hidden(update):
    return _hear(update)


class _Hearer:
    async def __call__(self, update):
        """A callback of the wrong kind."""


@pytest.mark.parametrize("callback", [_hear, _Hearer(), _hidden], ids=["async", "object", "hidden"])
def test_an_async_callback_is_refused(callback):
    """on_update is a plain function in both worlds: a coroutine would never run."""
    with connect(FakeServer(DONE)) as client, pytest.raises(errors.InvalidInput, match="updates_async"):
        promptforge.job(client, NAME).wait(on_update=callback)


def test_updates_say_why():
    """Each update but the last says in words what set the time of the next look."""
    world = World(scripted(batch("QUEUED"), batch(), batch(done=10), batch(done=99), DONE))
    world.wait()
    assert all(update.why and update.next_poll > 0 for update in world.updates[:-1])
    assert "queued" in world.updates[0].why
    assert wait(scripted(batch()), timeout=6).updates[0].why == "the last poll before the deadline"
