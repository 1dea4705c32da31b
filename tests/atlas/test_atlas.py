"""The declarations of public job APIs: those of the atlas, and the others that a declaration can say, held here."""

import json
import re
import warnings
from pathlib import Path

import anyio
import pytest

from jobwait import atlas
from jobwait._httpx import httpx
from jobwait._polling.observation import state_of
from jobwait.errors import InvalidInput, UnknownStatusWarning
from jobwait.service import check, load
from jobwait.testing import FakeServer, Reply, virtual_time
from jobwait.testing.fake_server import FakeServerError
from support.played import REASON, SECONDS_LEFT, Played

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ATLAS = sorted(ROOT.glob("src/jobwait/atlas/entries/*.json"))
PAGE = ROOT / "docs/atlas.md"
ALL = [*ATLAS, *sorted(HERE.glob("declarations/*.json"))]
ENDED_BADLY = {"failed", "canceled"}
ENDS = ("succeeded", "failed", "canceled", "needs_input")


def read(path):
    """The JSON in the file at *path*."""
    return json.loads(path.read_text("utf-8"))


def judged(service, sample):
    """*sample* with the state, progress and reason that *service* reads from its answer."""
    asked = httpx.Request("GET", "https://example.invalid")
    response = httpx.Response(sample["http"], headers=sample["headers"], json=sample["body"], request=asked)
    answer = service.parse(response)
    state, _ = state_of(service, response, answer)
    progress = service.progress(answer) if service.progress else None
    reason = service.reason(answer) if state in ENDED_BADLY else None
    return {**sample, "state": state, "progress": progress and [progress.done, progress.total], "reason": reason}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_declaration_reads_each_sample(path):
    """A declaration loads without a remark, and reads each sample of its API's answers as it is noted there."""
    entry, samples = read(path), read(HERE / "samples" / path.name)
    service = load(entry)
    assert [] == list(check(entry))
    assert {"title", "sources", "checked", "unknown", "x-job"} == entry.keys() - {"notes"}
    assert path.stem == service.name
    assert samples == [judged(service, sample) for sample in samples]
    assert {"running", "succeeded"} <= {sample["state"] for sample in samples}
    assert len(samples) >= 4


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_declared_requests_can_be_made(path):
    """With ids and a key a job is waited for, its result is got, and cancel and list ask the service's own host."""
    service = load(read(path))
    sample = next(one for one in read(HERE / "samples" / path.name) if one["state"] == "succeeded")
    network = FakeServer(Reply(sample["http"], sample["body"], sample["headers"]))
    home = service.declaration.server or "https://example.invalid"
    ids = {name: f"{name}-1" for name in service.declaration.ids}
    if service.declaration.poll is None:
        ids["status_url"] = f"{home}/status/1"
    key = "user:key" if service.declaration.key else None
    with virtual_time(), service.connect(key, base_url=home, transport=network) as client:
        job = service.job(client, **ids)
        assert sample["body"] == job.wait()
        found = job.result()
        if service.declaration.result.link:
            assert sample["result"] == str(network.requests.pop().url)
        elif sample["result"] is not None:
            assert sample["result"] == found
        if service.cancel:
            job.cancel()
        if service.declaration.listing:
            named = [name for name in ids if name in service.declaration.listing.endpoint.variables]
            with pytest.raises(FakeServerError, match="has no list"):  # it answers with the job
                service.list_jobs(client, **{name: ids[name] for name in named})
    assert {httpx.URL(home).host} == {request.url.host for request in network.requests}


async def by_tasks(service, connection, ids, arguments, cancels):
    """What `by_threads` does, by the async functions."""
    async with connection as client:
        job = await service.submit_async(client, {}, **arguments) if service.declaration.submit else None
        job = job or service.job(client, **ids)
        if cancels:
            await job.cancel_async()
        seen = []
        outcome = await job.outcome_async(on_update=seen.append)
        return job, outcome, seen


