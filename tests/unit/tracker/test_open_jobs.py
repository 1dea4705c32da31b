"""Jobs whose wait ended without an outcome: they stay open with the reason, until they end or are given up."""

import platform
from datetime import UTC, datetime
from types import SimpleNamespace

import anyio
import pytest

from jobwait import Outcome, Policy, Stop, errors
from jobwait.testing import virtual_time
from jobwait.tracker import Tracker, leases
from support.tracked import DOWN, ENDED, REFUSED, Clock, Service, add, connect
from support.waits import FAST, batch

RUNNING = batch("PROCESSING", 1)


@pytest.fixture
def tracker(tmp_path):
    with Tracker(tmp_path / "jobs.db") as tracker:
        yield tracker


def test_an_outage_ends_no_job_and_the_next_run_goes_on(tracker):
    """Each poll fails until the wait ends: the jobs are pending with the reason, and succeed in the next run."""
    service, delivered = Service(lambda _: DOWN), []
    with connect(service) as client:
        add(tracker, client, 5)
        assert 0 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
        assert [("waiting", "unreachable", None, 5)] * 5 == [
            (row.state, row.last_wait, row.owner, row.errors) for row in tracker.pending()
        ]
        assert all("503" in row.reason for row in tracker.pending())
        assert ([], []) == (list(tracker.outcomes()), delivered)
        service.answer = lambda _: ENDED
        assert 5 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
    assert [("succeeded", None)] * 5 == [(row.state, row.last_wait) for row in tracker.outcomes()]
    assert ["0", "1", "2", "3", "4"] == sorted(row.key for row in delivered)


def test_an_outage_in_run_async_ends_no_job(tracker):
    """The same in a task."""
    service = Service(lambda _: DOWN)
    client = connect(service)
    add(tracker, client, 2)

    async def main():
        async with client:
            first = await tracker.run_async(lambda _: client, policy=FAST)
            service.answer = lambda _: ENDED
            return first, await tracker.run_async(lambda _: client, policy=FAST)

    assert (0, 2) == anyio.run(main)


def test_a_timeout_ends_no_job_and_the_next_wait_has_one_of_its_own(tracker):
    """The deadline of a wait that is over is not that of the next."""
    service = Service(lambda _: RUNNING)
    with virtual_time(), connect(service) as client:
        add(tracker, client, 1)
        assert 0 == tracker.run(lambda _: client, policy=Policy(interval=10), timeout=30)
        (row,) = tracker.pending()
        assert ("timed_out", True, True) == (row.last_wait, bool(row.reason), row.started is not None)
        answers = iter([RUNNING, RUNNING, RUNNING, ENDED])
        service.answer = lambda _: next(answers)
        assert 1 == tracker.run(lambda _: client, policy=FAST)


def test_a_deadline_that_passed_while_nobody_waited_is_not_kept(tracker):
    """A run that was interrupted leaves its deadlines; a later run polls as long as its own allow."""
    answers = iter([RUNNING, RUNNING, ENDED])
    with connect(Service(lambda _: next(answers))) as client:
        add(tracker, client, 1)
        tracker._database.write(lambda db: db.execute("update jobs set deadline = 1.0"))
        assert 1 == tracker.run(lambda _: client, policy=FAST)


def test_a_run_takes_each_job_up_once(tracker):
    """A refused key: one poll of each job, and the run returns though all are open; others go on to their ends."""
    service = Service(lambda job_id: REFUSED if job_id < "j3" else ENDED)
    with connect(service) as client:
        add(tracker, client, 6)
        assert 3 == tracker.run(lambda _: client, policy=FAST)
    assert ["j0", "j1", "j2", "j3", "j4", "j5"] == sorted(service.polled)
    assert ["0", "1", "2"] == [row.key for row in tracker.pending()]


def test_a_stopped_wait_keeps_no_reason(tracker):
    """The run was ended from outside: that says nothing about its jobs."""
    stop = Stop()
    with connect(Service(lambda _: RUNNING)) as client:
        add(tracker, client, 1)
        tracker.run(lambda _: client, policy=FAST, stop=stop, on_update=lambda _: stop.set())
    assert [(None, None)] == [(row.last_wait, row.reason) for row in tracker.pending()]


