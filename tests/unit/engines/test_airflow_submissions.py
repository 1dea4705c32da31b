"""A submit operator sends once, whatever ends its tries: a time limit or a death at any line, a refusal, an outage."""

import json
import os
from types import SimpleNamespace

import pytest
from tests.support.services import TOUR
from tests.unit.engines import fake_airflow
from tests.unit.engines.fake_airflow import CONNECTIONS, AirflowException, AirflowFailException, Connection
from tests.unit.engines.interruptions import before_each_line, raising, unlock

from jobwait import errors, fryte
from jobwait._httpx import httpx
from jobwait._polling import rate_limits

TAKEN = {"job_id": "j-1", "tour_id": 1, "optimization_id": 2, "message": "m"}
KEY = "jobwait_submission"
CONNECT = fryte.connect
EVERY = 1 if os.environ.get("JOBWAIT_ALL") else 7  # lines between two interruptions


@pytest.fixture(scope="module")
def airflow():
    """The adapter, imported with a fake Airflow."""
    with fake_airflow.installed():
        import jobwait.engines.airflow

        yield jobwait.engines.airflow


class Store:
    """Airflow's task state store: it outlives a try. broken: nothing can be written."""

    def __init__(self, **kept):
        self.kept = {key: json.dumps(value) for key, value in kept.items()}
        self.broken = False

    def get(self, key):
        return json.loads(self.kept[key]) if key in self.kept else None

    def set(self, key, value):
        if self.broken:
            raise ConnectionError
        self.kept[key] = json.dumps(value)

    def delete(self, key):
        self.kept.pop(key, None)


class Case:
    """One task instance: *posts* are the submissions that reached the service, *store* what Airflow keeps."""

    def __init__(self, airflow, monkeypatch, answer=lambda: httpx.Response(202, json=TAKEN), retries=3):
        rate_limits.forget()
        self.posts, self.store, self.retries, self.answer = 0, Store(), retries, answer
        transport = httpx.MockTransport(self.respond)
        monkeypatch.setattr(fryte, "connect", lambda *words, **more: CONNECT(*words, **more, transport=transport))
        CONNECTIONS["fryte"] = Connection("fryte", "key")
        self.operator = airflow.SubmitFryteOperator(task_id="a", conn_id="fryte", tour=TOUR, retries=retries)

    def respond(self, request):
        self.posts += request.method == "POST"
        return self.answer()

    def run(self, number=1, clears=0, store=None):
        """What the try with this *number* returns; the task was cleared after so many tries."""
        instance = SimpleNamespace(try_number=number, max_tries=clears + self.retries)
        return self.operator.execute({"task_state_store": store or self.store, "ti": instance})


class TaskTimeout(BaseException):
    """As Airflow raises it from a signal handler."""


class SoftTimeLimit(Exception):
    """As other programs raise it from one."""


def lines_of(case):
    """How many lines of jobwait's a submission runs."""
    numbers = [0]
    with before_each_line(numbers.append):
        assert "j-1" == case.run()
    return numbers[-1]


def ended(case, number=1):
    """How a try ends that Airflow does not try again: the id, or what the failure says."""
    try:
        return case.run(number)
    except AirflowFailException as error:
        return str(error)


@pytest.mark.filterwarnings("ignore:a hook of jobwait raised:RuntimeWarning")  # one that is called is no wait's end
@pytest.mark.parametrize("kind", [TaskTimeout, SoftTimeLimit])
def test_a_time_limit_at_any_line_of_a_submission_makes_no_second_one(airflow, monkeypatch, kind):
    """Airflow tries again unless it is told not to: one request in all; its job is known, or said to be in doubt."""
    last, seen = lines_of(Case(airflow, monkeypatch)), set()
    for at in range(1, last + 1, EVERY):
        case, tries = Case(airflow, monkeypatch), 1
        try:
            with before_each_line(raising(at, kind)):
                end = ended(case)
        except (kind, AirflowException):
            sent, tries = case.posts, 2
            unlock()
            end = ended(case, 2)
            assert sent or end == "j-1", at
        unlock()
        assert "j-1" == end or "Airflow does not send it again" in end, at
        assert int(end == "j-1") <= case.posts <= 1, at
        seen.add((tries, end == "j-1"))
    assert {(2, True), (1, False)} <= seen


