"""One attempt at a request: what an engine sends, and how it takes the response."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

from attrs import define, evolve, field

from jobwait._http.common import Common
from jobwait._http.credentials import forget_keys, sent_url
from jobwait._http.redaction import HiddenHeaders, Secret
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._polling.commands import SendRequest
from jobwait._polling.scripted import OBJECTION
from jobwait.errors import InvalidInput

T = TypeVar("T")
NEW_STREAM: Final = (".connect_tcp.complete", ".start_tls.complete")  # of a connection, or of one through a proxy
_CONNECTING: Final = (".connect_tcp.started", ".connect_unix_socket.started", ".start_tls.started")
LEAST: Final = 1e-3  # seconds of a timeout: 0 would mean none
_USED: Final = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})
_WRITTEN: Final = frozenset({"http11.send_request_headers.complete", "http2.send_request_headers.complete"})
_RESPONDED: Final = frozenset({"http11.receive_response_headers.complete", "http2.receive_response_headers.complete"})
UNREADABLE_LOCATION: Final = (httpx.InvalidURL, UnicodeError)
"""What httpx raises after the response, as it reads a Location even if it does not follow it."""


def from_client(get: Callable[[], T]) -> T:
    """What *get* takes from a client; InvalidInput if it has no such pool: a transport of one style, a bad proxy."""
    try:
        return get()
    except InvalidInput:
        raise
    except ValueError as error:
        fault = fault_of(error)
    raise InvalidInput(fault)


def fault_of(error: ValueError) -> str:
    """What a client says of its settings; it stands alone and names a package, where jobwait has an extra."""
    return str(error).replace("install httpx[socks]", "pip install 'jobwait[socks]'")


class ReceivedResponse(httpx.Response):
    """A response with its body; httpx's own constructor would take five times as long."""

    def __init__(self, status: int, headers: Any, body: bytes, method: str, url: str) -> None:
        self.status_code = status
        self._headers = None if isinstance(headers, list | tuple) else httpx.Headers(headers)
        self.raw_headers: Any = headers if self._headers is None else self._headers.raw
        self.extensions, self.history, self.next_request = {}, [], None
        self.is_closed = self.is_stream_consumed = True
        self.default_encoding = "utf-8"
        self._body = body
        self._method, self._url = method, url

    @property
    def headers(self) -> httpx.Headers:  # type: ignore[override]
        """The headers; most responses are read without them."""
        if self._headers is None:
            self._headers = httpx.Headers(self.raw_headers)
        return self._headers

    @property
    def request(self) -> httpx.Request:
        """The request, without headers."""
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

    timeout: total seconds; timeouts: httpx's, for each step. limit: bytes of a body in memory. request: made of url and
    headers when needed, unless given. command: the SendRequest; None for a poll. common: of a poll that is a GET like
    those of other jobs. reused: whether the connection had
    served another request; written: whether the headers were sent; responded: whether the response has begun.
    objection: what a test's own server says if its response cannot be read. raw: headers and body as they came, of an
    engine that has them in one piece.
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
    common: Common | None = None
    reused: bool = False
    written: bool = False
    responded: bool = False
    status: int = 0
    raw_headers: Any = field(default=(), repr=False)  # which may repeat the key, as may the body
    body: bytes | bytearray = field(default=b"", repr=False)
    objection: Any = None
    raw: bytes = field(default=b"", repr=False)
    _fresh: bool = False
    _sink: Any = None  # for a body that is encoded, goes to a file, or counts towards a limit

    @property
    def bulk(self) -> bool:
        """Whether the request transfers a file, so that each byte extends its deadline."""
        return self.command is not None and self.command.bulk

    @property
    def sent_url(self) -> str:
        """The URL as it is sent; `url` shows no key."""
        return self.url if self.request is None else sent_url(self.request)

    def request_with_trace(self, trace: Callable[..., Any]) -> httpx.Request:
        """The request for httpx, which calls *trace* at each step."""
        if self.request is None:
            self.request = httpx.Request(self.method, self.url, headers=self.headers)
        self.request.extensions["timeout"] = self.timeouts
        self.request.extensions["trace"] = trace
        return self.request

    def may_act(self, sent: bool) -> None:
        """Note whether a byte of the request may have been sent; true until the steps say otherwise."""
        if self.command is not None and self.command.once is not None:
            self.command.once.sent = sent

    def note(self, event: str) -> None:
        """Note a step that httpx reports."""
        if event.endswith(_CONNECTING) or event in _USED:
            self.may_act(event in _USED)
        self.written = self.written or event in _WRITTEN
        self._fresh = self._fresh or event.endswith(NEW_STREAM)
        self.reused = self.reused or (event in _USED and not self._fresh)
        self.responded = self.responded or event in _RESPONDED

    def begin(self, response: httpx.Response) -> None:
        """Take status and headers of *response*; a body that httpx has read is decoded already."""
        self.objection = response.extensions.get(OBJECTION)
        encoding = None if response.is_stream_consumed else response.headers.get("content-encoding")
        self.begin_raw(response.status_code, response.headers.raw, encoding)

    def begin_raw(self, status: int, raw_headers: Any, encoding: str | None) -> None:
        """Take status and headers, as pairs of bytes; the body follows in *encoding*."""
        self.responded, self.status, self.raw_headers = True, status, raw_headers
        command = self.command
        if (encoding or "identity") != "identity" or (command is not None and (command.bulk or command.cap)):
            from jobwait._http.body import BodySink  # noqa: PLC0415 - a poll's body needs none

            self._sink = BodySink(self, encoding or "identity")

    def take(self, chunk: bytes) -> None:
        """Take the next bytes of the body; raises httpx.DecodingError above the limit, or if they cannot be decoded."""
        if self._sink is not None:
            self._sink.take(chunk)
            return
        if self.body:  # a server may send it byte by byte
            self.body = self.body if isinstance(self.body, bytearray) else bytearray(self.body)
            self.body += chunk
        else:
            self.body = chunk
        if len(self.body) > self.limit:
            raise httpx.DecodingError(f"a body larger than the limit of {self.limit} bytes")

    def end(self) -> None:
        """End the body; raises httpx.HTTPError if a compressed body or a file is incomplete."""
        self.body = bytes(self.body) if self._sink is None else self._sink.end()
        if self.command is not None and self.command.once is not None:
            self.command.once.response = self.response()

    def close(self) -> None:
        """Close the file, and remove the key from the request, which errors and responses hold."""
        if self._sink is not None:
            self._sink.close()
        if self.request is not None:
            forget_keys(self.request, self.client.auth_header_name, "authorization")  # the latter of a caller's pool
            self.request.extensions.pop("trace", None)

    def may_be_resent(self, error: Exception) -> bool:
        """Whether *error* means that the server had closed an idle connection before this GET reached it."""
        if self.method != "GET" or not self.reused or self.responded:
            return False
        gone = isinstance(error, httpx.RemoteProtocolError) and str(error).startswith("Server disconnected")
        return gone or isinstance(error, httpx.ReadError | httpx.WriteError)

    def shorten(self, spent: float) -> None:
        """Take *spent* seconds off its time, which went by before it is sent."""
        self.timeout = max(self.timeout - spent, LEAST)
        self.timeouts = {part: min(self.timeout, seconds) for part, seconds in self.timeouts.items()}

    def again(self) -> Attempt:
        """Another attempt at the same request."""
        if self.request is not None and self.command is not None:
            self.request.headers.update(self.headers)  # with the key, which close() removed
        return evolve(self, request=None if self.command is None else self.request, reused=False, fresh=False)

    def response(self) -> httpx.Response:
        """The response; where it repeats the key, that is redacted."""
        secret, good, headers = self.secret, 200 <= self.status < 300, self.raw_headers
        if good and self.raw and secret.is_absent(self.raw):
            return ReceivedResponse(self.status, headers, bytes(self.body), self.method, self.url)
        if not good or self._sink is not None or secret.is_in(b"\n".join([part for pair in headers for part in pair])):
            from jobwait._http.body import redacted_headers  # noqa: PLC0415 - few responses need it

            headers = redacted_headers(headers, secret, good=good)
        body = secret.redact(bytes(self.body), good=good)
        received = ReceivedResponse(self.status, headers, body, self.method, self.url)
        if self.objection is not None:
            received.extensions[OBJECTION] = self.objection
        return received
