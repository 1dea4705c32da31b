"""The tracker: what is written when, what is read back, and what a crash leaves."""

import os
import sqlite3
import stat
import warnings
from contextlib import closing

import pytest

from jobwait import Limit, Policy, Stop, errors, fryte, promptforge
from jobwait.sandbox import Sandbox
from jobwait.tracker import Tracker
from jobwait.tracker.database import Database, TrackerWarning
from jobwait.tracker.schema import APPLICATION_ID, MIGRATIONS
from support.services import PROMPTS, ROWS

GONE = "elsewhere:1"


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


def submit(tracker, client, **more):
    return tracker.submit("promptforge", "team", client, PROMPTS, provider="openai", model="sandbox-quick", **more)


def test_a_submission_is_tracked_to_its_end(tracker, client, quick):
    """Submit, run, read: the outcome is recorded and delivered, once."""
    delivered = []
    job = submit(tracker, client, key="a")
    assert [(job.id, "waiting")] == [(one.job_id, one.state) for one in tracker.pending()]
    assert tracker.run(lambda _: client, on_outcome=delivered.append, policy=quick) == 1
    (outcome,) = tracker.outcomes()
    assert ("a", "promptforge", "team", job.id, "succeeded") == (
        outcome.key,
        outcome.service,
        outcome.account,
        outcome.job_id,
        outcome.state,
    )
    assert [outcome.key] == [one.key for one in delivered]
    assert outcome.seen_at >= outcome.started
    assert list(tracker.pending()) == []
    assert tracker.run(lambda _: client, on_outcome=delivered.append) == 0
    assert len(delivered) == 1


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_jobs_of_every_service_can_be_added(row, tracker, box, quick):
    """Jobs that were submitted elsewhere are tracked with all their ids, and followed from the file."""
    address = getattr(box, row.name)
    with row.connect(address.key, base_url=address.url) as client:
        job = row.submit(client)
        tracker.add(job, "team")
        tracker.add(job, "team")
        assert [dict(job._state.ids)] == [one.ids for one in tracker.pending()]
        assert tracker.run(lambda _: client, policy=quick) == 1
    assert ["succeeded"] == [one.state for one in tracker.outcomes()]


async def run_async(tracker, client, quick):
    return await tracker.run_async(lambda _: client, policy=quick)


def test_run_async_does_the_same(tracker, box, quick):
    """run_async() waits for the jobs in a task."""
    import anyio

    async def main():
        async with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            tracker.add(
                await promptforge.submit_async(client, PROMPTS, provider="openai", model="sandbox-quick"), "team"
            )
            return await run_async(tracker, client, quick)

    assert anyio.run(main) == 1


def test_submit_async_writes_intent_and_id(tracker, box, monkeypatch):
    """submit_async() writes the intent before it sends and the id after it; a known key sends nothing."""
    import anyio

    given = {"provider": "openai", "model": "sandbox-quick", "key": "a"}

    async def main():
        async with promptforge.connect(box.promptforge.key, base_url=box.promptforge.url) as client:
            job = await tracker.submit_async("promptforge", "team", client, PROMPTS, **given)
            before = box.stats()["promptforge"]["submits"]
            again = await tracker.submit_async("promptforge", "team", client, PROMPTS, **given)
            assert (job.id, before) == (again.id, box.stats()["promptforge"]["submits"])

            async def die(*_, **__):
                assert "intent" in [one.state for one in tracker.all()]
                raise KeyError("b")

            monkeypatch.setattr(promptforge, "submit_async", die)
            with pytest.raises(errors.SubmitUnconfirmed) as caught:
                await tracker.submit_async("promptforge", "team", client, PROMPTS, **{**given, "key": "b"})
            assert isinstance(caught.value.__cause__, KeyError)
            return job.id

    job_id = anyio.run(main)
    assert [job_id] == [one.job_id for one in tracker.pending()]
    assert ["b"] == [one.key for one in tracker.unresolved()]


def test_a_key_is_submitted_once(tracker, client, box):
    """A second submission under a known key sends nothing and gives the handle of the first."""
    job = submit(tracker, client, key="a")
    before = box.stats()["promptforge"]["submits"]
    assert submit(tracker, client, key="a").id == job.id
    assert before == box.stats()["promptforge"]["submits"]


