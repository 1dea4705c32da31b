"""What a tracker refuses, so that no job is lost, polled at the wrong host or confused with another."""

import os
import sqlite3
import stat
import subprocess
import sys
import warnings

import pytest

from jobwait import Limit, Policy, errors, fryte, promptforge
from jobwait.tracker import Tracker
from jobwait.tracker.database import TrackerWarning
from jobwait.tracker.process import has_ended, is_local, runs, this_process
from jobwait.tracker.shared_limits import SharedRateLimiter
from support.services import PROMPTS

QUICK = Policy(interval=0.05, min_interval=0.05)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tracked" / "jobs.db"


@pytest.fixture
def tracker(path):
    with Tracker(path) as tracker:
        yield tracker


@pytest.fixture
def client(box):
    with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
        yield client


@pytest.fixture
def full(tracker, monkeypatch):
    """A disk that is full as long as the one entry of the list is true."""
    real, switch = tracker._database._transaction, [True]

    def transaction(action):
        if switch[0]:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return real(action)

    monkeypatch.setattr(tracker._database, "_transaction", transaction)
    return switch


def submit_unconfirmed(tracker, client, monkeypatch, error=None, **more):
    """Submit, and get no response."""

    def lost(*_, **__):
        raise error or errors.SubmitUnconfirmed("no response", ids={}, service="promptforge")

    with monkeypatch.context() as patch:
        patch.setattr(promptforge, "submit", lost)
        with pytest.raises((errors.SubmitUnconfirmed, KeyboardInterrupt)):
            tracker.submit("promptforge", "team", client, PROMPTS, provider="openai", model="m", **more)


def test_a_key_of_another_job_is_refused(tracker, client):
    """A job under another's key is an error and nothing is added; the same job again is none."""
    one, other = promptforge.job(client, "one"), promptforge.job(client, "other")
    tracker.add(one, "team", key="k")
    tracker.add(one, "team", key="k")
    with pytest.raises(errors.TrackerError, match="other was not added"):
        tracker.add_all([(promptforge.job(client, "third"), None), (other, "k")], "team")
    assert ["one"] == [row.job_id for row in tracker.all()]


def test_a_key_of_another_services_job_is_refused(tracker, client):
    """Nobody gets a handle on one service's job with a client of another."""
    tracker.add(promptforge.job(client, "one"), "team", key="k")
    with pytest.raises(errors.TrackerError, match="promptforge already"):
        tracker.submit("fryte", "tours", client, {}, key="k")


def test_an_account_name_at_two_services_is_refused(tracker, client):
    """connect() gets a name and nothing else: one name for two services would send an API key to the wrong one."""
    tracker.add(promptforge.job(client, "one"), "team")
    with pytest.raises(errors.TrackerError, match="fryte-team"):
        tracker.add(fryte.job(client, "two"), "team")


def test_a_client_for_another_host_sends_nothing(tracker, client):
    """The jobs stay as they were, without an owner."""
    tracker.add(promptforge.job(client, "one"), "team")
    with (
        promptforge.connect("k", base_url="http://127.0.0.1:9") as wrong,
        pytest.raises(errors.TrackerError, match="as they were"),
    ):
        tracker.run(lambda _: wrong, policy=QUICK)
    assert [("waiting", None)] == [(row.state, row.owner) for row in tracker.all()]


def test_an_unresolved_submission_without_a_key_can_be_settled(tracker, client, monkeypatch):
    """unresolved() gives each a key, and settle() takes it."""
    submit_unconfirmed(tracker, client, monkeypatch)
    (one,) = tracker.unresolved()
    tracker.settle(one.key, None)
    assert tracker.unresolved() == []


def test_a_submission_is_settled_with_a_job_of_its_own_service(tracker, client, monkeypatch):
    """Another service's job is refused; one that is tracked already is not tracked twice."""
    submit_unconfirmed(tracker, client, monkeypatch, key="a")
    with pytest.raises(errors.TrackerError, match="not to fryte"):
        tracker.settle("a", fryte.job(client, "one"))
    found = promptforge.job(client, "one")
    tracker.add(found, "team")
    tracker.settle("a", found)
    assert ["one"] == [row.job_id for row in tracker.pending()]
    assert tracker.unresolved() == []


def test_an_interrupted_submission_is_unresolved_at_once(tracker, client, monkeypatch):
    """Ctrl-C during the request: this process can settle it."""
    submit_unconfirmed(tracker, client, monkeypatch, KeyboardInterrupt(), key="a")
    assert ["a"] == [row.key for row in tracker.unresolved()]