def by_threads(service, connection, ids, arguments, cancels):
    """Submit a job if that is declared, cancel it if asked, and wait: the handle, the outcome and the updates."""
    with connection as client:
        job = service.submit(client, {}, **arguments) if service.declaration.submit else service.job(client, **ids)
        if cancels:
            job.cancel()
        seen = []
        return job, job.outcome(on_update=seen.append), seen


def states_in_list(service, played):
    """The states of the jobs in a list, by their ids, where its items have them; None if they do not."""
    reply = played.listed("succeeded") if service.declaration.listing else None
    assert (reply is None) is (service.listing is None)
    if reply is None:
        return None
    listed, _ = service.listing.read(httpx.Response(200, json=reply.body), {played.own_id: {}})
    return {one.job_id: service.statuses.of(one.raw_status) for one in listed}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_declaration_is_replayed(path):
    """
    A server made of the declaration plays each end; the job is submitted, and canceled where that can be.

    Before the end it is queued, runs with a progress and asks for a pause, and has a status that nobody documents.
    """
    job = read(path)["x-job"]
    service = load(job)
    declared = service.declaration
    home = declared.server or "https://example.invalid"
    ids = {name: f"{name}-1" for name in declared.ids}
    own = ids[declared.ids[-1]]
    played = Played(service, job, own)
    if declared.poll is None:
        ids["status_url"] = f"{home}/status/{own}"
    submit = declared.submit
    arguments = {name: f"{name}-1" for name in submit.endpoint.variables} if submit else {}
    ends = {end: reply for end in ENDS if (reply := played.answer(end))}
    said = {rule["state"] for rule in job.get("rules", ())} | job.get("state", {}).keys()
    assert ends.keys() == said & set(ENDS)
    assert states_in_list(service, played) in (None, {own: "succeeded"})
    running = played.answer("running", {"Retry-After": "400"})
    live = [played.answer("queued"), running, played.answer("unknown")]
    for number, (end, last) in enumerate(ends.items(), ALL.index(path)):
        cancels = end == "canceled" and declared.cancel is not None
        before = [*([played.submitted(ids.get("status_url", ""))] if submit else []), *([200] if cancels else [])]
        replies = [*before, *(one for one in live if one), last]
        wait = (by_threads, by_tasks)[number % 2]  # over all declarations each end has both forms
        server = FakeServer(*replies)
        key = "user:key" if declared.key else None
        connection = service.connect(key, base_url=home, transport=server)
        with virtual_time() as clock, warnings.catch_warnings():
            warnings.simplefilter("ignore", UnknownStatusWarning)
            given = (service, connection, ids, arguments, cancels)
            handle, outcome, seen = anyio.run(wait, *given) if wait is by_tasks else wait(*given)
        assert (end, len(replies)) == (outcome.state, len(server.requests)), path.stem
        assert handle.id.endswith(own)
        assert (clock.now >= 400) is (running is not None)
        if end == "failed" and "reason" in job:
            assert service.reason(outcome.snapshot) == REASON
        progress = next((one.progress for one in seen if one.state == "running" and one.progress), None)
        assert bool(progress) is bool(running and job.get("progress", {}).keys() - {"seconds_left"})
        if "seconds_left" in job.get("progress", {}):
            assert service.time_left(running.body) == SECONDS_LEFT


def test_page_has_a_row_for_each():
    """docs/atlas.md has a row for each declaration, with its title, and says of each whether it is in the atlas."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| \[(.+?)\]\(.+? \| (yes|no) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted((path.stem, read(path)["title"], "yes" if path in ATLAS else "no") for path in ALL)


@pytest.mark.parametrize(
    ("given", "meant"),
    [("opnai", "openai-batches"), ("openai", "openai-batches"), ("plad", "plaid"), ("open", "openai-batches")],
)
def test_a_name_that_is_none_is_answered_with_the_entry_that_begins_alike(given, meant):
    """The name of an API, before the hyphen, stands for its entry; among near names that begin alike come first."""
    with pytest.raises(InvalidInput, match=f"did you mean '{meant}'"):
        atlas.entry(given)