def test_the_intent_is_written_before_the_request(path, client, monkeypatch):
    """A process that dies during a submission leaves its intent; the same key is not submitted again."""
    tracker = Tracker(path)
    monkeypatch.setattr("jobwait.tracker.submissions.this_process", lambda: f"{os.uname().nodename}:{2**22 + 1}")

    def die(*_, **__):
        assert ["intent"] == [one.state for one in tracker.all()]
        raise KeyboardInterrupt

    monkeypatch.setattr(promptforge, "submit", die)
    with pytest.raises(KeyboardInterrupt):
        submit(tracker, client, key="a")
    tracker.close()
    monkeypatch.undo()
    with Tracker(path) as again:
        assert ["a"] == [one.key for one in again.unresolved()]
        with pytest.raises(errors.SubmitUnconfirmed, match="settle"):
            submit(again, client, key="a")
        again.settle("a", None)
        assert submit(again, client, key="a").id
        assert again.unresolved() == []


def test_a_refused_submission_frees_its_key(tracker, client):
    """What the service did not take may be submitted again."""
    with pytest.raises(errors.RequestRejected):
        tracker.submit("promptforge", "team", client, PROMPTS, provider="nobody", model="m", key="a")
    assert submit(tracker, client, key="a").id
    assert tracker.unresolved() == []


def test_an_unconfirmed_submission_keeps_its_ids_until_settled(tracker, client, monkeypatch):
    """It may have been taken: its row keeps the known ids, until it is settled with the job that was found."""
    job = promptforge.job(client, "found")

    def lost(*_, **__):
        raise errors.SubmitUnconfirmed("no response", ids={"job_id": "maybe"}, service="promptforge")

    monkeypatch.setattr(promptforge, "submit", lost)
    with pytest.raises(errors.SubmitUnconfirmed):
        submit(tracker, client, key="a")
    assert [{"job_id": "maybe"}] == [one.ids for one in tracker.unresolved()]
    tracker.settle("a", job)
    assert ["found"] == [one.job_id for one in tracker.pending()]
    with pytest.raises(errors.TrackerError, match="no unresolved"):
        tracker.settle("a", None)


def test_an_outcome_is_delivered_at_least_once(path, client, quick):
    """A callback that fails is called again in the next run, with the same key; what is recorded stays so."""
    with Tracker(path) as tracker:
        submit(tracker, client, key="a")
        with pytest.raises(ZeroDivisionError):
            tracker.run(lambda _: client, on_outcome=lambda _: 1 // 0, policy=quick)
        assert ["succeeded"] == [one.state for one in tracker.outcomes()]
    with Tracker(path) as again:
        delivered = []
        assert again.run(lambda _: client, on_outcome=delivered.append, policy=quick) == 0
        assert ["a"] == [one.key for one in delivered]


def test_a_stopped_run_is_continued_by_the_next(tracker, client, quick):
    """A stop records nothing and ends the leases: the next run goes on with the same jobs."""
    stop = Stop()
    stop.set()
    submit(tracker, client)
    assert tracker.run(lambda _: client, stop=stop) == 0
    assert [None] == [one.owner for one in tracker.pending()]
    assert tracker.run(lambda _: client, policy=quick) == 1


def test_a_job_of_a_living_process_is_not_followed(tracker, client, quick):
    """A job that a living process follows is not followed twice; one of a dead process is taken over."""
    submit(tracker, client)
    database = tracker._database
    alive = f"{os.uname().nodename}:{os.getppid()}"
    database.write(lambda db: db.execute("update jobs set owner = ?, lease = 1e12", (alive,)))
    assert tracker.run(lambda _: client, policy=quick) == 0
    dead = f"{os.uname().nodename}:{2**22 + 1}"
    database.write(lambda db: db.execute("update jobs set owner = ?", (dead,)))
    assert tracker.run(lambda _: client, policy=quick) == 1


def test_an_expired_lease_is_taken_over(tracker, client, quick):
    """Whether a process on another machine lives is not known here: its lease decides."""
    submit(tracker, client)
    tracker._database.write(lambda db: db.execute("update jobs set owner = ?, lease = 1.0", (GONE,)))
    assert tracker.run(lambda _: client, policy=quick) == 1


def test_a_run_saves_the_tokens_of_its_jobs(tracker):
    """The next run has the counts and the deadline of each job."""
    stop = Stop()
    with Sandbox(speed=1200) as own, promptforge.connect(own.promptforge.key, base_url=own.promptforge.url) as client:
        tracker.add(promptforge.submit(client, PROMPTS, provider="openai", model="sandbox-stuck"), "team")
        tracker.run(lambda _: client, policy=Policy(interval=0.05), stop=stop, on_update=lambda _: stop.set())
    (token,) = tracker._database.read("select token from jobs")[0]
    assert '"looks":1' in token.replace(" ", "")
    assert client._settings["token"]() not in token


def test_the_file_is_private_and_holds_no_key(tracker, path, client):
    """The file and SQLite's own beside it: 0600, in a directory of 0700; no key and no link in it."""
    submit(tracker, client)
    for one in path.parent.iterdir():
        assert stat.S_IMODE(one.stat().st_mode) == 0o600, one
        assert client._settings["token"]().encode() not in one.read_bytes()
        assert b"http://" not in one.read_bytes()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_is_no_trackers_is_refused(tmp_path):
    """Another program's file, a damaged or a newer one is refused with a reason, and left as it was."""
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to look like one " * 10)
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as db, db:
        db.execute("create table t (x)")
    newer = tmp_path / "newer.db"
    Tracker(newer).close()
    with closing(sqlite3.connect(newer)) as db, db:
        db.execute("pragma user_version = 99")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"SQLite format 3\0" + os.urandom(4096))
    for bad, word in ((text, "no tracker"), (other, "another program"), (newer, "newer"), (damaged, "damaged")):
        before = bad.read_bytes()
        with pytest.raises(errors.TrackerError, match=word):
            Tracker(bad)
        assert before == bad.read_bytes()
    with pytest.raises(errors.TrackerError):
        Tracker(tmp_path)


