"""Batches of prompts at PromptForge, OpenAI, Anthropic and Mistral, as a test's own server plays them."""

import json

from attrs import field, frozen

from jobwait import promptforge
from jobwait.llm_batches import anthropic, mistral, openai
from jobwait.testing import FakeServer, Reply
from support.waits import batch

KEY, URL = "k" * 24, "http://127.0.0.1"
PROMPTS = [{"prompt_id": number, "prompt": f"frage {number}"} for number in (3, 1, 2)]
CHAT = "/v1/chat/completions"


@frozen(eq=False)
class Vendor:
    """
    page: its page. create: the route that creates a job, with *created* its answer. poll: the route of its status, with
    *running* and *ended*. answer, failure: the lines of id and text. files: the routes of its result files. upload:
    that of the input, if there is one. options: of its submit().
    """

    page: object
    create: str
    poll: str
    running: dict
    ended: dict
    answer: object
    failure: object
    files: tuple[str, ...]
    upload: str | None = None
    created: dict = field(factory=lambda: {"id": "b-1"})
    options: dict = field(factory=dict)

    def server(self, results, failures=(), *, ended=None, sent=None):
        """A server with *results* and *failures*, lines; *sent* gets the key and the body of what creates."""
        parts = [results, failures] if len(self.files) == 2 else [[*results, *failures]]
        server = FakeServer()
        if self.upload is not None:
            server.on(self.upload, self._taking(sent, {"id": "file-in"}))
        server.on(self.create, self._taking(sent, self.created))
        server.on(self.poll, self.running, self.ended if ended is None else ended)
        for route, lines in zip(self.files, parts, strict=True):
            server.on(route, Reply(200, "\n".join(lines)))
        return server

    def _taking(self, sent, reply):
        def take(request):
            if sent is not None:
                sent.append((key_of(request), b"".join(request.stream)))
            return reply

        return take

    def connect(self, server):
        """A client at *server*."""
        return self.page.connect(KEY, base_url=URL, transport=server)


def response_line(custom_id, text):
    """A line of OpenAI's or Mistral's."""
    usage = {"prompt_tokens": 2, "completion_tokens": 3}
    body = {"model": "m", "choices": [{"message": {"content": text}}], "usage": usage}
    return json.dumps({"custom_id": custom_id, "response": {"status_code": 200, "body": body}, "error": None})


def refused_line(custom_id, text):
    """A request that OpenAI or Mistral refused."""
    body = {"error": {"message": text, "type": "invalid_request_error"}}
    return json.dumps({"custom_id": custom_id, "response": {"status_code": 400, "body": body}, "error": None})


def message_line(custom_id, text):
    """A line of Anthropic's."""
    usage = {"input_tokens": 2, "output_tokens": 3}
    message = {"model": "m", "content": [{"type": "thinking"}, {"type": "text", "text": text}], "usage": usage}
    return json.dumps({"custom_id": custom_id, "result": {"type": "succeeded", "message": message}})


def errored_line(custom_id, text):
    """A request that Anthropic refused."""
    error = {"type": "error", "error": {"type": "invalid_request_error", "message": text}}
    return json.dumps({"custom_id": custom_id, "result": {"type": "errored", "error": error}})


def forge_line(prompt_id, text):
    """A line of PromptForge's."""
    tokens = {"prompt": 2, "completion": 3}
    return json.dumps({"prompt_id": int(prompt_id), "response": text, "model": "m", "tokens": tokens})


OPENAI = Vendor(
    openai,
    "POST /batches",
    "GET /batches/b-1",
    {"id": "b-1", "status": "in_progress", "request_counts": {"total": 3, "completed": 1, "failed": 0}},
    {"id": "b-1", "status": "completed", "output_file_id": "file-out", "error_file_id": "file-bad"},
    response_line,
    refused_line,
    ("GET /files/file-out/content", "GET /files/file-bad/content"),
    "POST /files",
    options={"model": "m"},
)
MISTRAL = Vendor(
    mistral,
    "POST /v1/batch/jobs",
    "GET /v1/batch/jobs/b-1",
    {"id": "b-1", "status": "RUNNING", "total_requests": 3, "completed_requests": 1},
    {"id": "b-1", "status": "SUCCESS", "output_file": "file-out", "error_file": "file-bad"},
    response_line,
    refused_line,
    ("GET /v1/files/file-out/content", "GET /v1/files/file-bad/content"),
    "POST /v1/files",
    options={"model": "m"},
)
ANTHROPIC = Vendor(
    anthropic,
    "POST /v1/messages/batches",
    "GET /v1/messages/batches/b-1",
    {"id": "b-1", "processing_status": "in_progress", "request_counts": {"processing": 3, "succeeded": 0}},
    {
        "id": "b-1",
        "processing_status": "ended",
        "request_counts": {"processing": 0, "succeeded": 2, "errored": 1},
        "results_url": f"{URL}/v1/messages/batches/b-1/results",
    },
    message_line,
    errored_line,
    ("GET /v1/messages/batches/b-1/results",),
    options={"model": "m"},
)
_LINK = {"filename": "f", "url": f"{URL}/out", "expires_at": "2027-01-01T00:00:00Z"}
PROMPTFORGE = Vendor(
    promptforge,
    "POST /v1/jobs/init",
    "GET /v1/jobs/b-1/status",
    batch("PROCESSING", 1, 3, job_id="b-1"),
    batch("COMPLETED", 2, 3, job_id="b-1"),
    forge_line,
    lambda prompt_id, text: json.dumps({"prompt_id": int(prompt_id), "error": text}),
    ("GET /out",),
    created=Reply(202, {"job_id": "b-1", "upload_url": f"{URL}/in", "expires_at": "2027-01-01T00:00:00Z"}),
    options={"model": "m", "provider": "openai"},
)
THREE = [OPENAI, ANTHROPIC, MISTRAL]
FOUR = [*THREE, PROMPTFORGE]


def key_of(request):
    """The key of a request that is being served; it is gone once the request is."""
    return request.headers.get("x-api-key") or request.headers["authorization"].removeprefix("Bearer ")


def name_of(vendor):
    """The id of a test with *vendor*."""
    return vendor.page.SERVICE.name
