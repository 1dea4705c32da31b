"""Watches in a tracker and in tokens: ref and id alone are stored, and only the caller resolves them."""

import json
import sqlite3

import pytest

from jobwait import promptforge, resume
from jobwait.errors import InvalidInput, TokenRefused, TrackerError
from jobwait.testing import FakeServer, virtual_time
from jobwait.tracker import Tracker
from jobwait.tracker.database import TrackerWarning
from support.waits import DONE as FORGED
from support.waits import NAME, connect
from support.watched import DONE, RUNNING, kiln, scripted

REF = "shop.jobs:Kiln.watched"


def made(*answers, **more):
    """A function that makes the watch of an id, whose function answers as told."""
    return lambda job_id: kiln(scripted(*answers), **{"id": job_id, "ref": REF, **more})


def test_a_token_holds_ref_and_id_and_needs_the_function_again():
    """Deadline and counts go on; nothing is imported because a token says so."""
    with virtual_time():
        job = made(RUNNING)("7")
        next(job.updates(timeout=100))
        token = job.token()
        facts = json.loads(token)
        assert ("kiln", REF, {"job_id": "7"}) == (facts["service"], facts["host"], facts["ids"])
        again = resume(token, watched={"kiln": made(RUNNING)})
        outcome = again.outcome()
        assert ("timed_out", True) == (outcome.state, outcome.polls > 1)
        assert DONE == resume(token, watched={"kiln": made(DONE)}).wait()
    with pytest.raises(InvalidInput, match=r"ref=\"package.module:function\""):
        kiln(scripted(DONE)).token()
    with connect(FakeServer()) as client, pytest.raises(InvalidInput, match=f"for the watch kiln.*{REF}"):
        resume(token, client)
    with connect(FakeServer(FORGED)) as client, pytest.raises(InvalidInput, match="pass a client"):
        resume(promptforge.job(client, NAME).token(), watched={})
    with pytest.raises(TokenRefused):
        resume(token.replace('"7"', '"8"'), watched={"kiln": made(DONE)})


@pytest.mark.parametrize(
    ("watched", "sentence"),
    [
        ({}, "No function was given"),
        ({"kiln": lambda job_id: DONE}, "returned dict for the id 7; it must return the watch"),
        ({"kiln": made(DONE, id="8")}, "made the watch kiln of 8"),
        ({"kiln": made(DONE, ref="shop.jobs:other")}, "ref='shop.jobs:other'"),
        ({"kiln": made(DONE, name="oven")}, "made the watch oven"),
        ({"kiln": 5}, "plain function"),
        ("kiln", "must be a mapping"),
    ],
)
def test_a_function_that_does_not_fit_is_refused(watched, sentence):
    """It must make the watch of that name, id and ref."""
    token = made(RUNNING)("7").token()
    with pytest.raises(InvalidInput, match=sentence):
        resume(token, watched=watched)


def test_a_tracker_waits_for_watches_with_jobs_of_services(tmp_path):
    """Rows hold ref and id; each run is given the functions; without one, the rows are left with a warning."""
    path, ended = tmp_path / "jobs.db", []

    def note(tracked):
        ended.append((tracked.service, tracked.job_id, tracked.state))

    with virtual_time(), connect(FakeServer(FORGED)) as client, Tracker(path) as tracker:
        tracker.add(made(RUNNING)("7"), key="mine")
        tracker.add_all([(made(RUNNING)("8"), None), (made(RUNNING)("8"), None)], "shop")
        tracker.add(promptforge.job(client, NAME))
        with pytest.raises(InvalidInput, match="pass connect="):
            tracker.run(watched={"kiln": made(DONE)})
        with pytest.raises(InvalidInput, match="ref="):
            tracker.add(kiln(scripted(DONE)))
        with pytest.warns(TrackerWarning, match=f"kiln.*{REF}.*left for a run in Python") as heard:
            assert 1 == tracker.run(lambda account: client, on_outcome=note)
        assert ([("promptforge", NAME, "succeeded")], 1) == (ended, len(heard))
        rows = list(tracker.pending())
        assert [("7", REF, REF), ("8", "shop", REF)] == [(row.job_id, row.account, row.host) for row in rows]
        with pytest.raises(TrackerError, match=f"call {REF} with the id 7"):
            rows[0].job(client)
        with pytest.raises(InvalidInput, match="must be a mapping"):
            tracker.run(watched=5)
        assert 0 == tracker.run(watched={"kiln": made(RUNNING)}, timeout=30)
        assert ["timed_out"] * 2 == [row.last_wait for row in tracker.pending()]
        assert 2 == tracker.run(lambda account: client, watched={"kiln": made(DONE)}, on_outcome=note)
    assert {("kiln", "7", "succeeded"), ("kiln", "8", "succeeded")} <= set(ended)
    with sqlite3.connect(path) as db:
        stored = str(db.execute("select * from jobs join accounts on accounts.id = account").fetchall())
    assert "status" not in stored
    db.close()


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_watch_is_tracked_in_a_loop(backend, tmp_path):
    """run_async() takes the same functions."""
    import anyio

    async def main(clock):
        async def call():
            await clock.sleep_async(1)
            return DONE

        with Tracker(tmp_path / "jobs.db") as tracker:
            tracker.add(kiln(call, ref=REF))
            return await tracker.run_async(watched={"kiln": lambda job_id: kiln(call, id=job_id, ref=REF)})

    with virtual_time() as clock:
        assert 1 == anyio.run(main, clock, backend=backend)
