"""jobwait.watch with the real SDKs, against loopback servers: `make test-sdks` installs them."""

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from jobwait import Policy, Progress, errors, watch
from jobwait._polling import rate_limits

WHY = "the SDKs are not installed: make test-sdks"
anthropic, boto3, openai = (pytest.importorskip(name, reason=WHY) for name in ("anthropic", "boto3", "openai"))
exceptions, operation = (
    pytest.importorskip(f"google.api_core.{name}", reason=WHY) for name in ("exceptions", "operation")
)
requests, empty = (
    pytest.importorskip("requests", reason=WHY),
    pytest.importorskip("google.protobuf.empty_pb2", reason=WHY),
)
config = pytest.importorskip("botocore.config", reason=WHY)

FAST = Policy(interval=0.02, min_interval=0.02)
PAGE = Path(__file__).parents[3] / "docs" / "watch.md"
HTML = {"content-type": "text/html"}


@contextmanager
def serving(*answers, delay=0.0):
    """A server that gives one of *answers* a request, and the last for ever: a body, or (status, headers, body)."""
    requested = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            requested.append(self.path)
            answer = answers[min(len(requested), len(answers)) - 1]
            if released.wait(delay) or answer is None:
                return
            status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815 - as http.server names it

        def log_message(self, *_):
            """Say nothing."""

    released = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", requested
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join()
        rate_limits.forget()


def openai_body(status):
    """A batch of OpenAI's."""
    counts = {"completed": 3, "failed": 0, "total": 10}
    told = {"object": "list", "data": [{"code": "c", "message": "line 3 is not JSON"}]} if status == "failed" else None
    fixed = {"object": "batch", "endpoint": "/v1/x", "input_file_id": "f", "completion_window": "24h", "created_at": 1}
    return {"id": "b", **fixed, "status": status, "request_counts": counts, "errors": told}


def anthropic_body(status):
    """A batch of Anthropic's."""
    counts = {"processing": 7, "succeeded": 3, "errored": 0, "canceled": 0, "expired": 0}
    return {"id": "b", "type": "message_batch", "processing_status": status, "request_counts": counts}


def google_body(status):
    """An operation of Google's."""
    ended = {"failed": {"error": {"code": 3, "message": "line 3 is not JSON"}}, "running": {}}.get(status)
    done = {"@type": "type.googleapis.com/google.protobuf.Empty"}
    return {"name": "operations/b", "done": status != "running", **({"response": done} if ended is None else ended)}


def google_operation(url):
    """What a client of Google's returns for a long-running call."""

    def ask(method, path, **_):
        response = requests.request(method, f"{url}/{path}", timeout=10)
        if response.status_code >= 400:
            raise exceptions.from_http_response(response)
        return response.json()

    return operation.from_http_json(google_body("running"), ask, empty.Empty)


def of_openai(url):
    client = openai.OpenAI(api_key="the-secret-key", base_url=url, max_retries=0)
    return lambda: client.batches.retrieve("b")


def of_openai_async(url):
    client = openai.AsyncOpenAI(api_key="the-secret-key", base_url=url, max_retries=0)
    return lambda: client.batches.retrieve("b")


def of_anthropic(url):
    client = anthropic.Anthropic(api_key="the-secret-key", base_url=url, max_retries=0)
    return lambda: client.messages.batches.retrieve("b")


def of_anthropic_async(url):
    client = anthropic.AsyncAnthropic(api_key="the-secret-key", base_url=url, max_retries=0)
    return lambda: client.messages.batches.retrieve("b")


def of_boto3(url):
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "the-secret-key", "region_name": "eu-west-1"}
    once = config.Config(retries={"total_max_attempts": 1}, proxies={})
    client = boto3.client("sagemaker", endpoint_url=url, config=once, **keys)
    return lambda: client.describe_training_job(TrainingJobName="b")


def of_google(url):
    asked = google_operation(url)
    return lambda: (asked.done(retry=None), asked.operation)[1]


def boto_body(status):
    """A training job of SageMaker's."""
    return {"TrainingJobName": "b", "TrainingJobStatus": status, "FailureReason": "line 3 is not JSON"}


