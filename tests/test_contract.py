"""The contract between a page and its specification: what types cannot see. A new service adds one row."""

import json
import re
from pathlib import Path

import httpx
import pytest

from generator import effective_spec
from jobwait._reading import read
from jobwait._service import raw_status
from jobwait._services import SERVICES, service_named
from services import NAMES, ROWS

PAGES = Path(__file__).parents[1] / "src" / "jobwait"
each_service = pytest.mark.parametrize("row", ROWS, ids=NAMES)


def answer(document):
    return httpx.Response(200, json=document, request=httpx.Request("GET", "http://service/"))


@pytest.mark.whole
def test_every_service_has_a_row():
    """The services in the tuple, the specs and the rows of the tests are the same."""
    specs = {path.parent.name for path in PAGES.parents[1].glob("specs/*/openapi.yaml")}
    assert set(SERVICES) == set(NAMES) == specs
    assert [service_named(name).name for name in SERVICES] == list(SERVICES)


@each_service
def test_every_status_has_a_verdict(row):
    """Each status that a specification names has the verdict that we mean it to have."""
    assert row.statuses == {status: row.service.verdicts.of(status) for status in row.statuses}


@each_service
def test_verdicts_name_no_status_that_nobody_documents(row):
    """A page knows just the statuses of its row."""
    verdicts = row.service.verdicts
    known = verdicts.queued | verdicts.running | verdicts.succeeded | verdicts.failed | verdicts.canceled
    assert set(row.statuses) == known


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
def test_a_status_is_read_and_found_raw(row):
    """The model and the raw path name the same status in the same body, for each status that the row has."""
    for raw, verdict in row.statuses.items():
        reading = read(row.service, row.ids[row.service.id], answer(row.answer(raw)), 0.0)
        assert (raw, verdict) == (reading.raw_status, reading.verdict)
        assert raw == raw_status(row.service, row.answer(raw))


@each_service
def test_an_unknown_status_is_read_and_never_done(row):
    """A status that the specification does not name decodes, and is unknown."""
    reading = read(row.service, row.ids[row.service.id], answer(row.answer("BREWING")), 0.0)
    assert ("unknown", "BREWING") == (reading.verdict, reading.raw_status)


@each_service
def test_a_terminal_status_survives_a_body_that_does_not_decode(row):
    """What else is wrong with an answer does not hide that the job has ended."""
    raw = next(raw for raw, verdict in row.statuses.items() if verdict == "succeeded")
    reading = read(row.service, row.ids[row.service.id], answer(row.bare(raw)), 0.0)
    assert ("succeeded", None) == (reading.verdict, reading.snapshot)
    assert reading.error is not None


@each_service
def test_the_look_is_a_get_that_names_the_job(row):
    """A look is one GET with the job's id in its path and the key in its header."""
    with row.connect("a-key-for-tests", base_url="http://127.0.0.1:1") as client:
        request = row.service.look(client, row.ids)
    assert request.method == "GET"
    assert row.ids[row.service.id] in request.url.path
    assert "a-key-for-tests" in request.headers[client.auth_header_name]


@each_service
def test_progress_and_size_are_read(row):
    """Progress, reason and size never fail on a body that has none of them."""
    snapshot = read(row.service, row.ids[row.service.id], answer(row.answer(next(iter(row.statuses)))), 0.0).snapshot
    assert (
        row.service.progress(snapshot),
        row.service.reason(snapshot),
        row.service.size(snapshot),
    ) == (None, None, None)