@pytest.mark.parametrize(("after", "state"), [(3600, "waiting"), (0, "unreachable"), (None, "waiting")])
def test_give_up_after_ends_a_job_that_is_old_enough(tracker, after, state):
    """Its wait ended without an outcome, and it was first polled so long ago: recorded and delivered."""
    delivered = []
    with connect(Service(lambda _: DOWN)) as client:
        add(tracker, client, 1)
        ended = tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST, give_up_after=after)
    assert [state] == [row.state for row in tracker.all()]
    assert [ended] == [len(delivered)] == [int(state != "waiting")]


def test_give_up_after_counts_from_the_submission_or_the_first_poll(tracker):
    """The second run ends what the first one polled first; a job that succeeds by then is not given up."""
    service = Service(lambda _: REFUSED)
    with connect(service) as client:
        add(tracker, client, 2)
        assert 0 == tracker.run(lambda _: client, policy=FAST, give_up_after=100)
        tracker._database.write(lambda db: db.execute("update jobs set started = started - 200, token = null"))
        service.answer = lambda job_id: ENDED if job_id == "j0" else REFUSED
        assert 2 == tracker.run(lambda _: client, policy=FAST, give_up_after=100)
    assert ["succeeded", "unreachable"] == [row.state for row in tracker.outcomes()]


def test_give_up_after_bounds_the_wait(tracker, monkeypatch):
    """A job that only runs is waited for until then, and for a minute at most if that is over; and it is polled."""
    clock = Clock()
    monkeypatch.setattr(leases, "clock", SimpleNamespace(current=clock))
    with connect(Service(lambda _: RUNNING)) as client:
        add(tracker, client, 2)
        tracker._database.write(
            lambda db: db.execute("update jobs set started = ? where key = '0'", (clock.wall - 30,))
        )
        tracker._database.write(
            lambda db: db.execute("update jobs set started = ? where key = '1'", (clock.wall - 90,))
        )
        found = leases.Leases(tracker._database, tracker._find_service, lambda _: client, give_up_after=100.0)
        found.empty()
        left = [found.get()._state.deadline - clock.wall for _ in range(2)]
        found.close()
    assert [70, 60] == pytest.approx(left)


def test_a_given_up_job_that_was_never_polled_stays_open(tracker):
    """No time was left for a poll, as another process had used up the limit: nobody knows anything of it."""
    seen = datetime.now(UTC)
    never = Outcome("promptforge", "j0", "timed_out", None, errors.WaitTimeout("not polled"), 0, 0, seen, seen)
    with connect(Service(lambda _: RUNNING)) as client:
        add(tracker, client, 1)
        found = leases.Leases(tracker._database, tracker._find_service, lambda _: client, give_up_after=0.0)
        found.empty()
        (job,) = [found.get()]
        assert not found._is_ended(job._state, never)
        found.close()


def test_a_retried_job_is_waited_for_again(tracker):
    """What was given up is open again and its end is delivered; the reason stays until then."""
    service, delivered = Service(lambda _: DOWN), []
    with connect(service) as client:
        add(tracker, client, 2)
        tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST, give_up_after=0)
        assert 1 == tracker.retry("0", "0")
        assert 0 == tracker.retry("0")
        assert [("0", "unreachable", True)] == [
            (row.key, row.last_wait, "503" in row.reason) for row in tracker.pending()
        ]
        service.answer = lambda _: ENDED
        assert 1 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
    told = sorted((row.key, row.state) for row in delivered)
    assert [("0", "succeeded"), ("0", "unreachable"), ("1", "unreachable")] == told
    assert ["succeeded", "unreachable"] == [row.state for row in tracker.outcomes()]


@pytest.mark.parametrize("state", ["timed_out", "unreachable"])
def test_a_row_that_an_older_version_gave_up_can_be_retried(tracker, state):
    """0.1.0 recorded each wait without an outcome as ended, with the deadline that it had."""
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 1)
        old = "update jobs set state = ?, reason = 'r', delivered = 1, deadline = 1.0, polls = 5, errors = 5"
        tracker._database.write(lambda db: db.execute(old, (state,)))
        assert 0 == tracker.run(lambda _: client, policy=FAST)
        assert 1 == tracker.retry("0")
        assert 1 == tracker.run(lambda _: client, policy=FAST)
    assert ["succeeded"] == [row.state for row in tracker.outcomes()]