COUNTS = ("request_counts.completed", "request_counts.total")
WORDS = {"running": {"running", "in_progress"}, "succeeded": {"completed"}, "failed": {"failed"}, "canceled": {"gone"}}
OPENAI = {**WORDS, "progress": COUNTS, "reason": "errors.data[0].message"}
ANTHROPIC = {**WORDS, "status": "processing_status", "progress": lambda b: Progress(b.request_counts.succeeded, 10)}
BOTO3 = {**WORDS, "status": "TrainingJobStatus", "reason": "FailureReason"}
GOOGLE = {
    "done": lambda status: "failed" if status.HasField("error") else status.done,
    "reason": "error.message",
}
ROWS: list[tuple[Callable, Callable, dict, str]] = [
    (of_openai, openai_body, OPENAI, "in_progress"),
    (of_openai_async, openai_body, OPENAI, "in_progress"),
    (of_anthropic, anthropic_body, ANTHROPIC, "in_progress"),
    (of_anthropic_async, anthropic_body, ANTHROPIC, "in_progress"),
    (of_boto3, boto_body, BOTO3, "running"),
    (of_google, google_body, GOOGLE, "running"),
]
each_sdk = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].__name__)


def told(status, **headers):
    """An error of the service's own."""
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, {"error": {"message": "told"}}


def waited(row, *answers, delay=0.0, timeout=10.0):
    """The outcome of a wait, how many requests came, and the progress that was seen."""
    make, _, arguments, _ = row
    seen = []
    with serving(*answers, delay=delay) as (url, requested):
        given = {"policy": FAST, "timeout": timeout, "on_update": lambda update: seen.append(update.progress)}

        async def main():
            return await watch(make(url), id="b", name="sdk", **arguments).outcome_async(**given)

        if make.__name__.endswith("async"):
            outcome = asyncio.run(main())
        else:
            outcome = watch(make(url), id="b", name="sdk", **arguments).outcome(**given)
        return outcome, len(requested), seen


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    """The servers are on this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@each_sdk
def test_retry_progress_failure_and_cancellation(row):
    """Each poll is one request, whatever it was answered; the errors are those of any service."""
    _, body, _, word = row
    running, done = body(word), body("completed")
    table = [
        ([running, told(503), told(429, retry_after="0.1"), None, (502, HTML, "x"), done], "succeeded", ""),
        ([running, told(404), running, done], "succeeded", ""),
        ([told(401)], errors.NotAuthorized, "(401)"),
        ([told(404)], errors.JobNotFound, "(404)"),
        ([running, body("failed")], errors.JobFailed, "line 3" if row[1] is not anthropic_body else "failed"),
        ([running, told(429, retry_after="900")], errors.RateLimited, "900 s"),
    ]
    if row[1] is not google_body:
        table.append(([running, body("gone")], errors.JobCanceled, "gone"))
    for answers, expected, sentence in table:
        outcome, requested, seen = waited(row, *answers)
        found = outcome.state if outcome.error is None else type(outcome.error)
        assert (expected, outcome.polls, len(answers)) == (found, requested, outcome.polls), (answers, outcome)
        assert sentence in str(outcome.error)
        assert "the-secret-key" not in repr(outcome)
        if body in {openai_body, anthropic_body} and running in answers:
            assert Progress(3, 10) == seen[0]


@each_sdk
def test_the_deadline_holds_while_the_sdk_waits(row):
    """Whatever timeouts the SDK has of its own."""
    began = time.monotonic()
    outcome, requested, _ = waited(row, row[1]("completed"), delay=30.0, timeout=0.5)
    assert ("unreachable", 1) == (outcome.state, requested)
    assert "the call had not returned after" in str(outcome.error)
    assert time.monotonic() - began < 20


def test_throttling_of_aws_is_a_429():
    """It comes with a 400 and a code."""
    row, throttled = ROWS[4], (400, {"x-amzn-errortype": "ThrottlingException"}, {"__type": "ThrottlingException"})
    outcome, requested, _ = waited(row, boto_body("running"), throttled, boto_body("completed"))
    assert ("succeeded", 3, 1) == (outcome.state, requested, outcome.errors)


def test_the_examples_of_the_page_run(monkeypatch, capsys, tmp_path):
    """Those of openai with its tracker, boto3 and google, as they stand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret-key")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("OPENAI_API_KEY", "the-secret-key")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    first, boto, google, _, tracked = blocks
    space = {"__name__": "page"}
    with serving(openai_body("completed")) as (url, _):
        monkeypatch.setenv("OPENAI_BASE_URL", url)
        exec(first, space)  # noqa: S102 - our own page
        exec(tracked, space)  # noqa: S102 - the same
        assert "completed" == space["job"].wait().status
    with serving({**boto_body("Completed"), "ModelArtifacts": {"S3ModelArtifacts": "s3://x"}}) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        exec(boto, space)  # noqa: S102 - the same
    with serving(google_body("done")) as (url, _):
        exec(google, space)  # noqa: S102 - the same
        assert space["google_operation"](google_operation(url)).wait().done
    shown = capsys.readouterr().out
    assert "completed None" in shown
    assert "s3://x" in shown
