"""Batches at OpenAI, Anthropic and Mistral: one code for the three, and for PromptForge."""

import email
import json
import os

import anyio
import pytest

from jobwait import errors, resume
from jobwait._httpx import httpx
from jobwait.testing import FakeServer, Reply, virtual_time
from jobwait.tracker import Tracker
from support import forks
from support.llm_batches import (
    ANTHROPIC,
    CHAT,
    FOUR,
    KEY,
    MISTRAL,
    OPENAI,
    PROMPTFORGE,
    PROMPTS,
    THREE,
    URL,
    key_of,
    name_of,
)

four = pytest.mark.parametrize("vendor", FOUR, ids=name_of)
three = pytest.mark.parametrize("vendor", THREE, ids=name_of)


def played(vendor, **more):
    """A server with two results and a failure, in an order of its own."""
    results = [vendor.answer(one, f"antwort {one}") for one in ("2", "3")]
    server = vendor.server(results, [vendor.failure("1", "too long")], **more)
    if vendor is PROMPTFORGE:
        link = {"filename": "f", "url": f"{URL}/out", "expires_at": "2027-01-01T00:00:00Z"}
        server.on("PUT /in", 200)
        server.on("GET /v1/jobs/b-1/results", {"job_id": "b-1", "status": "COMPLETED", "files": [link]})
    return server


