"""The declarations of public job APIs: those of the atlas, and the others that a declaration can say, held here."""

import json
import re
from pathlib import Path

import httpx
import pytest

from jobwait._polling.observation import state_of
from jobwait.service import check, load
from jobwait.testing import FakeServer, Reply, virtual_time

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ATLAS = sorted(ROOT.glob("src/jobwait/atlas/entries/*.json"))
PAGE = ROOT / "docs/atlas.md"
ALL = [*ATLAS, *sorted(HERE.glob("declarations/*.json"))]
ENDED_BADLY = {"failed", "canceled"}


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
            service.list_jobs(client, **{name: ids[name] for name in named})
    assert {httpx.URL(home).host} == {request.url.host for request in network.requests}


def test_page_has_a_row_for_each():
    """docs/atlas.md has a row for each declaration, with its title, and says of each whether it is in the atlas."""
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| \[(.+?)\]\(.+? \| (yes|no) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted((path.stem, read(path)["title"], "yes" if path in ATLAS else "no") for path in ALL)
