"""Signed links, and the storage bucket, on a port of its own, that accepts them."""

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

import attrs
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwait.sandbox.request_counts import RequestCounts

UPLOAD_TYPE = "application/x-ndjson"
BUCKET = "/sandbox-bucket"
PROMPTS = "prompts.jsonl"

Put = Callable[[str, bytes], None]  # job id, content of its prompt file
Get = Callable[[str, str], bytes | None]  # job id, name of a result file; None if there is no such file


@attrs.frozen
class Signer:
    """Makes and checks links below *url*, signed with *secret*."""

    secret: bytes
    url: str
    now: Callable[[], float]

    def link(self, method: str, job_id: str, filename: str, expires: float) -> str:
        """A link for one *method* on one file, valid until the real time *expires*."""
        path = f"{BUCKET}/{job_id}/{filename}"
        query = {"X-Goog-Expires": repr(expires), "X-Goog-Signature": self._sign(method, path, repr(expires))}
        return f"{self.url}{path}?{urlencode(query)}"

    def refusal(self, method: str, path: str, query: str) -> tuple[int, str] | None:
        """HTTP status and XML code if the link is not valid, else None."""
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


def bucket(signer: Signer, put: Put, get: Get, counts: RequestCounts) -> ASGIApp:
    """
    The bucket as an ASGI application.

    It refuses, in XML, what Google's bucket refuses: links that are expired or have a wrong signature, and uploads
    with another content type than the signed one. It also refuses requests with an API key, to find clients that send
    one.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        upload = request.method == "PUT"
        response = _refuse(signer, request)
        if response is None:
            _, _, job_id, filename = request.url.path.split("/")
            if upload:
                put(job_id, content)
                response = Response(status_code=200)
            else:
                found = get(job_id, filename)
                response = _xml(404, "NoSuchKey") if found is None else Response(found, media_type=UPLOAD_TYPE)
        counts.count("upload" if upload else "download", response.status_code)
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


def _xml(status: int, code: str) -> Response:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Response(body, status, media_type="application/xml")
