"""One connection of the engine for asyncio: a GET is written in one piece, and the bytes of its response are taken."""

import asyncio
import zlib
from collections.abc import Callable
from typing import Any, Final

import h11

from jobwait._http.attempt import Attempt
from jobwait._http.engines.plain_head import plain_head
from jobwait._httpx import httpx

_LARGEST_HEAD: Final = 100 * 1024  # bytes, as in httpcore
_ASKED: Final = h11.Request(
    method="GET", target="/", headers=[("Host", "host.invalid")]
)  # h11 is to know that it is a GET


class Connection(asyncio.Protocol):
    """
    A connection, for one request at a time.

    lasts: whether another request may follow the last one. lost: done once it is closed. since: when it became idle,
    on the clock of the loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, forget: Callable[["Connection"], object]) -> None:
        self.lasts, self.since = True, 0.0
        self.lost: asyncio.Future[None] = loop.create_future()
        self._loop, self._forget = loop, forget
        self._transport: Any = None
        self._attempt: Attempt | None = None
        self._ended: asyncio.Future[None] = self.lost
        self._parser: h11.Connection | None = None
        self._left: int | None = None  # bytes of the body that are still to come; None: the head is, or h11 counts
        self._ends = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def usable(self) -> bool:
        """Whether it is open and the server has said nothing that was not asked."""
        return self.lasts and not self._transport.is_closing()

    def exchange(self, attempt: Attempt, target: str, lines: bytes, ends: float) -> asyncio.Future[None]:
        """
        Send *attempt* as a GET of *target* with *lines*, which are its headers; the future is done with the response.

        It gets an httpx.HTTPError if that is not a valid one, or not complete when the loop's clock is at *ends*.
        """
        self._attempt, self._parser, self._left = attempt, None, None
        self._ended = self._loop.create_future()
        self._watch(ends)
        self._transport.write(b"GET %b HTTP/1.1\r\n%b" % (target.encode("ascii"), lines))
        attempt.written = True
        return self._ended

    def abort(self) -> None:
        """Close it at once."""
        self.lasts, self._attempt = False, None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed; a response that is not complete now never will be."""
        self._end(exc)
        self.lasts = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.lost.done():
            self.lost.set_result(None)
        self._forget(self)

    def eof_received(self) -> None:
        """The server sends no more; the transport then closes itself."""
        self.lasts = False
        self._end(None)

    def data_received(self, data: bytes) -> None:
        """Take the next bytes; those that nobody asked for end the connection."""
        if self._attempt is None:
            self.abort()
            return
        self._do(self._take, self._attempt, data)

    def _do(self, step: Callable[[Attempt, bytes], bool], attempt: Attempt, data: bytes) -> None:
        """Take *data* by *step*; the attempt is over if that returns True or raises."""
        try:
            if not step(attempt, data):
                return
        except h11.ProtocolError as error:
            found = httpx.RemoteProtocolError(str(error))
            found.__cause__ = error
            self._fail(found)
        except Exception as error:  # noqa: BLE001 - raised in the task that waits for the response
            self._fail(error)
        else:
            self._attempt = self._parser = None
            if not self._ended.done():
                self._ended.set_result(None)

    def _take(self, attempt: Attempt, data: bytes) -> bool:
        """Take the next bytes of the response; whether it is complete."""
        if self._left is None and self._parser is None:
            head = plain_head(data)
            if head is None:
                self._parser = _parser()
            else:
                attempt.begin_raw(head.status, head.headers, None)
                if len(data) == head.start + head.length:
                    attempt.raw = data
                self._left, data = head.length, data[head.start :]
        if self._left is None:
            return self._parse(attempt, data)
        if len(data) > self._left:
            self.lasts, data = False, data[: self._left]
        self._left -= len(data)
        attempt.take(data)
        if self._left == 0:
            attempt.end()
        return self._left == 0

    def _parse(self, attempt: Attempt, data: bytes) -> bool:
        """The same, by h11; no bytes: the server sends no more."""
        parser = self._parser
        assert parser is not None, "the head was not plain"  # noqa: S101
        parser.receive_data(data)
        while True:
            event = parser.next_event()
            if isinstance(event, h11.Response):
                encodings = [value for name, value in event.headers if name == b"content-encoding"]
                attempt.begin_raw(event.status_code, event.headers.raw_items(), b", ".join(encodings).decode("latin-1"))
            elif isinstance(event, h11.Data):
                attempt.take(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                attempt.end()
                self.lasts = self.lasts and parser.their_state is h11.DONE and not parser.trailing_data[0]
                return True
            elif not isinstance(event, h11.InformationalResponse):
                return False

    def _end(self, error: Exception | None) -> None:
        """The server sends no more, because of *error* if there is one."""
        attempt = self._attempt
        if attempt is None:
            return
        if isinstance(error, OSError):
            broken = httpx.ReadError(f"the connection broke ({error.strerror or type(error).__name__})")
            broken.__cause__ = error
            self._fail(broken)
        elif not attempt.responded:
            self._fail(httpx.RemoteProtocolError("Server disconnected without sending a response."))
        elif self._parser is None:
            self._fail(httpx.RemoteProtocolError("the server closed the connection in the middle of its response"))
        else:
            self._do(self._parse, attempt, b"")

    def _fail(self, error: Exception) -> None:
        self.abort()
        _forget_frames(error)
        if not self._ended.done():
            self._ended.set_exception(error)
            self._ended.exception()  # if the task was canceled meanwhile, nobody else asks for it

    def _watch(self, ends: float) -> None:
        """Have the response end at *ends*: one timer serves many requests, as most end long before."""
        self._ends = ends
        if self._timer is None or self._timer.when() > ends:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(ends, self._check)

    def _check(self) -> None:
        self._timer = None
        if self._attempt is None:
            return
        if self._loop.time() < self._ends:
            self._watch(self._ends)
        else:
            self._fail(httpx.ReadTimeout("the response took too long"))


def _forget_frames(error: BaseException | None) -> None:
    """Remove the frames of *error* and of what is behind it: they hold the bytes that the server sent."""
    while isinstance(error, httpx.HTTPError | h11.ProtocolError | zlib.error):
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _parser() -> h11.Connection:
    """A parser that has sent a GET."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST_HEAD)
    parser.send(_ASKED)
    parser.send(h11.EndOfMessage())
    return parser
