"""SubmitAll through a tracker: whatever ends one, its key is never sent twice, and whoever asks can settle it."""

import asyncio
import gc
import json
import os
import sqlite3
import sys
import threading
from pathlib import Path

import pytest

import jobwait
from jobwait import errors, fryte, promptforge
from jobwait._httpx import httpx
from jobwait._sync import wake_up
from jobwait.tracker import Tracker, submissions
from support.services import PROMPTS, TOUR

SOURCE = str(Path(jobwait.__file__).parent)
SERVICES = {
    "fryte": (fryte, (TOUR,), {}),
    "promptforge": (promptforge, (PROMPTS,), {"provider": "openai", "model": "m"}),
}
BODIES = {
    "POST": {"tour_id": 1, "optimization_id": 2, "message": "m", "upload_url": "https://storage.googleapis.com/b/o"},
    "PUT": None,
    "GET": {"status": "QUEUED", "provider": "openai", "model": "m"},
}


class SoftTimeLimitExceeded(Exception):
    """As a task queue raises it from a signal handler."""


class Case:
    """A tracker with a file of its own, a client of the service *name*, and the methods that it was asked with."""

    def __init__(self, path, name="fryte", answer=None):
        self.tracker, self.name, self.asked, self.answer = Tracker(path), name, [], answer
        self.module, self.args, self.options = SERVICES[name]
        self.client = self.module.connect("k", transport=httpx.MockTransport(self.play))

    def play(self, request):
        request.read()
        self.asked.append(request.method)
        if self.answer is not None:
            return self.answer(request)
        facts = {"job_id": f"job-{self.asked.count('POST')}", "expires_at": "2026-06-11T16:47:49Z"}
        more = {"created_at": "2026-06-11T16:47:49Z"} if request.method == "GET" else {}
        status = 202 if request.method == "POST" else 200
        return httpx.Response(status, json=facts | more | (BODIES[request.method] or {}))

    def submit(self, key="k"):
        return self.tracker.submit(self.name, "team", self.client, *self.args, key=key, **self.options)

    async def submit_async(self, key="k"):
        return await self.tracker.submit_async(self.name, "team", self.client, *self.args, key=key, **self.options)

    def rows(self):
        return [(row.key, row.state, row.job_id) for row in self.tracker.all()]

    def unresolved(self):
        found = self.tracker.unresolved()
        assert isinstance(found, list)
        return [row.key for row in found]


@pytest.fixture
def case(tmp_path):
    made = Case(tmp_path / "jobs.db")
    yield made
    made.tracker.close()


class Line:
    """A trace function that raises *kind* when the line with this *number* of jobwait is about to run."""

    def __init__(self, number, kind):
        self.left, self.kind = number, kind

    def __call__(self, frame, *_):
        return self.line if frame.f_code.co_filename.startswith(SOURCE) else None

    def line(self, _, event, __):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise self.kind
        return self.line


def interrupted(case, number, kind, *, asynchronous):
    """The error of a submission that *kind* interrupts at the line with this *number*; None if it has ended before."""

    async def traced():
        sys.settrace(Line(number, kind))
        return await case.submit_async()

    before = sys.gettrace()
    try:
        if asynchronous:
            asyncio.run(traced())
        else:
            sys.settrace(Line(number, kind))
            case.submit()
    except (kind, errors.SubmitUnconfirmed, errors.InvalidInput) as error:
        sys.settrace(before)
        return error
    finally:
        sys.settrace(before)
    return None


