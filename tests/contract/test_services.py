"""The contract between a page and its specification: what types cannot see. A new service adds one row."""

import json
import re
from pathlib import Path

import pytest
from generator.spec.requests.keys import auth

from jobwait._httpx import httpx
from jobwait._jobs.registry import SERVICES, service_named
from jobwait._model.service import at_path
from jobwait._polling.observation import WrongJob, read
from support.services import ADDED, ROWS
from support.specs import effective_spec

PAGES = Path(__file__).parents[2] / "src" / "jobwait"
ALL = [*ROWS, *ADDED]
NAMES = [row.name for row in ALL]
each_service = pytest.mark.parametrize("row", ALL, ids=NAMES)


def answer(document):
    return httpx.Response(200, json=document, request=httpx.Request("GET", "http://service/"))


@pytest.mark.whole
def test_every_service_has_a_row():
    """The services in the tuple and the rows of the tests are the same, and each has a spec; a spec needs no page."""
    specs = {path.parent.name for path in PAGES.parents[1].glob("specs/*/openapi.yaml")}
    assert set(SERVICES) == set(NAMES) <= specs
    assert [service_named(name).name for name in SERVICES] == list(SERVICES)


def has_words(row):
    """Whether the words of one field are the statuses; where several fields decide, rules have them."""
    return not (row.guessed and row.answers)


each_with_words = pytest.mark.parametrize("row", [row for row in ALL if has_words(row)], ids=lambda row: row.name)


@each_with_words
def test_every_status_has_a_verdict(row):
    """Each status that a specification names has the verdict that we mean it to have."""
    assert row.statuses == {status: row.service.statuses.of(status) for status in row.statuses}


@each_with_words
def test_verdicts_name_no_status_that_nobody_documents(row):
    """A page knows just the statuses of its row."""
    statuses = row.service.statuses
    known = statuses.queued | statuses.running | statuses.succeeded | statuses.failed | statuses.canceled
    assert set(row.statuses) == known


def decides_alone(row):
    """Whether one field is the status, and a value of it means success."""
    return not row.answers and "succeeded" in row.statuses.values()


@each_service
def test_an_enum_in_the_spec_is_covered(row):
    """Where the specification lists the statuses, each of them is in the row."""
    text = json.dumps(effective_spec(row.name))
    listed = {
        status
        for values in re.findall(r'"enum": (\[[^\]]*\])', text)
        for status in json.loads(values)
        if status in row.statuses
    }
    assert not listed or listed == set(row.statuses)


@each_service
@pytest.mark.parametrize("status", ["succeeded", "failed", "canceled", "queued", "running"])
def test_a_status_is_read_and_found_raw(row, status):
    """The model and the raw path name the same status in the same body."""
    raw = next((raw for raw, verdict in row.statuses.items() if verdict == status), None)
    if raw is None:
        assert status == "canceled" or not row.service.live_statuses or row.guessed
        return
    body = row.answer(raw)
    reading = read(row.service, answer(body), 0.0)
    assert status == reading.state
    assert row.answers or (raw, raw) == (reading.raw_status, str(at_path(row.service.status_path)(body)))


@pytest.mark.parametrize("row", [row for row in ALL if not row.answers], ids=lambda row: row.name)
def test_an_unknown_status_is_read_and_never_done(row):
    """A status that the specification does not name decodes, and is unknown."""
    reading = read(row.service, answer(row.answer("BREWING")), 0.0)
    assert "unknown" == reading.state


@pytest.mark.parametrize("row", [row for row in ALL if decides_alone(row)], ids=lambda row: row.name)
def test_a_terminal_status_survives_a_body_that_does_not_decode(row):
    """What else is wrong with an answer does not hide that the job has ended."""
    raw = next(raw for raw, verdict in row.statuses.items() if verdict == "succeeded")
    body = row.answer(raw)
    top = row.service.status_path.partition(".")[0]
    reading = read(row.service, answer({top: body[top]}), 0.0)
    assert "succeeded" == reading.state
    assert (reading.snapshot is None) == (reading.error is not None)


@each_service
def test_the_look_is_a_get_that_names_the_job(row):
    """A look is one GET with the job's id in its path and the key, if the service wants one."""
    key = ["a-key-for-tests"] if row.service.key_variable else []
    with row.connect(*key, base_url="http://127.0.0.1:1") as client:
        request = row.service.poll(client, row.ids)
    assert request.method == "GET"
    assert row.ids[row.service.id] in request.url.path
    wanted = auth(effective_spec(row.name)).needed
    sent = request.url.raw_path.decode() + "".join(value for _, value in request.headers.multi_items())
    assert wanted == ("a-key-for-tests" in sent)


@each_service
def test_progress_and_size_are_read(row):
    """Progress, reason and size never fail on a body that has none of them."""
    snapshot = read(row.service, answer(row.answer(next(iter(row.statuses), ""))), 0.0).snapshot
    read_fields = (row.service.progress(snapshot), row.service.reason(snapshot), row.service.size(snapshot))
    assert row.guessed or (None, None, None) == read_fields  # an added service may require them


def names_its_job(row):
    """Whether a status answer names the job at its top, where it can be read even if the rest cannot."""
    return "." not in row.service.status_path and row.service.id in row.answer(next(iter(row.statuses)))


@pytest.mark.parametrize("row", [row for row in ROWS if names_its_job(row)], ids=lambda row: row.name)
def test_another_jobs_end_is_not_ours(row):
    """A body that does not decode, names another job and a terminal status ends no wait; without a name it does."""
    raw = next(raw for raw, verdict in row.statuses.items() if verdict == "succeeded")
    body = {**{name: [] for name in row.answer(raw)}, row.service.status_path: raw}
    body.pop(row.service.id, None)
    assert "succeeded" == read(row.service, answer(body), 0.0, "mine").state
    with pytest.raises(WrongJob):
        read(row.service, answer({**body, row.service.id: "another"}), 0.0, "mine")
