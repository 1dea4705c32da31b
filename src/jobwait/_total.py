"""
A total deadline around one synchronous request.

httpx restarts its read timeout with every byte, so an answer that drips never times out. Its `trace` extension
hands us each new network stream; we wrap the stream's read so that it waits no longer than the deadline of the
request now in this thread. Name resolution is outside of it: the system's resolver cannot be interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any, Self

import httpx

_DEADLINE: ContextVar[float | None] = ContextVar("jobwait_deadline", default=None)
_NEW_STREAM = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})
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
        if event in _NEW_STREAM:
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


def _wrap(stream: Any) -> None:
    read = stream.read

    def bounded(max_bytes: int, timeout: float | None = None) -> bytes:
        deadline = _DEADLINE.get()
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise httpx.ReadTimeout("the answer took too long")
            timeout = left if timeout is None else min(timeout, left)
        data: bytes = read(max_bytes, timeout)
        return data

    stream.read = bounded


class Deadline:
    """Bounds every read in this thread while it is entered, and tells when it has passed."""

    def __init__(self, timeout: float) -> None:
        self._at = time.monotonic() + timeout

    def __enter__(self) -> Self:
        self._token = _DEADLINE.set(self._at)
        return self

    def __exit__(self, *_: object) -> None:
        _DEADLINE.reset(self._token)

    def check(self) -> None:
        """
        Do nothing, unless the deadline has passed.

        Raises:
            httpx.ReadTimeout: it has.

        """
        if time.monotonic() >= self._at:
            raise httpx.ReadTimeout("the answer took too long")
