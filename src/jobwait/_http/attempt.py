"""One request on its way: what an engine sends, and how it takes in the response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import define, evolve

from jobwait._http.redaction import HiddenHeaders, Secret
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._polling.commands import SendRequest

NEW_STREAM: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})
_USED: Final = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})
_ANSWERED: Final = frozenset({"http11.receive_response_headers.complete", "http2.receive_response_headers.complete"})


class ReceivedResponse(httpx.Response):
    """A response whose body is here already; httpx's own constructor would take five times as long."""

    def __init__(self, status: int, headers: Any, body: bytes, method: str, url: str) -> None:
        self.status_code = status
        self.headers = headers if isinstance(headers, httpx.Headers) else httpx.Headers(headers)
        self.extensions, self.history, self.next_request = {}, [], None
        self.is_closed = self.is_stream_consumed = True
        self.default_encoding = "utf-8"
        self._body = body
        self._method, self._url = method, url

    @property
    def request(self) -> httpx.Request:
        """What was requested, without headers."""
        return httpx.Request(self._method, self._url)

    @request.setter
    def request(self, value: httpx.Request) -> None:
        self._method, self._url = value.method, str(value.url)

    def raise_for_status(self) -> ReceivedResponse:
        """This response if it is a 2xx; raises httpx.HTTPStatusError if it is not."""
        if not self.is_success:
            whole = httpx.Response(self.status_code, headers=self.headers, content=self._body, request=self.request)
            whole.raise_for_status()
        return self

    def read(self) -> bytes:
        """The body."""
        return self._body

    @property
    def content(self) -> bytes:
        """The body."""
        return self._body


@define(eq=False)
class Attempt:
    """
    One attempt at a request.

    timeout: seconds in all; timeouts: httpx's own, below it. limit: bytes of a body in memory. request: made of url
    and headers at the first need, where it is not given. command: the SendRequest that it is for; None for a poll.
    reused: whether the connection had served another request; answered: whether the response has begun.
    """

    client: Client
    method: str
    url: str
    headers: HiddenHeaders
    secret: Secret
    timeout: float
    timeouts: dict[str, float]
    limit: int
    request: httpx.Request | None = None
    command: SendRequest | None = None
    reused: bool = False
    answered: bool = False
    status: int = 0
    raw_headers: Any = ()
    body: bytes = b""
    _fresh: bool = False
    _sink: Any = None  # takes a body that is encoded, belongs into a file or is counted

    @property
    def bulk(self) -> bool:
        """Whether the request moves a file, and earns time with its bytes."""
        return self.command is not None and self.command.bulk

    def request_with_trace(self, trace: Callable[..., Any]) -> httpx.Request:
        """The request for httpx; *trace* is called at each of its steps."""
        if self.request is None:
            self.request = httpx.Request(self.method, self.url, headers=self.headers)
        self.request.extensions["timeout"] = self.timeouts
        self.request.extensions["trace"] = trace
        return self.request

    def note(self, event: str) -> None:
        """Take note of a step that httpx reports."""
        self._fresh = self._fresh or event in NEW_STREAM
        self.reused = self.reused or (event in _USED and not self._fresh)
        self.answered = self.answered or event in _ANSWERED

    def begin(self, response: httpx.Response) -> None:
        """The headers of *response* are here; a body that httpx has read already is decoded already."""
        encoding = None if response.is_stream_consumed else response.headers.get("content-encoding")
        self.begin_raw(response.status_code, response.headers.raw, encoding)

    def begin_raw(self, status: int, raw_headers: Any, encoding: str | None) -> None:
        """The headers are here, as pairs of bytes; the body follows in this *encoding*."""
        self.answered, self.status, self.raw_headers = True, status, raw_headers
        command = self.command
        if (encoding or "identity") != "identity" or (command is not None and (command.bulk or command.cap)):
            from jobwait._http.body import BodySink  # noqa: PLC0415 - a poll's body needs none

            self._sink = BodySink(self, encoding or "identity")

    def take(self, chunk: bytes) -> None:
        """Take the next bytes of the body; raises httpx.DecodingError above the limit, or if they cannot be decoded."""
        if self._sink is not None:
            self._sink.take(chunk)
            return
        self.body = self.body + chunk if self.body else chunk
        if len(self.body) > self.limit:
            raise httpx.DecodingError(f"a body larger than the limit of {self.limit} bytes")

    def end(self) -> None:
        """The body is complete; raises httpx.HTTPError if a compressed body or a file was cut short."""
        if self._sink is not None:
            self.body = self._sink.end()

    def close(self) -> None:
        """Close the file, and forget the key: errors and responses keep their request."""
        if self._sink is not None:
            self._sink.close()
        if self.request is not None:
            self.request.headers.pop(self.client.auth_header_name, None)
            self.request.extensions.pop("trace", None)

    def may_be_resent(self, error: Exception) -> bool:
        """Whether *error* only says that the server had closed an idle connection before this GET reached it."""
        if self.method != "GET" or not self.reused or self.answered:
            return False
        gone = isinstance(error, httpx.RemoteProtocolError) and str(error).startswith("Server disconnected")
        return gone or isinstance(error, httpx.ReadError | httpx.WriteError)

    def again(self) -> Attempt:
        """The same request, once more."""
        if self.request is not None and self.command is not None:
            self.request.headers.update(self.headers)  # the key was taken out
        return evolve(self, request=None if self.command is None else self.request, reused=False, fresh=False)

    def response(self) -> httpx.Response:
        """The response; what in it repeats the key is redacted."""
        secret, good = self.secret, 200 <= self.status < 300
        headers = self.raw_headers
        if not good or self._sink is not None or any(secret.is_in(value) for _, value in headers):
            from jobwait._http.body import redacted_headers  # noqa: PLC0415 - few responses need it

            headers = redacted_headers(headers, secret, good=good)
        return ReceivedResponse(self.status, headers, secret.redact(self.body, good=good), self.method, self.url)
