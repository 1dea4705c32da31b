"""The last response is stored as bytes, and an equal one is not decoded again."""

import pytest
from attrs import evolve

from jobwait._httpx import httpx
from jobwait._polling.observation import read
from jobwait.testing import EPOCH, simulate
from promptforge_client.errors import InternalServerError
from support.waits import DONE, NAME, PROMPTFORGE, World, batch


def _answer(body, **headers):
    return httpx.Response(200, json=body, headers=headers)


def _counting():
    """PromptForge, and the responses that it has decoded."""
    decoded = []

    def parse(response):
        decoded.append(response)
        return PROMPTFORGE.parse(response)

    return evolve(PROMPTFORGE, parse=parse), decoded


def test_an_equal_response_is_decoded_once():
    """Most polls of most jobs report nothing new."""
    service, decoded = _counting()
    report = simulate(service, lambda t: DONE if t >= 100 else batch(), 100.0)
    assert report.polls > 15
    assert 1 < len(decoded) < 8
    assert report.outcome.state == "succeeded"


def test_a_changed_response_is_decoded_again():
    """A count that differs by one makes another response."""
    first = read(PROMPTFORGE, _answer(batch(done=1)), EPOCH, NAME)
    same = read(PROMPTFORGE, _answer(batch(done=1)), EPOCH, NAME, first)
    other = read(PROMPTFORGE, _answer(batch(done=2)), EPOCH, NAME, first)
    assert same.cached is first.cached
    assert 2 == other.progress.done == other.snapshot.completed_count


def test_retry_after_is_read_from_each_equal_response():
    """Retry-After is a header: an equal body may come with another value."""
    first = read(PROMPTFORGE, _answer(batch()), EPOCH, NAME)
    later = read(PROMPTFORGE, _answer(batch(), **{"Retry-After": "7"}), EPOCH, NAME, first)
    assert first.retry_after is None
    assert 7 == later.retry_after
    assert later.snapshot == first.snapshot


def test_an_equal_body_with_an_error_status_is_an_error():
    """The same body with another status code is another response."""
    first = read(PROMPTFORGE, _answer(batch()), EPOCH, NAME)
    with pytest.raises(InternalServerError):
        read(PROMPTFORGE, httpx.Response(500, json=batch()), EPOCH, NAME, first)


def test_a_released_model_is_decoded_again():
    """Only its body is stored meanwhile; the new model is equal."""
    reading = read(PROMPTFORGE, _answer(batch(done=3)), EPOCH, NAME)
    before = reading.snapshot
    reading.cached.release()
    assert reading.snapshot is not before
    assert before == reading.snapshot


def test_a_wait_stores_no_model_between_polls():
    """Between polls a job holds the bytes of its last response, and no model."""
    world = World(lambda t: batch(done=int(t)))
    world.wait(timeout=60)
    assert world.job_state.cached._model is None
    assert batch()["job_id"] == world.job_state.snapshot.job_id
