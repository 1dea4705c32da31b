"""The last answer is kept as bytes, and one that is the same again is not taken apart again."""

import httpx
import pytest
from attrs import evolve

from jobwait._polling.observation import read
from jobwait.testing import EPOCH, simulate
from promptforge_client.errors import InternalServerError
from support.waits import DONE, NAME, PROMPTFORGE, World, batch


def _answer(body, **headers):
    return httpx.Response(200, json=body, headers=headers)


def _counting():
    """PromptForge, and the answers that it has decoded."""
    decoded = []

    def parse(response):
        decoded.append(response)
        return PROMPTFORGE.parse(response)

    return evolve(PROMPTFORGE, parse=parse), decoded


def test_an_answer_that_is_the_same_again_is_decoded_once():
    """Most looks at most jobs show nothing new."""
    service, decoded = _counting()
    report = simulate(service, lambda t: DONE if t >= 100 else batch(), 100.0)
    assert report.polls > 15
    assert 1 < len(decoded) < 8
    assert report.outcome.state == "succeeded"


def test_what_changes_is_decoded_again():
    """One count more is another answer."""
    first = read(PROMPTFORGE, _answer(batch(done=1)), EPOCH, NAME)
    same = read(PROMPTFORGE, _answer(batch(done=1)), EPOCH, NAME, first)
    other = read(PROMPTFORGE, _answer(batch(done=2)), EPOCH, NAME, first)
    assert same.cached is first.cached
    assert 2 == other.progress.done == other.snapshot.completed_count


def test_the_servers_word_is_read_each_time():
    """Retry-After stands in the headers: the same body may come with another."""
    first = read(PROMPTFORGE, _answer(batch()), EPOCH, NAME)
    later = read(PROMPTFORGE, _answer(batch(), **{"Retry-After": "7"}), EPOCH, NAME, first)
    assert first.retry_after is None
    assert 7 == later.retry_after
    assert later.snapshot == first.snapshot


def test_a_status_that_is_no_success_is_read_as_one_that_is_none():
    """The same body under another status is another answer."""
    first = read(PROMPTFORGE, _answer(batch()), EPOCH, NAME)
    with pytest.raises(InternalServerError):
        read(PROMPTFORGE, httpx.Response(500, json=batch()), EPOCH, NAME, first)


def test_a_model_that_was_put_away_is_made_again():
    """Only its body is kept meanwhile; what comes back is equal."""
    reading = read(PROMPTFORGE, _answer(batch(done=3)), EPOCH, NAME)
    before = reading.snapshot
    reading.cached.release()
    assert reading.snapshot is not before
    assert before == reading.snapshot


def test_a_wait_leaves_no_model_behind():
    """Between looks a job holds the bytes of its last answer, and no model."""
    world = World(lambda t: batch(done=int(t)))
    world.wait(timeout=60)
    assert world.job_state.cached._model is None
    assert batch()["job_id"] == world.job_state.snapshot.job_id