@pytest.mark.parametrize(
    ("name", "kind", "asynchronous", "step"),
    [
        ("fryte", SoftTimeLimitExceeded, False, 11),
        ("fryte", KeyboardInterrupt, False, 17),
        ("promptforge", SoftTimeLimitExceeded, False, 17),
        ("fryte", asyncio.CancelledError, True, 23),
        ("promptforge", SoftTimeLimitExceeded, True, 31),
    ],
)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_an_exception_at_any_line_of_a_submission_sends_nothing_twice(tmp_path, name, kind, asynchronous, step):
    """
    Once the request is out, the caller gets SubmitUnconfirmed, and unresolved() and settle() know the key.

    Only a row that has the job already needs neither. Each so many-th line of all that jobwait runs is tried.
    """
    number, found = 1 if "JOBWAIT_ALL" in os.environ else step // 2, object()
    while found is not None:
        case = Case(tmp_path / f"{number}.db", name)
        found = interrupted(case, number, kind, asynchronous=asynchronous)
        wake_up._make_lock()  # an exception at the very end of a `with` leaves it locked for other threads
        posts, rows, uncertain = case.asked.count("POST"), case.rows(), case.unresolved()
        taken = ("k", "waiting", "job-1") in rows
        assert posts == 0 or taken or uncertain == ["k"], number
        assert posts == 0 or taken or errors.SubmitUnconfirmed.behind(found), number
        try:
            assert case.submit().id == "job-1"
        except errors.SubmitUnconfirmed:
            assert uncertain == ["k"], number
        assert case.asked.count("POST") <= 1, number
        if uncertain:
            case.tracker.settle("k", None)
            assert case.unresolved() == [], number
        case.tracker.close()
        submissions.under_way.clear()  # an exception in a `finally` itself, which no signal can raise
        number += 1 if "JOBWAIT_ALL" in os.environ else step
    assert posts == 1
    gc.collect()  # what an exception left is removed in this test, whose warnings are expected


@pytest.mark.parametrize("kind", [SoftTimeLimitExceeded, KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("name", SERVICES)
def test_a_time_limit_in_the_middle_of_a_post_keeps_the_key(tmp_path, name, kind):
    """The key is not free: the same one sends nothing, until it is settled."""

    def answer(_):
        raise kind

    case = Case(tmp_path / "jobs.db", name, answer)
    with case.tracker:
        with pytest.raises((errors.SubmitUnconfirmed, KeyboardInterrupt, SystemExit)):
            case.submit()
        assert ([("k", "unresolved", None)], ["k"]) == (case.rows(), case.unresolved())
        with pytest.raises(errors.SubmitUnconfirmed, match="settle"):
            case.submit()
        assert ["POST"] == case.asked
        case.tracker.settle("k", None)
        case.answer = None
        assert case.submit().id


@pytest.fixture
def locked(case):
    """Locks the file for writers, at once and without patience; and unlocks it."""
    case.tracker._database._db.execute("pragma busy_timeout = 0")
    other = sqlite3.connect(case.tracker._database.path, isolation_level=None, check_same_thread=False)
    yield lambda lock: other.execute("begin immediate" if lock else "rollback")
    other.close()


def test_a_note_that_fails_after_the_service_took_the_job_names_it(case, locked):
    """The file is locked when the response comes: the error has the ids, and so has unresolved() once it is free."""
    play = case.play

    def answer(request):
        locked(True)
        case.answer = None
        return play(request)

    case.answer = answer
    with pytest.raises(errors.SubmitUnconfirmed, match=r"took the submission as job job-2.*has it locked") as caught:
        case.submit()
    assert {"job_id": "job-2", "tour_id": "1"} == caught.value.ids
    assert ["k"] == case.unresolved()  # still locked
    locked(False)
    (row,) = case.tracker.unresolved()
    assert {"job_id": "job-2", "tour_id": "1"} == row.ids
    case.tracker.settle("k", fryte.job(case.client, "job-2"))
    assert ("job-2", []) == (case.submit().id, case.unresolved())


def test_a_lock_that_outlives_the_tracker_does_not_hide_the_error(tmp_path):
    """close() cannot write the note either; the next process finds the intent."""
    case = Case(tmp_path / "jobs.db")
    case.tracker._database._db.execute("pragma busy_timeout = 0")
    other, play = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None), case.play

    def answer(request):
        other.execute("begin immediate")
        case.answer = None
        return play(request)

    case.answer = answer
    with pytest.warns(UserWarning, match="locked"), pytest.raises(errors.SubmitUnconfirmed) as caught, case.tracker:
        case.submit()
    assert "job-2" == caught.value.ids["job_id"]
    other.close()
    with Tracker(tmp_path / "jobs.db") as again:
        assert ["k"] == [row.key for row in again.unresolved()]


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY])
@pytest.mark.parametrize("writes", range(4))
@pytest.mark.parametrize("refused", [True, False])
def test_a_file_that_cannot_be_written_at_any_point_loses_nothing(case, monkeypatch, code, writes, refused):
    """After so many writes each fails: nothing is sent without an intent, and a job is in a row or in the error."""
    real, left = case.tracker._database._transaction, [writes]

    def transaction(action):
        left[0] -= 1
        if left[0] < 0:
            error = sqlite3.OperationalError("no")
            error.sqlite_errorcode = code
            raise error
        return real(action)

    if refused:
        case.answer = lambda _: httpx.Response(400, json={"detail": "x"})
    with monkeypatch.context() as patch:
        patch.setattr(case.tracker._database, "_transaction", transaction)
        found = None
        try:
            case.submit()
        except errors.JobWaitError as error:
            found = error
        uncertain = case.unresolved()
    expected = errors.TrackerError if not writes else errors.RequestRejected if refused else None
    if writes == 1 and not refused:
        expected = errors.SubmitUnconfirmed
        assert ("job-1", ["k"]) == (found.ids["job_id"], uncertain)
    assert type(found) is (expected or type(None))
    case.answer = None
    if writes == 1 and not refused:
        with pytest.raises(errors.SubmitUnconfirmed):
            case.submit()
    else:
        assert case.submit().id
    assert case.asked.count("POST") == (1 if not (refused and writes) else 2)


