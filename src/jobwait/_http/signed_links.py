"""Files: signed links that a service returns, one GET or PUT without the key; and files of the service's own."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import frozen

from jobwait._http.connect import is_host, is_loopback
from jobwait._http.deadline import extend
from jobwait._http.partial_file import range_headers, size_of
from jobwait._http.redaction import Link, SignedRequest
from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._model.size_limit import SizeLimit
from jobwait._polling.commands import Operation, compute
from jobwait._polling.operations import call
from jobwait._polling.submission import Submission, on_ids
from jobwait.errors import CallFailed, RequestRejected, UnexpectedReply

_CHUNK: Final = 256 * 1024  # bytes
_SAFE_HEADERS: Final = ("retry-after", "retry-after-ms", "date")  # others may contain the link


class LinkRefused(Exception):
    """The response to a signed link is not as expected. It has the attributes of the generated clients' StatusError."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"the link responded with {response.status_code}")
        self.status = response.status_code
        self.is_own = (
            "html" not in response.headers.get("content-type", "").lower()
        )  # stores have no shape of their own
        self.headers = {name: response.headers[name] for name in _SAFE_HEADERS if name in response.headers}
        self.body: str | None = None


@frozen(eq=False, match_args=False, repr=False)
class FileBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A file as the body of a request, sync or async, read from its start at each attempt."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
                extend(len(chunk))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:  # reads of a local file are short enough for an event loop
            yield chunk


@frozen(eq=False, match_args=False)
class OwnFile:
    """A file that the service itself gives to whoever has the key; *build* makes the request of a client."""

    build: Callable[[Any], httpx.Request]


def check(service: Service[Any, Any], client: Any, link: Link, job_id: str) -> None:
    """Raise UnexpectedReply where link_fault() says one."""
    fault = link_fault(service, client, link)
    if fault is not None:
        raise UnexpectedReply.about(service, job_id, fault)


def link_fault(service: Service[Any, Any], client: Any, link: Link) -> str | None:
    """Why *link* is not followed; None if it is https to one of the link_hosts, or loopback and so is the service."""
    try:
        parts = urlsplit(link.url)
        host, port = (parts.hostname or "").lower().rstrip("."), parts.port
        plain = is_host(host) and not (parts.username or parts.password)
        plain = plain and httpx.URL(link.url).host.rstrip(".") == host  # two parsers must agree on the host
        known = any(host == name or host.endswith("." + name) for name in service.link_hosts)
        known = known and parts.scheme == "https" and port in {None, 443}
    except (ValueError, httpx.InvalidURL):
        parts, host, plain, known = urlsplit(""), "", False, False
    local = parts.scheme in {"http", "https"} and is_loopback(host)
    if plain and (known or (local and is_loopback(urlsplit(client.base_url).hostname or ""))):
        return None
    known_hosts = ", ".join(service.link_hosts) or "none"
    fact = (
        f"the service returned a link to {host[:100]!r}, which is none of its known hosts ({known_hosts}); it was not"
    )
    step = "Where a test plays the service, correct the link there; otherwise report this to the service."
    return f"{fact} followed. {step}"


def _content(response: httpx.Response) -> bytes:
    if not response.is_success:
        raise LinkRefused(response)
    return response.content


def _file_content(response: httpx.Response) -> bytes:
    """The content of a file; a 204, for one, is not an empty file."""
    if response.status_code not in {httpx.codes.OK, httpx.codes.PARTIAL_CONTENT}:
        raise LinkRefused(response)
    return response.content


def fetch_link(
    service: Service[Any, Any],
    client: Any,
    link: Link | OwnFile,
    job_id: str,
    into: Path | None = None,
    cap: SizeLimit | None = None,
) -> Operation[bytes]:
    """The content behind *link*; with *into*, what that file lacks is appended, and b"" returned. Raises CallFailed."""
    if isinstance(link, Link):
        check(service, client, link, job_id)

    def build() -> httpx.Request:
        if isinstance(link, Link):
            return SignedRequest("GET", link.url, headers=range_headers(into))
        request = link.build(client)
        request.headers.update(range_headers(into))
        return request

    return call(
        service,
        client,
        build,
        _file_content,
        job_id=job_id,
        bulk=True,
        into=into,
        cap=cap,
        received=lambda: 0 if into is None else size_of(into),
    )


def upload_file(
    service: Service[Any, Any],
    client: Any,
    link: Link,
    path: Path,
    content_type: str,
    job_id: str,
    once: Submission | None = None,
) -> Operation[bytes]:
    """
    PUT the file at *path* to *link*, once; raises UnexpectedReply, SubmitUnconfirmed or RequestRejected.

    *once* notes how far it has got, for a caller who asks for more of it. Nothing is sent before the job's id is noted.
    """
    check(service, client, link, job_id)
    note = on_ids.get()
    if note is not None:
        yield from compute(lambda: note({service.id: job_id}))
    # httpx adds no headers to a request that has its own stream, not even these.
    host = httpx.URL(link.url).netloc.decode("ascii")
    headers = {"host": host, "content-type": content_type, "content-length": str(path.stat().st_size)}
    try:
        return (
            yield from call(
                service,
                client,
                lambda: SignedRequest("PUT", link.url, headers=headers, stream=FileBody(path)),
                _content,
                job_id=job_id,
                once=once or Submission(service, ids={service.id: job_id}),
                bulk=True,
            )
        )
    except CallFailed as error:
        if error.status is None:
            raise
        fact = f"the upload was refused with {error.status}; its link has expired, most likely. The job waits for its "
        fact += "file forever and costs nothing: submit again."  # no key was sent, so a 401 is not about the key
        raise RequestRejected.about(service, job_id, fact, status=error.status) from error