@four
def test_one_code_submits_waits_and_reads(vendor, tmp_path):
    """Typed lines come in the order of the input, failures apart; a handle from a token needs the input for that."""
    (tmp_path / "prompts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in PROMPTS))
    with virtual_time(), vendor.connect(played(vendor)) as client:
        job = vendor.page.submit(client, tmp_path / "prompts.jsonl", **vendor.options)
        job.wait()
        lines, failures = job.results(), job.failures()
        assert [("3", "antwort 3"), ("2", "antwort 2")] == [(str(one.prompt_id), one.response) for one in lines]
        assert {("m", 2, 3, 5, None)} == {
            (one.model, one.prompt_tokens, one.completion_tokens, one.total_tokens, one.problem) for one in lines
        }
        assert [("1", "too long")] == [(str(one.prompt_id), one.error) for one in failures]
        found = job.download(tmp_path / "out")
        assert len(vendor.files) == len(found)
        assert 3 == sum(len(path.read_text().splitlines()) for path in found)
        again = resume(job.token(), client)
        assert type(job) is type(again)
        assert {"2", "3"} == {str(one.prompt_id) for one in again.results()}
        if vendor is not PROMPTFORGE:
            assert ["3", "2"] == [one.prompt_id for one in again.results(prompts=tmp_path / "prompts.jsonl")]


@four
def test_async_twins(vendor):
    """The same in a task."""

    async def main():
        async with vendor.connect(played(vendor)) as client:
            job = await vendor.page.submit_async(client, PROMPTS, **vendor.options)
            await job.wait_async()
            return len(await job.results_async()), len(await job.failures_async())

    with virtual_time():
        assert (2, 1) == anyio.run(main)


CHAT_LINES = [
    b'{"custom_id": "%d", %s"body": {"model": "m", "top_p": 1, "messages": [{"role": "user", "content": "frage %d"}]}}'
    % (number, b"%s", number)
    for number in (3, 1, 2)
]
MULTIPART = (
    b'--jobwait-batch\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    b'--jobwait-batch\r\nContent-Disposition: form-data; name="file"; filename="prompts.jsonl"\r\n'
    b"Content-Type: application/jsonl\r\n\r\n%s\n\r\n--jobwait-batch--\r\n"
)
PARAMS = [
    b'{"custom_id": "%d", "params": {"max_tokens": 1024, "model": "m", "top_p": 1, '
    b'"messages": [{"role": "user", "content": "frage %d"}]}}' % (number, number)
    for number in (3, 1, 2)
]
POST = b'"method": "POST", "url": "%s", ' % CHAT.encode()
SENT = {
    "openai": [MULTIPART % b"\n".join(one % POST for one in CHAT_LINES)],
    "mistral": [MULTIPART % b"\n".join(one % b"" for one in CHAT_LINES)],
    "anthropic": [b'{"requests": [' + b",\n".join(PARAMS) + b"]}"],
}
CREATED = {
    "openai": {"input_file_id": "file-in", "endpoint": CHAT, "completion_window": "24h", "metadata": {"a": "b"}},
    "mistral": {"input_files": ["file-in"], "endpoint": CHAT, "model": "m", "metadata": {"a": "b"}},
}


@three
def test_bytes_that_are_sent(vendor):
    """A multipart form with the prompts as requests, and a batch of it; or all in one body. Headers fit them."""
    sent, name = [], name_of(vendor)
    server = vendor.server([], sent=sent)
    more = {} if name == "anthropic" else {"metadata": {"a": "b"}}
    with virtual_time(), vendor.connect(server) as client:
        vendor.page.submit(client, PROMPTS, model="m", parameters={"top_p": 1}, **more)
    assert {KEY} == {key for key, _ in sent}
    bodies = [body for _, body in sent]
    if name in CREATED:
        assert CREATED[name] == json.loads(bodies.pop())
    assert SENT[name] == bodies
    headers = server.requests[0].headers
    assert str(len(bodies[0])) == headers["content-length"]
    if name == "anthropic":
        assert ("2023-06-01", "application/json") == (headers["anthropic-version"], headers["content-type"])
        return
    form = email.message_from_bytes(f"content-type: {headers['content-type']}\r\n\r\n".encode() + bodies[0])
    purpose, file = form.get_payload()  # as another reader of such forms takes it
    assert ("batch", "prompts.jsonl") == (purpose.get_payload(), file.get_filename())
    assert 3 == len(file.get_payload().splitlines())


OWN = {
    "openai": '{"custom_id": "x",  "url": "/v1/embeddings", "body": {"input": "é"}}',
    "mistral": '{"custom_id": "x",  "body": {"input": "é"}}',
    "anthropic": '{"custom_id": "x",  "params": {"max_tokens": 5}}',
}


@three
def test_lines_in_the_services_form_are_sent_as_they_are(vendor, tmp_path):
    """Without byte order marks and blank lines."""
    sent, line = [], OWN[name_of(vendor)].encode()
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\n")
    more = {} if vendor is ANTHROPIC else {"endpoint": "/v1/embeddings"}
    with virtual_time(), vendor.connect(vendor.server([], sent=sent)) as client:
        job = vendor.page.submit(client, tmp_path / "in.jsonl", **more)
    assert {"x": 0} == job.order
    before, after = (b'{"requests": [', b"]}") if vendor is ANTHROPIC else MULTIPART.split(b"%s")
    assert before + line + after == sent[0][1]


GOOD = {"prompt_id": 1, "prompt": "x"}


@three
def test_what_is_refused_before_anything_is_sent(vendor):
    """Each sentence names the line and the fact."""
    field = "params" if vendor is ANTHROPIC else "body"
    table = [
        ([], {}, f"it has no prompt. Each line needs a prompt_id and a prompt, or a custom_id and {field}."),
        ([GOOD], {"model": None}, "the prompts, line 1: a prompt needs a model: pass model=…"),
        ([GOOD], {"model": 5}, "model must be the name of a model, not 5"),
        ([GOOD], {"parameters": [1]}, "parameters must be a mapping, not list"),
        ([GOOD], {"parameters": {"a": {1}}}, "parameters cannot be written as JSON"),
        ([GOOD, {**GOOD, "prompt_id": "1"}], {}, "line 2: the id '1' is that of an earlier line"),
        ([{"prompt": "x"}], {}, "line 1: prompt_id must be an integer or text, not None"),
        ([{"prompt_id": True, "prompt": "x"}], {}, "prompt_id must be an integer or text, not True"),
        ([{"custom_id": 7, "prompt": "x"}], {}, "custom_id must be text, not 7"),
        ([{"custom_id": "", "prompt": "x"}], {}, "custom_id must be text, not ''"),
        ([{"prompt_id": 1}], {}, f"it needs a prompt, which is text, or {field}, as the service takes it"),
        ([{"prompt_id": 1, field: {}}], {}, f"a line with {field} needs a custom_id"),
        ([{"custom_id": "1", field: "x"}], {}, f"and an object as {field}"),
        (["x"], {}, "line 1: a mapping is needed, not str"),
        (5, {}, "prompts must be a path or an iterable of mappings, not int"),
        ("/nowhere/x.jsonl", {}, "cannot be read"),
        ([{"prompt_id": 1, "prompt": "\ud83d"}], {}, "half of a surrogate pair"),
    ]
    if vendor is not ANTHROPIC:
        table.append(([GOOD], {"endpoint": "/v1/embeddings"}, f"a prompt is for {CHAT} alone; for /v1/embeddings"))
        table.append(([GOOD], {"metadata": 7}, "metadata must be a mapping, not int"))
    if vendor is OPENAI:
        other = [{"custom_id": "1", "url": "/x", "body": {}}]
        table.append((other, {}, f"its url is '/x', and the batch is for {CHAT}"))
    server = FakeServer()
    with virtual_time(), vendor.connect(server) as client:
        for prompts, more, says in table:
            with pytest.raises(errors.InvalidInput) as caught:
                vendor.page.submit(client, prompts, **{"model": "m", **more})
            assert says in str(caught.value)
    assert [] == server.requests


@three
def test_batch_is_created_once_and_its_file_is_named(vendor, tmp_path):
    """An upload that fails is sent again, a creation whose answer is lost is not; the tracker keeps the file's id."""
    server = vendor.server([]).on(vendor.create, httpx.ReadTimeout("lost"))
    if vendor.upload:
        server.on(vendor.upload, 503, {"id": "file-in"})
    with virtual_time(), vendor.connect(server) as client, Tracker(tmp_path / "jobs.db") as tracker:
        for _ in range(2):
            with pytest.raises(errors.SubmitUnconfirmed):
                tracker.submit(vendor.page, "team", client, PROMPTS, key="k", model="m")
        [row] = tracker.unresolved()
        assert ({"file_id": "file-in"} if vendor.upload else {}) == row.ids
        assert "list_jobs(client) shows" in row.reason
        assert (1, 2) == (server.count(vendor.create), server.count(vendor.upload) if vendor.upload else 2)
        server.on(vendor.create, Reply(400, {"error": {"message": "no such model"}}))
        with pytest.raises(errors.RequestRejected, match="400"):
            vendor.page.submit(client, PROMPTS, model="m")


KILLED = """
import os, signal, sys
from jobwait.tracker import Tracker
from support.llm_batches import PROMPTS, THREE, name_of

name, path, moment = sys.argv[1:]
[vendor] = [one for one in THREE if name_of(one) == name]
server = vendor.server([])
kill = lambda request: os.kill(os.getpid(), signal.SIGKILL)
if moment != "never":
    server.on(getattr(vendor, moment), kill)
with Tracker(path) as tracker, vendor.connect(server) as client:
    tracker.submit(vendor.page, "team", client, PROMPTS, key="k", model="m")
"""


@pytest.mark.parametrize(
    ("vendor", "moment"), [(OPENAI, "upload"), (MISTRAL, "create"), (ANTHROPIC, "create"), (OPENAI, "never")]
)
def test_killed_process_loses_no_batch(vendor, moment, tmp_path):
    """In the upload or the creation: the key is unresolved and nothing is sent again; settled, it is waited for."""
    path = tmp_path / "jobs.db"
    done = forks.run(forks.code, KILLED, name_of(vendor), str(path), moment, cwd=tmp_path, env=os.environ)
    assert (0 if moment == "never" else -9, "") == (done.returncode, done.stderr)
    server = played(vendor)
    with virtual_time(), Tracker(path) as tracker, vendor.connect(server) as client:
        if moment != "never":
            assert ["k"] == [row.key for row in tracker.unresolved()]
            with pytest.raises(errors.SubmitUnconfirmed):
                tracker.submit(vendor.page, "team", client, PROMPTS, key="k", model="m")
            tracker.settle("k", vendor.page.job(client, "b-1"))
        job = tracker.submit(vendor.page, "team", client, PROMPTS, key="k", model="m")
        tracker.run(lambda _: client)
        assert [("k", "succeeded")] == [(row.key, row.state) for row in tracker.outcomes()]
        assert 2 == len(job.results())
    assert 0 == server.count(vendor.create)


@three
def test_batch_that_ended_badly(vendor):
    """One that expired or was canceled has results of what was done; without any, its end is the error."""
    bad = {"openai": ("status", "expired"), "mistral": ("status", "TIMEOUT_EXCEEDED")}.get(name_of(vendor))
    counts = {"succeeded": 0, "errored": 0, "canceled": 0, "expired": 3}
    ended = {**vendor.ended, **({"request_counts": counts} if bad is None else {bad[0]: bad[1]})}
    without = {name: value for name, value in ended.items() if "file" not in name and name != "results_url"}
    for answer, works in ((ended, True), (without, False)):
        with virtual_time(), vendor.connect(played(vendor, ended=answer)) as client:
            job = vendor.page.job(client, "b-1")
            assert "failed" == job.outcome().state
            if works:
                assert (2, 1) == (len(job.results()), len(job.failures()))
            else:
                with pytest.raises(errors.JobFailed, match="so it has no results"):
                    job.results()


@three
def test_results_that_are_not_there(vendor):
    """Before the end they do not appear; once the service has removed them, its refusal says so, at once."""
    server = played(vendor).on(vendor.poll, vendor.running)
    with virtual_time(), vendor.connect(server) as client, pytest.raises(errors.ResultIncomplete):
        vendor.page.job(client, "b-1").results()
    server = played(vendor).on(vendor.files[0], Reply(404, {"error": {"message": "gone"}}))
    with virtual_time(), vendor.connect(server) as client:
        job = vendor.page.job(client, "b-1")
        job.wait()
        with pytest.raises(errors.CallFailed) as caught:
            job.results()
    assert 404 == caught.value.status
    assert 1 == server.count(vendor.files[0])


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"{URL}/v1/other/b-1?page=1", "/v1/other/b-1?page=1"),
        ("https://evil.example/v1/x", "/v1/messages/batches/b-1/results"),
        (f"{URL}.evil.example/x", "/v1/messages/batches/b-1/results"),
    ],
)
@pytest.mark.parametrize("own_client", [False, True])
def test_results_of_anthropic_are_asked_at_its_own_address(url, asked, own_client):
    """The address may be any that the service names below its own; the key goes to no other."""
    server = FakeServer().on("/v1/messages/batches/b-1", {**ANTHROPIC.ended, "results_url": url})
    keys = []

    def results(request):
        keys.append(key_of(request))
        return Reply(200, ANTHROPIC.answer("1", "x"))

    server.on("GET /v1/other/b-1", results).on("GET /v1/messages/batches/b-1/results", results)
    client = ANTHROPIC.connect(server)
    if own_client:
        pool = httpx.Client(transport=server, base_url=URL)
        client = ANTHROPIC.page.connect(KEY, client=pool)
    with virtual_time():
        [line] = ANTHROPIC.page.job(client, "b-1").results()
    last = server.requests[-1]
    assert ("x", f"{URL}{asked}", [KEY]) == (line.response, str(last.url), keys)
    assert "2023-06-01" == last.headers["anthropic-version"]