def test_an_id_that_the_file_cannot_hold_is_unresolved(case, monkeypatch):
    """The service took the job, under an id with half a surrogate pair; the row keeps it in an escaped form."""
    odd = fryte.FryteJob(fryte.job(case.client, "x")._state)
    odd._state.ids = {"job_id": "\ud800"}
    monkeypatch.setattr(fryte, "submit", lambda *_, **__: odd)
    with pytest.raises(errors.SubmitUnconfirmed, match="surrogate") as caught:
        case.submit()
    assert {"job_id": "\ud800"} == caught.value.ids
    assert [{"job_id": "\ud800"}] == [row.ids for row in case.tracker.unresolved()]
    case.tracker.settle("k", None)
    with pytest.raises(errors.TrackerError, match="surrogate"):
        case.submit(key="\ud800")


def test_an_intent_that_was_interrupted_before_its_request_is_settled_in_the_same_process(case, monkeypatch):
    """Ctrl-C just after the file has the intent: nobody sends it any more, so it can be settled at once."""
    write = submissions.Intent.write

    def interrupt(intent, *words):
        write(intent, *words)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(submissions.Intent, "write", interrupt)
        with pytest.raises(KeyboardInterrupt):
            case.submit()
    assert ([], ["k"]) == (case.asked, case.unresolved())
    with pytest.raises(errors.SubmitUnconfirmed, match="settle"):
        case.submit()
    case.tracker.settle("k", None)
    assert case.submit().id


def test_a_submission_that_another_thread_sends_is_not_settled(case):
    """It is under way: neither listed nor settled, by no tracker of this process on the file, until it has ended."""
    inside, go_on = threading.Event(), threading.Event()

    def answer(_):
        inside.set()
        go_on.wait()
        return httpx.Response(202, json={"job_id": "j", "tour_id": 1, "optimization_id": 2, "message": "m"})

    case.answer = answer
    thread = threading.Thread(target=case.submit)
    thread.start()
    inside.wait()
    try:
        with Tracker(os.path.relpath(case.tracker._database.path)) as other:
            assert [] == other.unresolved() == case.tracker.unresolved()
            with pytest.raises(errors.TrackerError, match="under way"):
                other.settle("k", None)
            with pytest.raises(errors.SubmitUnconfirmed, match="under way"):
                case.submit()
    finally:
        go_on.set()
        thread.join()
    assert [("k", "waiting", "j")] == case.rows()


@pytest.mark.parametrize(("hours", "listed"), [(1, False), (25, True), (-25, True)])
def test_an_intent_of_another_machine_is_unresolved_a_day_later(case, hours, listed):
    """Nobody here can tell whether that process lives: a container that is made anew has another name."""
    case.answer = lambda _: httpx.Response(500)
    with pytest.raises(errors.SubmitUnconfirmed):
        case.submit()
    set_back = "update jobs set state = 'intent', owner = 'elsewhere:1:2', started = started - 3600 * ?"
    case.tracker._database.write(lambda db: db.execute(set_back, (hours,)))
    assert (["k"] if listed else []) == case.unresolved()
    if listed:
        case.tracker.settle("k", None)


