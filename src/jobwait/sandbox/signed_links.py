"""Signed links, and the bucket on a port of its own that honours them."""

import hashlib
import hmac
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlencode

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwait.sandbox.stats import Stats

UPLOAD_TYPE = "application/x-ndjson"
BUCKET = "/sandbox-bucket"
PROMPTS = "prompts.jsonl"


@attrs.frozen
class Signer:
    """Makes links that begin with *url* and knows its own; *secret* keeps others from making them."""

    secret: bytes
    url: str
    now: Callable[[], float]

    def link(self, method: str, job_id: str, filename: str, expires: float) -> str:
        """A link for one *method* on one file, good until the real instant *expires*."""
        path = f"{BUCKET}/{job_id}/{filename}"
        query = {"X-Goog-Expires": repr(expires), "X-Goog-Signature": self._sign(method, path, repr(expires))}
        return f"{self.url}{path}?{urlencode(query)}"

    def refusal(self, method: str, path: str, query: str) -> tuple[int, str] | None:
        """Status and XML code with which a request by a link is refused, None if the link is good."""
        given = parse_qs(query)
        expires = given.get("X-Goog-Expires", [""])[0]
        signature = given.get("X-Goog-Signature", [""])[0]
        if not hmac.compare_digest(signature.encode(), self._sign(method, path, expires).encode()):
            return 403, "SignatureDoesNotMatch"
        if self.now() >= float(expires):
            return 400, "ExpiredToken"
        return None

    def _sign(self, method: str, path: str, expires: str) -> str:
        text = f"{method}\n{path}\n{expires}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


class Shelf(Protocol):
    """Where the files are."""

    @abstractmethod
    def put(self, job_id: str, content: bytes) -> None:
        """Take the prompts of a job."""

    @abstractmethod
    def get(self, job_id: str, filename: str) -> bytes | None:
        """One result file, None if there is no such file."""


def bucket(signer: Signer, shelf: Shelf, stats: Stats) -> ASGIApp:
    """
    The bucket as an ASGI application.

    It refuses, in XML, what Google's refuses: a link that is not its own or too old, an upload of any content
    type but the one that was signed. It also refuses every key, so that a client that sends one is found out.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        upload = request.method == "PUT"
        response = _refuse(signer, request) or (_put if upload else _get)(shelf, request.url.path, content)
        stats.count("upload" if upload else "download", response.status_code)
        await response(scope, receive, send)

    return serve


def _refuse(signer: Signer, request: Request) -> Response | None:
    headers = request.headers
    if "x-api-key" in headers or "authorization" in headers:
        return _xml(403, "AccessDenied")
    if refusal := signer.refusal(request.method, request.url.path, request.url.query):
        return _xml(*refusal)
    if request.method == "PUT" and headers.get("content-type") != UPLOAD_TYPE:
        return _xml(403, "SignatureDoesNotMatch")
    return None


def _put(shelf: Shelf, path: str, content: bytes) -> Response:
    shelf.put(path.split("/")[2], content)
    return Response(status_code=200)


def _get(shelf: Shelf, path: str, content: bytes) -> Response:  # noqa: ARG001  # the same shape as _put
    found = shelf.get(*path.split("/")[2:4])
    return _xml(404, "NoSuchKey") if found is None else Response(found, media_type=UPLOAD_TYPE)


def _xml(status: int, code: str) -> Response:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Response(body, status, media_type="application/xml")