def test_a_worker_that_is_killed_at_any_line_of_a_submission_leaves_no_second_one(airflow, monkeypatch):
    """What Airflow and the service have at a line is what a kill there leaves; the retry goes on from that."""
    case, left = Case(airflow, monkeypatch), []
    with before_each_line(lambda _: left.append((case.posts, json.dumps(case.store.kept)))):
        case.run()
    found = []
    for posts, kept in dict.fromkeys(left):
        later = Case(airflow, monkeypatch)
        later.store.kept = json.loads(kept)
        found.append((posts, ended(later, 2)[:42], later.posts))
    doubt = "Try 1 of this task began to submit to fryte"[:42]
    assert [(0, "j-1", 1), (0, doubt, 0), (1, doubt, 0), (1, "j-1", 0)] == found


def test_a_task_that_is_cleared_submits_anew(airflow, monkeypatch):
    """Clearing it asks for that, whatever its earlier tries left; retries after it know the tries since then alone."""
    case = Case(airflow, monkeypatch)
    case.run()
    assert (1, "j-1") == (case.posts, case.run(2))
    assert 1 == case.posts
    case.run(3, clears=2)
    assert 2 == case.posts
    case.run(4, clears=2)
    assert 2 == case.posts
    case.store.set(KEY, {"try": 4})
    with pytest.raises(AirflowFailException, match="clear the task"):
        case.run(5, clears=2)
    case.run(6, clears=5)
    assert 3 == case.posts


@pytest.mark.parametrize(
    "note", ["text", 7, [], {}, {"try": "1"}, {"try": True}, {"try": 1e300}, {"try": 10**400}, {"try": 2, "job_id": 7}]
)
def test_a_note_that_cannot_be_read_is_a_doubt_and_no_reason_to_submit(airflow, monkeypatch, note):
    """Somebody else wrote it, or a version to come; on a task's first try it means nothing."""
    case = Case(airflow, monkeypatch)
    case.store = Store(**{KEY: note})
    with pytest.raises(AirflowFailException, match="Airflow does not send it again"):
        case.run(3)
    assert 0 == case.posts


@pytest.mark.parametrize(
    ("answer", "raised", "again"),
    [
        (lambda: httpx.Response(422, json={"detail": [{"loc": ["x"], "msg": "no", "type": "t"}]}), "refused", False),
        (lambda: httpx.Response(429, headers={"retry-after": "7000"}), errors.RateLimited, True),
        (lambda: httpx.Response(401, json={"detail": "no"}), errors.NotAuthorized, True),
    ],
)
def test_a_submission_that_certainly_was_not_taken_leaves_no_note(airflow, monkeypatch, answer, raised, again):
    """A refusal for good fails the task; what may pass is left to Airflow's retries, which send it."""
    case = Case(airflow, monkeypatch, answer)
    with pytest.raises(AirflowFailException if raised == "refused" else raised):
        case.run()
    assert {} == case.store.kept
    if again:
        rate_limits.forget()  # an hour later
        case.answer = lambda: httpx.Response(202, json=TAKEN)
        assert "j-1" == case.run(2)


def test_a_job_that_cannot_be_noted_is_named_and_not_submitted_again(airflow, monkeypatch):
    """Airflow's database cannot be reached once the service has answered: the failure has the id."""
    case = Case(airflow, monkeypatch)

    def answer():
        case.store.broken = True
        return httpx.Response(202, json=TAKEN)

    case.answer = answer
    with pytest.raises(AirflowFailException, match="job j-1 was submitted, and ConnectionError ended the task"):
        case.run()
    with pytest.raises(AirflowFailException, match="Look at your jobs there"):
        case.run(2)
    assert 1 == case.posts


def test_a_note_that_cannot_be_written_sends_nothing(airflow, monkeypatch):
    """Without a note a death could not be told from a beginning."""
    case = Case(airflow, monkeypatch)
    case.store.broken = True
    with pytest.raises(ConnectionError):
        case.run()
    assert 0 == case.posts