def test_a_submission_under_way_elsewhere_is_not_settled(tracker, client):
    """Another living process is sending it: it is neither sent again nor settled."""
    alive = f"{os.uname().nodename}:{os.getppid()}"
    tracker.add(promptforge.job(client, "one"), "team", key="a")
    tracker._database.write(
        lambda db: db.execute("update jobs set state = 'intent', job_id = null, owner = ?", (alive,))
    )
    with pytest.raises(errors.SubmitUnconfirmed, match="under way"):
        tracker.submit("promptforge", "team", client, PROMPTS, provider="openai", model="m", key="a")
    with pytest.raises(errors.TrackerError, match="under way"):
        tracker.settle("a", None)


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="only Linux says when a process began")  # noqa: PTH110
def test_a_pid_that_is_used_again_is_another_process(tracker, client):
    """In a container a restarted process has the same name and pid: what the last one followed is taken over."""
    before = this_process().rpartition(":")[0] + ":1"
    assert has_ended(before)
    assert not has_ended(this_process())
    tracker.add(promptforge.job(client, "3f7a1c2e-0000-4000-8000-000000000000"), "team")
    tracker._database.write(lambda db: db.execute("update jobs set owner = ?, lease = 1e12", (before,)))
    tracker.run(lambda _: client, policy=QUICK)
    assert [("unreachable", None)] == [(row.last_wait, row.owner) for row in tracker.pending()]  # no such job


@pytest.mark.skipif(not os.path.exists("/proc/self/ns/pid"), reason="only Linux has namespaces")  # noqa: PTH110
def test_a_pid_of_another_namespace_says_nothing():
    """Two containers of one name have pid 1 each: neither takes the other for a process that has ended."""
    node, pid, start = this_process().split(":")
    ticks, namespace = start.split("@")
    other = f"{node}:{pid}:{int(ticks) + 1}@{int(namespace) + 1}"
    assert (False, False) == (is_local(other), has_ended(other))
    assert (True, True) == (is_local(this_process()), has_ended(f"{node}:{pid}:{int(ticks) + 1}@{namespace}"))


def test_a_run_that_has_ended_holds_nothing_though_its_process_lives():
    """Its leases are free for other runs of this process, even if their end could not be written."""
    run = f"{this_process()}:7777"
    runs.add(run)
    assert not has_ended(run)
    runs.discard(run)
    assert has_ended(run)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_has_a_name_of_its_own():
    """The name is kept for the life of a process, and a child's begins with the fork."""
    code = (
        "import os; from jobwait.tracker.process import this_process as name; name(); child = os.fork(); "
        "print(name().split(':')[1] == str(os.getpid()), flush=True); child and os.waitpid(child, 0)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert ["True", "True"] == printed.split()


def test_an_async_callback_is_refused(tracker, client):
    """It would be noted as called, and never run."""

    async def notify(_):
        return None

    tracker.add(promptforge.job(client, "one"), "team")
    with pytest.raises(errors.InvalidInput, match="plain function"):
        tracker.run(lambda _: client, on_outcome=notify)
    assert ["waiting"] == [row.state for row in tracker.all()]


def test_a_refused_file_keeps_its_mode(tmp_path):
    """A refused file is left as it was, its mode included; the tracker's own becomes 0600."""
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    notes.chmod(0o644)
    with pytest.raises(errors.TrackerError, match="no tracker"):
        Tracker(notes)
    assert stat.S_IMODE(notes.stat().st_mode) == 0o644
    link = tmp_path / "link.db"
    link.symlink_to(notes)
    with pytest.raises(errors.TrackerError, match="a link"):
        Tracker(link)
    own = tmp_path / "own.db"
    Tracker(own).close()
    own.chmod(0o644)
    Tracker(own).close()
    assert stat.S_IMODE(own.stat().st_mode) == 0o600


def test_a_rate_limit_holds_while_the_disk_is_full(tracker, full):
    """While the file cannot be written, the rate limiter works in memory, and queues nothing for later."""
    clock = [1000.0]
    tick = {"clock": lambda: clock[0], "steady": lambda: clock[0]}
    limiter = SharedRateLimiter(tracker._database, "a", Limit(20), **tick)

    def sent(seconds):
        until, count = clock[0] + seconds, 0
        while clock[0] < until:
            if limiter.wait(0.0) <= 0:
                limiter.take(0.0)
                count += 1
            clock[0] += 0.005
        return count

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert sent(60.0) <= 20 * 60
    assert [TrackerWarning] == [one.category for one in seen]
    assert tracker._database._queued == []
    full[0] = False
    assert sent(2.0) >= 30


def test_a_lease_that_was_not_written_is_not_written_later(tracker, client, full):
    """A row that this process could not lease is not leased to it later, when nobody follows it."""
    full[0] = False
    tracker.add(promptforge.job(client, "one"), "team")
    full[0] = True
    with pytest.warns(TrackerWarning), pytest.raises(errors.TrackerError, match="disk is full"):
        tracker.run(lambda _: client, policy=QUICK)
    full[0] = False
    tracker._database.write(lambda _: None)
    assert [None] == [row.owner for row in tracker.pending()]


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_an_impossible_file_name_is_refused(tmp_path, name):
    """With a TrackerError, whatever the system raises."""
    with pytest.raises(errors.TrackerError, match="Name another"):
        Tracker(tmp_path / name)
