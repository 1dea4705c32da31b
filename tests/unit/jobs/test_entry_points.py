"""Every function that waits, with one table of responses: the same end by the same polls."""

import anyio
import pytest

from jobwait import (
    Policy,
    as_completed,
    as_completed_async,
    errors,
    freeplay,
    fryte,
    promptforge,
    updates,
    updates_async,
    wait_all,
    wait_all_async,
)
from jobwait.testing import FakeServer, Reply
from support.waits import DONE, NAME, batch, prompt, tour

QUICK = Policy(interval=0.002, min_interval=0.001, outage=0)
HTML = Reply(200, "<html>Sign in</html>", {"content-type": "text/html"})
ANSWERS = {
    "it succeeds": (promptforge, [batch("QUEUED"), batch(done=5), DONE], "succeeded", 3),
    "it has ended already": (fryte, [tour("not_drivable")], "succeeded", 1),
    "it fails": (freeplay, [prompt(step=1), prompt("failed", error_message="no rows")], "failed", 2),
    "it is canceled": (promptforge, [batch("CANCELLED")], "canceled", 1),
    "a blip": (fryte, [tour(), 502, HTML, tour("succeeded")], "succeeded", 4),
    "an unknown status": (freeplay, [prompt("polishing"), prompt("completed")], "succeeded", 2),
    "an undecodable end": (promptforge, [batch(), Reply(200, '{"status": "COMPLETED"}')], "succeeded", 2),
    "a 404": (fryte, [404], "unreachable", 1),
    "a 404 once seen": (fryte, [tour(), 404, tour("succeeded")], "succeeded", 3),
    "two 404s once seen": (fryte, [tour(), 404, 404], "unreachable", 3),
    "a page of a proxy": (freeplay, [prompt(), Reply(403, "<p>", HTML.headers), prompt("completed")], "succeeded", 3),
    "a refusal": (freeplay, [403], "unreachable", 1),
    "five failures": (promptforge, [502], "unreachable", 5),
    "a Retry-After beyond the deadline": (promptforge, [Reply(429, {}, {"retry-after": "86400"})], "unreachable", 1),
}


def _only(states):
    """The one there is: a job ends once."""
    (one,) = states
    return one


def _outcome(job):
    return job.outcome(policy=QUICK).state


def _wait(job):
    seen = []
    try:
        job.wait(policy=QUICK, on_update=seen.append)
    except errors.JobWaitError:
        assert seen[-1].why
    return seen[-1].state


def _updates(job):
    return _only([update.state for update in job.updates(policy=QUICK) if update.terminal])


def _all(job):
    return wait_all([job], policy=QUICK)[0].state


def _completed(job):
    return _only([outcome.state for outcome in as_completed([job], policy=QUICK)])


def _joint(job):
    return _only([update.state for update in updates([job], policy=QUICK) if update.terminal])


async def _outcome_async(job):
    return (await job.outcome_async(policy=QUICK)).state


async def _updates_async(job):
    return _only([update.state async for update in job.updates_async(policy=QUICK) if update.terminal])


async def _all_async(job):
    return (await wait_all_async([job], policy=QUICK))[0].state


async def _completed_async(job):
    return _only([outcome.state async for outcome in as_completed_async([job], policy=QUICK)])


async def _joint_async(job):
    return _only([update.state async for update in updates_async([job], policy=QUICK) if update.terminal])


ENTRIES = [_outcome, _wait, _updates, _all, _completed, _joint]
ASYNC_ENTRIES = [_outcome_async, _updates_async, _all_async, _completed_async, _joint_async]
WAYS = [(entry, None) for entry in ENTRIES] + [(entry, loop) for entry in ASYNC_ENTRIES for loop in ("asyncio", "trio")]


def _job(page, client):
    return freeplay.job(client, "p", NAME) if page is freeplay else page.job(client, NAME)


@pytest.mark.parametrize(("entry", "loop"), WAYS, ids=lambda one: getattr(one, "__name__", one) or "threads")
@pytest.mark.parametrize("case", ANSWERS)
@pytest.mark.filterwarnings("ignore::jobwait.errors.UnknownStatusWarning")
def test_every_entry_point_gives_the_same_end_and_polls(case, entry, loop, monkeypatch):
    """Sync, asyncio or trio, one job or many, outcome or updates."""
    page, responses, state, polls = ANSWERS[case]
    monkeypatch.setattr("jobwait._polling.retry.classify.RetryDecision.pause", lambda *_: 0.001)
    server = FakeServer(*responses)
    key = f"{case}_{entry.__name__}_{loop}".replace(
        " ", "_"
    )  # an account of its own: all waits of an account share its limits

    async def main():
        async with page.connect(key, transport=server) as client:
            return await entry(_job(page, client))

    if loop is None:
        with page.connect(key, transport=server) as client:
            found = entry(_job(page, client))
    else:
        found = anyio.run(main, backend=loop)
    assert (state, polls) == (found, len(server.requests))