def test_an_older_file_is_migrated_once(tmp_path, monkeypatch):
    """A file of an older version is migrated when it is opened, each step once."""
    path = tmp_path / "jobs.db"
    Database(path).close()
    monkeypatch.setattr(
        "jobwait.tracker.schema.MIGRATIONS", (*MIGRATIONS, "create table later (x); insert into later values (7)")
    )
    for _ in range(2):
        database = Database(path)
        assert database.read("select x from later") == [(7,)]
        assert database.read("pragma user_version") == [(len(MIGRATIONS) + 1,)]
        assert database.read("pragma application_id") == [(APPLICATION_ID,)]
        database.close()


def filled(database, full):
    """*database* on a disk that is full while *full* holds True."""
    real = database._transaction

    def transaction(action):
        if full[0]:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return real(action)

    database._transaction = transaction
    return database


def test_a_run_on_a_full_disk_raises(tracker, client, quick):
    """Nothing can be leased: the run raises, unlike one that found nothing to do; rows are as they were."""
    for number in range(3):
        submit(tracker, client, key=f"{number}")
    full, delivered = [True], []
    filled(tracker._database, full)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrackerWarning)
        with pytest.raises(errors.TrackerError, match="disk is full"):
            tracker.run(lambda _: client, on_outcome=delivered.append, policy=quick)
        assert (3, []) == (len(list(tracker.pending())), delivered)
        full[0] = False
        assert 3 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=quick)
    assert {"0", "1", "2"} == {one.key for one in delivered}


@pytest.mark.parametrize("closed", [False, True])
def test_a_run_on_a_disk_that_fills_follows_its_jobs_and_raises(closed, tracker, path, client, quick):
    """The leased jobs are followed to their ends in memory; then the run raises; all is written once there is space."""
    for number in range(3):
        submit(tracker, client, key=f"{number}")
    full, delivered, polls = [False], [], []
    filled(tracker._database, full)

    def seen(update):
        polls.append(update)
        full[0] = True

    with pytest.warns(TrackerWarning, match="kept in memory"), pytest.raises(errors.TrackerError, match="disk is full"):
        tracker.run(lambda _: client, on_outcome=delivered.append, policy=quick, on_update=seen)
    assert 3 == sum(update.terminal for update in polls)
    assert (3, []) == (len(list(tracker.pending())), delivered)
    full[0] = False
    if closed:
        tracker.close()
        with Tracker(path) as again:
            assert ["succeeded"] * 3 == [one.state for one in again.outcomes()]
            assert 0 == again.run(lambda _: client, on_outcome=delivered.append, policy=quick)
    else:
        assert 0 == tracker.run(lambda _: client, on_outcome=delivered.append, policy=quick)
    assert {"0", "1", "2"} == {one.key for one in delivered}
    assert 3 == len(delivered)