def test_arguments_that_do_not_fit_leave_no_row(case):
    """Nothing was sent, and the key is free."""
    with pytest.raises(TypeError, match="unexpected keyword"):
        case.tracker.submit("fryte", "team", case.client, TOUR, key="k", tenant=3)
    with pytest.raises(errors.InvalidInput):
        case.tracker.submit("fryte", "team", case.client, {}, key="k")
    assert [] == case.unresolved()
    assert case.submit().id == "job-1"


def test_a_job_that_was_added_before_its_submission_was_noted_gets_the_key(case):
    """Another process found it in the service's list meanwhile: the same key still sends nothing."""
    play = case.play

    def answer(request):
        case.tracker.add(fryte.job(case.client, "job-2"), "team")
        case.answer = None
        return play(request)

    case.answer = answer
    assert "job-2" == case.submit().id
    assert "job-2" == case.submit().id
    assert [("k", "job-2")] == [(row.key, row.job_id) for row in case.tracker.pending()]
    assert 2 == case.asked.count("POST")  # play() counted the first one twice


def test_a_key_that_is_settled_with_its_own_job_again_is_left_as_it_is(case):
    """An interruption may have come just after the file had the job."""
    job = case.submit()
    case.tracker.settle("k", job)
    with pytest.raises(errors.TrackerError, match="no unresolved"):
        case.tracker.settle("k", None)
    assert [("k", "waiting", "job-1")] == case.rows()


def test_ids_of_an_unresolved_submission_are_readable_as_json(case):
    """They are stored as an object of strings."""
    case.answer = lambda _: httpx.Response(202, content=json.dumps({"job_id": "..", "tour_id": 7}))
    with pytest.raises(errors.SubmitUnconfirmed):
        case.submit()
    assert [{"job_id": "..", "tour_id": "7"}] == [row.ids for row in case.tracker.unresolved()]


@pytest.mark.parametrize("asynchronous", [False, True])
def test_the_id_of_a_promptforge_job_is_in_the_file_before_its_prompts_are_sent(tmp_path, asynchronous):
    """A process that is killed in the upload leaves it: without an id there, no prompt of that key was ever sent."""
    case = Case(tmp_path / "jobs.db", "promptforge")
    play, seen = case.play, []

    def answer(request):
        with Tracker(tmp_path / "jobs.db") as other:
            seen.append((request.method, [row.ids for row in other]))
        case.answer = None
        response = play(request)
        case.asked.pop()
        case.answer = answer
        return response

    case.answer = answer
    job = asyncio.run(case.submit_async()) if asynchronous else case.submit()
    assert [("POST", [{}]), ("PUT", [{"job_id": job.id}])] == seen
    assert [("k", "waiting", job.id)] == case.rows()
    case.tracker.close()


def test_a_prompt_is_not_sent_where_the_id_cannot_be_noted(tmp_path, monkeypatch):
    """A job without prompts costs nothing; one that nobody knows of would."""
    case = Case(tmp_path / "jobs.db", "promptforge")
    real, left = case.tracker._database._transaction, [1]

    def transaction(action):
        left[0] -= 1
        if left[0] < 0:
            error = sqlite3.OperationalError("no")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return real(action)

    with monkeypatch.context() as patch:
        patch.setattr(case.tracker._database, "_transaction", transaction)
        with pytest.raises(errors.SubmitUnconfirmed) as caught:
            case.submit()
    assert ("job-1", ["POST"]) == (caught.value.ids["job_id"], case.asked)
    assert ["job-1"] == [row.ids["job_id"] for row in case.tracker.unresolved()]
    case.tracker.close()


def test_an_intent_whose_process_died_is_called_unresolved_everywhere(case):
    """In all(), in the iteration and in the counts, as in unresolved()."""
    case.answer = lambda _: httpx.Response(500)
    with pytest.raises(errors.SubmitUnconfirmed):
        case.submit()
    stale = "update jobs set state = 'intent', owner = 'elsewhere:1:2', started = started - 90000"
    case.tracker._database.write(lambda db: db.execute(stale))
    found = [case.tracker.all(), list(case.tracker), case.tracker.unresolved()]
    assert [["unresolved"]] * 3 == [[row.state for row in rows] for rows in found]
    assert {("fryte", "unresolved"): 1} == case.tracker.counts()
