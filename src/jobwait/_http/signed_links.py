"""Signed links that a service hands out: where they may lead, and one PUT or GET without the key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from attrs import frozen

from jobwait._http.connect import is_loopback
from jobwait._http.deadline import earn
from jobwait._http.partial_file import rest_of
from jobwait._http.redaction import Link, SignedRequest
from jobwait._httpx import httpx
from jobwait._model.service import Service
from jobwait._model.size_limit import SizeLimit
from jobwait._polling.commands import Operation
from jobwait._polling.operations import call
from jobwait.errors import CallFailed, RequestRejected, UnexpectedReply

_CHUNK: Final = 256 * 1024  # bytes
_TELLING: Final = ("retry-after", "retry-after-ms", "date")  # headers; others may repeat the link


class LinkRefused(Exception):
    """A signed link answered with *status*; the rules know it by its attributes, as they know the clients' errors."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(f"the link answered {response.status_code}")
        self.status = response.status_code
        self.headers = {name: response.headers[name] for name in _TELLING if name in response.headers}
        self.body: str | None = None


@frozen(eq=False, match_args=False, repr=False)
class FileBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A file as a request's body, for both kinds of pool; read from the start at each attempt."""

    path: Path

    def __iter__(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
                earn(len(chunk))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:  # a local file: its reads are as short as the loop's other steps
            yield chunk


def check(service: Service[Any, Any], client: Any, link: Link, job_id: str) -> None:
    """
    Whether *link* may be followed: https on one of the service's link hosts, or this machine where the service is too.

    Raises:
        UnexpectedReply: it leads elsewhere; the link itself is not in the message.

    """
    try:
        parts = urlsplit(link.url)
        host, odd = (parts.hostname or "").lower().rstrip("."), bool(parts.username or parts.password)
        usual = parts.port in {None, 443}
        odd = odd or httpx.URL(link.url).host.rstrip(".") != host  # whoever sends must read it as we do
    except (ValueError, httpx.InvalidURL):
        parts, host, odd, usual = urlsplit(""), "", True, False
    ours = is_loopback(host) and is_loopback(urlsplit(client.base_url).hostname or "")
    known = any(host == known or host.endswith("." + known) for known in service.link_hosts)
    if not odd and ((parts.scheme == "https" and known and usual) or (parts.scheme in {"http", "https"} and ours)):
        return
    raise UnexpectedReply(
        f"{service.name} job {job_id}: the service handed out a link to {host[:100]!r}, which is none of its known "
        "hosts; it was not followed. Report this to the service.",
        service=service.name,
        job_id=job_id,
    )


def _answer(response: httpx.Response) -> bytes:
    if not response.is_success:
        raise LinkRefused(response)
    return response.content


def get(
    service: Service[Any, Any],
    client: Any,
    link: Link,
    job_id: str,
    into: Path | None = None,
    cap: SizeLimit | None = None,
) -> Operation[bytes]:
    """What lies at *link*, in memory; or, as the rest of the file *into*, there."""
    check(service, client, link, job_id)
    return (
        yield from call(
            service,
            client,
            lambda: SignedRequest("GET", link.url, headers=rest_of(into)),
            _answer,
            job_id=job_id,
            bulk=True,
            into=into,
            cap=cap,
        )
    )


def put(service: Service[Any, Any], client: Any, link: Link, path: Path, kind: str, job_id: str) -> Operation[bytes]:
    """
    Send the file at *path* to *link* as *kind*, once.

    Raises:
        SubmitUnconfirmed: it was sent and no certain answer came.
        RequestRejected: the link refused it; no key was sent, so it is not to blame.

    """
    check(service, client, link, job_id)
    # A request with a stream of its own gets no header from httpx, not even these two.
    host = httpx.URL(link.url).netloc.decode("ascii")
    headers = {"host": host, "content-type": kind, "content-length": str(path.stat().st_size)}
    try:
        return (
            yield from call(
                service,
                client,
                lambda: SignedRequest("PUT", link.url, headers=headers, stream=FileBody(path)),
                _answer,
                job_id=job_id,
                ids={service.id: job_id},
                repeat=False,
                bulk=True,
            )
        )
    except CallFailed as error:
        if error.status is None:
            raise
        raise RequestRejected(
            f"{service.name} job {job_id}: the upload was refused with {error.status}; its link has expired, most "
            "likely. The job waits for its file for ever and costs nothing: submit again.",
            service=service.name,
            job_id=job_id,
            status=error.status,
        ) from error