def test_a_full_write_ahead_log_is_written_from_its_start(path):
    """Where no page can be added to the log, it is reused: what needs no more space is still written."""
    database, tries = Database(path), []
    real = database._transaction
    database.write(lambda db: db.execute("insert into accounts (service, name, host) values ('a', 'b', 'c')"))

    def transaction(action):
        tries.append(path.with_name("jobs.db-wal").stat().st_size)
        if len(tries) == 1:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return real(action)

    database._transaction = transaction
    database.write(lambda db: db.execute("update accounts set name = 'd'"))
    assert (2, tries[0]) == (len(tries), path.with_name("jobs.db-wal").stat().st_size)
    assert [("d",)] == database.read("select name from accounts")
    database.close()


def test_outcomes_on_a_full_disk_are_queued(tracker, client, quick):
    """What cannot be written is queued in memory, with one warning; old rows stay whole; later all is written."""
    for number in range(3):
        submit(tracker, client, key=f"{number}")
    full = [True]
    jobs = [promptforge.job(client, one.job_id) for one in tracker.pending()]
    database = filled(tracker._database, full)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        outcomes = [job.outcome(policy=quick) for job in jobs]
        from jobwait.tracker.leases import set_ended

        rows = list(tracker.pending())
        for row, outcome in zip(rows, outcomes, strict=True):
            database.try_write(lambda db, row=row, outcome=outcome: set_ended(db, row.number, outcome), queue=True)
    assert [TrackerWarning] == [one.category for one in seen]
    with pytest.raises(errors.TrackerError, match="full"):
        submit(tracker, client, key="new")
    assert len(list(tracker.pending())) == 3
    full[0] = False
    database.write(lambda db: None)
    assert ["succeeded"] * 3 == [one.state for one in tracker.outcomes()]
    assert database.read("pragma integrity_check") == [("ok",)]


def test_sqlites_own_error_for_a_full_disk_is_translated(path):
    """The error is a TrackerError with the reason, and what was there before is whole."""
    database = Database(path)
    database.write(lambda db: db.execute("insert into accounts (service, name, host) values ('a', 'b', 'c')"))
    pages = database.read("pragma page_count")[0][0]
    database._db.execute(f"pragma max_page_count = {pages}")
    big = "x" * 100_000
    with pytest.raises(errors.TrackerError, match="disk is full"):
        database.write(lambda db: db.execute("insert into accounts (service, name, host) values (?, 'b', 'c')", (big,)))
    assert database.read("select service from accounts") == [("a",)]
    assert database.read("pragma integrity_check") == [("ok",)]
    database.close()


def test_a_rate_limit_is_shared_through_the_file(path):
    """Two processes with one file keep together to one limit; a refusal slows both."""
    from jobwait.tracker.shared_limits import SharedRateLimiter

    clock = [1000.0]
    tick = {"clock": lambda: clock[0], "steady": lambda: clock[0]}
    limiters = [SharedRateLimiter(Database(path), "a", Limit(20), **tick) for _ in range(2)]
    sent = []
    while len(sent) < 100:
        clock[0] += 0.001
        for limiter in limiters:
            if limiter.wait(0.0) <= 0:
                limiter.take(0.0)
                sent.append(clock[0])
    assert max(sum(one <= other < one + 1 for other in sent) for one in sent) <= 20
    assert sent[-1] - sent[0] < 100 / 19 + 0.5
    limiters[0].refused(0.0, 30.0)
    clock[0] += 2
    assert limiters[1].wait(0.0) > 20
    for limiter in limiters:
        limiter.database.close()


def test_completed_jobs_are_kept_in_the_file(path):
    """The latest completed jobs of a service are there in the next run."""
    from jobwait._polling.duration_model import HISTORY_SIZE, CompletedJob
    from jobwait.tracker.shared_limits import StoredHistory

    database = Database(path)
    history = StoredHistory(database, "promptforge", "h")
    for number in range(HISTORY_SIZE + 5):
        history.add(CompletedJob(None, float(number + 1), None if number % 2 else True))
    assert list(history.completed_jobs()) == list(StoredHistory(database, "promptforge", "h").completed_jobs())
    assert len(history.completed_jobs()) == HISTORY_SIZE
    assert list(StoredHistory(database, "fryte", "h").completed_jobs()) == []
    database.close()


def test_a_fryte_job_keeps_its_user(tracker, box):
    """All ids are kept, also those that only a list request uses."""
    with fryte.connect(box.fryte.key, base_url=box.fryte.url) as client:
        tracker.add(fryte.job(client, "j", 3, user_id=9), "team")
    assert [{"job_id": "j", "tenant_id": "3", "user_id": "9"}] == [one.ids for one in tracker.pending()]
