"""
A total deadline around one synchronous request.

httpx restarts its timeouts with every step and every byte, so an answer that drips never times out. Its `trace`
extension tells us of each step before it is made, with the timeout that it will have, and hands us each new network
stream; we shorten the one, and wrap the read and write of the other, so that none waits longer than the deadline of
the request now in this thread. Outside of it are name resolution, as the system's resolver cannot be interrupted, and
a name with several addresses of which none answers: each has the time that was left.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Final, Self

import httpx

SLOWEST: Final = 16 * 1024  # bytes a second that a file has to move at, on average, once the timeout has passed
_PIECE: Final = 64 * 1024  # bytes of a write under one timeout
_NEW_STREAM = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})
_CONNECTING = frozenset({"connection.connect_tcp.started", "connection.start_tls.started"})
_USED = frozenset({"http11.send_request_headers.started", "http2.send_request_headers.started"})
_ANSWERED = frozenset({"http11.receive_response_headers.complete", "http2.receive_response_headers.complete"})


class Trace:
    """What httpx tells of one request: whether its connection was new, was used, and had begun to answer."""

    def __init__(self) -> None:
        self._fresh = False
        self._used = False
        self._answered = False

    def note(self, event: str, info: dict[str, Any]) -> None:
        """Take one event of a synchronous request."""
        if event in _CONNECTING:
            info["timeout"] = _shortened(info.get("timeout"))
        elif event in _NEW_STREAM:
            _wrap(info["return_value"])
        self._take(event)

    async def note_async(self, event: str, _info: dict[str, Any]) -> None:
        """Take one event of an asynchronous request; its deadline is a cancel scope."""
        self._take(event)

    def _take(self, event: str) -> None:
        self._fresh |= event in _NEW_STREAM
        self._used |= event in _USED
        self._answered |= event in _ANSWERED

    @property
    def callback(self) -> Callable[[str, dict[str, Any]], None]:
        """For the `trace` extension of a synchronous request."""
        return self.note

    @property
    def callback_async(self) -> Callable[[str, dict[str, Any]], Awaitable[None]]:
        """For the `trace` extension of an asynchronous request."""
        return self.note_async

    @property
    def closed_while_idle(self) -> bool:
        """Whether a failure of this request can only be that of a connection that had grown old."""
        return self._used and not self._fresh and not self._answered


def hung_up(error: httpx.TransportError) -> bool:
    """Whether the server closed the connection; an answer that is no HTTP came from one that had taken the request."""
    gone = isinstance(error, httpx.RemoteProtocolError) and str(error).startswith("Server disconnected")
    return gone or isinstance(error, httpx.ReadError | httpx.WriteError)


def _wrap(stream: Any) -> None:
    read, write = stream.read, stream.write

    def bounded_read(max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = read(max_bytes, _shortened(timeout))
        return data

    def bounded_write(buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):  # whoever takes little at a time gets a new timeout with each bit
            write(buffer[start : start + _PIECE], _shortened(timeout))

    stream.read, stream.write = bounded_read, bounded_write


def _shortened(timeout: float | None) -> float | None:
    """*timeout*, or what is left of the deadline of the request now in this thread where that is less."""
    deadline = _DEADLINE.get()
    if not isinstance(deadline, Deadline):
        return timeout
    left = deadline.left()
    return left if timeout is None else min(timeout, left)


class Deadline:
    """
    The end of one request in this thread: every read while it is entered is bounded by it.

    A *bulk* request, which moves a file, earns time with its bytes: it may take as long as it likes, but not drip.
    """

    def __init__(self, timeout: float, *, bulk: bool) -> None:
        self._at = time.monotonic() + timeout
        self._bulk = bulk

    def __enter__(self) -> Self:
        self._token = _DEADLINE.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _DEADLINE.reset(self._token)

    def left(self) -> float:
        """
        The seconds that are left.

        Raises:
            httpx.ReadTimeout: there are none.

        """
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the answer took too long")
        return left

    def earn(self, count: int) -> None:
        """Take note of *count* bytes that were moved."""
        self.left()
        self._at += count / SLOWEST if self._bulk else 0.0


class ScopedDeadline:
    """The same around a request in a task, where *scope*, a cancel scope, does the bounding."""

    def __init__(self, scope: Any, *, bulk: bool) -> None:
        self._scope = scope
        self._bulk = bulk

    def __enter__(self) -> Self:
        self._token = _DEADLINE.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _DEADLINE.reset(self._token)

    def earn(self, count: int) -> None:
        """Take note of *count* bytes that were moved."""
        self._scope.deadline += count / SLOWEST if self._bulk else 0.0


def earn(count: int) -> None:
    """Tell the deadline of the request now under way of *count* bytes that go out."""
    deadline = _DEADLINE.get()
    if deadline is not None:
        deadline.earn(count)


_DEADLINE: ContextVar[Deadline | ScopedDeadline | None] = ContextVar("jobwait_deadline", default=None)
