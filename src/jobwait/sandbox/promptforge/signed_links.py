"""Signed links, and the storage bucket, on a port of its own, that accepts them."""

import hashlib
import hmac
from collections.abc import Callable
from urllib.parse import urlencode

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
        query = {"X-Goog-Expires": repr(expires), "X-Goog-Signature": self.sign(method, path, repr(expires))}
        return f"{self.url}{path}?{urlencode(query)}"

    def sign(self, method: str, path: str, expires: str) -> str:
        """The signature of a link."""
        text = f"{method}\n{path}\n{expires}".encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


def bucket(signer: Signer, put: Put, get: Get, counts: RequestCounts) -> ASGIApp:
    """The bucket as an ASGI application; it refuses, in XML, what Google's bucket refuses."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        content = await request.body()
        upload = request.method == "PUT"
        if refusal := _refusal(signer, request):
            response = _xml(*refusal)
        else:
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


def _refusal(signer: Signer, request: Request) -> tuple[int, str] | None:
    """HTTP status and XML code if the request is not allowed, else None."""
    headers, query, link = request.headers, request.query_params, request.url.path
    if "x-api-key" in headers or "authorization" in headers:  # refused here to find clients that send their key
        return 403, "AccessDenied"
    expires, signature = query.get("X-Goog-Expires", ""), query.get("X-Goog-Signature", "")
    if not hmac.compare_digest(signature.encode(), signer.sign(request.method, link, expires).encode()):
        return 403, "SignatureDoesNotMatch"
    if signer.now() >= float(expires):
        return 400, "ExpiredToken"
    wrong_type = request.method == "PUT" and headers.get("content-type") != UPLOAD_TYPE
    return (403, "SignatureDoesNotMatch") if wrong_type else None


def _xml(status: int, code: str) -> Response:
    body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>{code}</Code></Error>"
    return Response(body, status, media_type="application/xml")