def test_a_job_that_cannot_be_retried_is_named_and_nothing_is_changed(tracker):
    """An unknown key, and one of a job whose end the service has told."""
    service = Service(lambda job_id: ENDED if job_id == "j0" else DOWN)
    with connect(service) as client:
        add(tracker, client, 2)
        tracker.run(lambda _: client, policy=FAST, give_up_after=0)
    with pytest.raises(errors.TrackerError, match="no job with the key 'x'"):
        tracker.retry("1", "x")
    with pytest.raises(errors.TrackerError, match="recorded as succeeded"):
        tracker.retry("1", "0")
    assert [] == list(tracker.pending())


@pytest.mark.parametrize("value", [-1, float("nan"), "1h"])
def test_an_impossible_give_up_after_is_refused(tracker, value):
    """Before anything is leased."""
    with pytest.raises(errors.InvalidInput, match="give_up_after"):
        tracker.run(lambda _: None, give_up_after=value)


def test_what_is_in_the_file_comes_as_lists_and_row_by_row(tracker):
    """Lists have a length and an end, at most as many rows as asked for; iteration goes through all of any file."""
    with connect(Service(lambda _: ENDED)) as client:
        add(tracker, client, 3)
        assert [3, 2, 0, 0] == [
            len(rows) for rows in (tracker.pending(), tracker.pending(2), tracker.outcomes(), tracker.all(0))
        ]
        assert 3 == tracker.run(lambda _: client)
    assert ["0", "1", "2"] == [row.key for row in tracker.outcomes()] == [row.key for row in tracker]
    assert ["0"] == [row.key for row in tracker.all(1)]
    with pytest.raises(errors.InvalidInput, match="limit must not be negative"):
        tracker.all(-1)


def test_a_row_says_why_its_service_could_not_be_asked(tracker):
    """The reason of the last wait's error, until a wait learns how the job ended."""
    service = Service(lambda _: REFUSED)
    with connect(service) as client:
        add(tracker, client, 1)
        tracker.run(lambda _: client, policy=FAST)
        assert ["key_refused"] == [row.error_reason for row in tracker.pending()]
        service.answer = lambda _: ENDED
        tracker.run(lambda _: client, policy=FAST)
    assert [("succeeded", None)] == [(row.state, row.error_reason) for row in tracker.outcomes()]


def test_a_dropped_job_is_given_up_without_an_end_that_is_delivered(tracker):
    """It is recorded as its last wait ended; a job that ended, or that nobody knows, is refused and nothing changes."""
    service, delivered = Service(lambda job_id: ENDED if job_id == "j0" else DOWN), []
    with connect(service) as client:
        add(tracker, client, 3)
        tracker.run(lambda _: client, policy=FAST)
        for keys, fact in ((("1", "0"), "recorded as succeeded"), (("1", "x"), "no job with the key 'x'")):
            with pytest.raises(errors.TrackerError, match=fact):
                tracker.drop(*keys)
        assert (1, 0) == (tracker.drop("1"), tracker.drop("1"))
        add(tracker, client, 4)
        assert 1 == tracker.drop("3")
        tracker.run(lambda _: client, on_outcome=delivered.append, policy=FAST)
    assert ["0"] == [row.key for row in delivered]
    states = {row.key: row.state for row in tracker.outcomes()}
    assert {"0": "succeeded", "1": "unreachable", "3": "timed_out"} == states


def test_a_job_that_another_run_follows_is_not_dropped(tracker):
    """Its outcome belongs to that run."""
    with connect(Service(lambda _: DOWN)) as client:
        add(tracker, client, 1)
        own = leases.Leases(tracker._database, tracker._find_service, lambda _: client)
        own.empty()
        with pytest.raises(errors.TrackerError, match="is followed by"):
            tracker.drop("0")
        own.close()


@pytest.mark.parametrize(("owner", "lease"), [(f"{platform.node()}:{2**22 + 1}", 1e12), ("elsewhere:1", 1.0)])
def test_a_job_whose_run_was_killed_is_dropped(tracker, owner, lease):
    """Nobody follows it: the process has ended, or on another machine its lease has."""
    with connect(Service(lambda _: DOWN)) as client:
        add(tracker, client, 1)
        tracker._database.write(lambda db: db.execute("update jobs set owner = ?, lease = ?", (owner, lease)))
        assert 1 == tracker.drop("0")
    assert [("timed_out", None)] == [(row.state, row.owner) for row in tracker.outcomes()]
