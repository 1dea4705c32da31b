"""Submission of a batch, once: its file is uploaded before, which costs nothing, or all is in one request."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TypeVar

from jobwait._declared.answers import decoded
from jobwait._http.signed_links import FileBody
from jobwait._jobs.request_sequences import UnusableId
from jobwait._jsonl.input_file import Prompts
from jobwait._jsonl.result_line import Order
from jobwait.llm_batches.handle import BatchJob
from jobwait.llm_batches.input_lines import Form, body_of
from jobwait.service import DeclaredService, JobState, Operation, Submission, call, httpx

J = TypeVar("J", bound=BatchJob)

_BOUNDARY: Final = "jobwait-batch"  # no line begins with --, as each is an object: the file cannot end early
MULTIPART: Final = (
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
    f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="prompts.jsonl"\r\n'
    "Content-Type: application/jsonl\r\n\r\n".encode(),
    b"\n",
    f"\n\r\n--{_BOUNDARY}--\r\n".encode(),
)
REQUESTS: Final = (b'{"requests": [', b",\n", b"]}")


def with_file(
    handle: type[J], service: DeclaredService, client: Any, prompts: Prompts, form: Form, create: Callable[[str], Any]
) -> Operation[J]:
    """The batch of *prompts*, which are uploaded as a file; *create* makes the body of the submission of its id."""
    with Submission(service) as once, ExitStack() as files:
        path, order = yield from body_of(prompts, form, files)
        content_type = f"multipart/form-data; boundary={_BOUNDARY}"
        upload = _upload_path(service)
        file_id = yield from call(
            service, client, lambda: _request(client, upload, path, content_type), _file_id, bulk=True
        )
        once.ids = {"file_id": file_id}
        once.find_out = f"Its file is {file_id}: list_jobs(client) shows whether a batch has it."
        ids = yield from call(
            service,
            client,
            lambda: _submit(service).request(client, {}, create(file_id)),
            lambda answer: service.submitted_ids(client, answer, {}),
            once=once,
        )
        return _made(handle, service, client, ids, order, once)


def in_one_request(
    handle: type[J], service: DeclaredService, client: Any, prompts: Prompts, form: Form
) -> Operation[J]:
    """The batch of *prompts*, which are in the body of the submission."""
    with Submission(service, "list_jobs(client) shows the newest batches first.") as once, ExitStack() as files:
        path, order = yield from body_of(prompts, form, files)
        endpoint = _submit(service)
        ids = yield from call(
            service,
            client,
            lambda: _with_file(endpoint.request(client, {}), path, "application/json"),
            lambda answer: service.submitted_ids(client, answer, {}),
            once=once,
            bulk=True,
        )
        return _made(handle, service, client, ids, order, once)


def _made(
    handle: type[J], service: DeclaredService, client: Any, ids: dict[str, str], order: Order, once: Submission
) -> J:
    job = handle(JobState(service, client, ids, started=once.wall, submitted=True))
    job.order = order
    return job


def _submit(service: DeclaredService) -> Any:
    submit = service.declaration.submit
    assert submit is not None, "each of these entries has one"  # noqa: S101
    return submit.endpoint


def _upload_path(service: DeclaredService) -> str:
    """Where files are uploaded: beside those of results."""
    endpoint = service.declaration.result.endpoint
    assert endpoint is not None, "each of these entries has one"  # noqa: S101
    return endpoint.path.partition("/{")[0]


def _request(client: Any, where: str, path: Path, content_type: str) -> httpx.Request:
    return _with_file(client.request("POST", where), path, content_type)


def _with_file(request: httpx.Request, path: Path, content_type: str) -> httpx.Request:
    """*request* with the file at *path* as its body, read as it is sent."""
    request.stream = FileBody(path)
    request.headers["content-type"] = content_type
    request.headers["content-length"] = str(path.stat().st_size)
    return request


def _file_id(response: httpx.Response) -> str:
    answer = decoded(response)
    found = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(found, str) or not found:
        raise UnusableId(response)
    return found
