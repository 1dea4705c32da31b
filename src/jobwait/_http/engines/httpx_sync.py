"""
Requests through an `httpx.Client`, with a total deadline.

httpx restarts its timeouts with every step and byte, so a response that trickles never times out. Its `trace` extension
reports each step with its timeout, and hands over each new network stream. The timeouts are shortened, and read and
write are wrapped, so that none waits beyond the deadline of the request now in this thread. Not bounded are name
resolution, and a name with several addresses of which none responds: each has the time that was left.
"""

import time
from contextlib import nullcontext
from typing import Any, Final, Self

from attrs import frozen

from jobwait._http import deadline as deadlines
from jobwait._http.attempt import NEW_STREAM, UNREADABLE_LOCATION, Attempt, from_client
from jobwait._http.deadline import SLOWEST
from jobwait._httpx import httpx
from jobwait._model.client import Client

_PIECE: Final = 64 * 1024  # bytes of a write under one timeout
_CONNECTING: Final = (".connect_tcp.started", ".start_tls.started")


@frozen(eq=False)
class HttpxSync:
    """Sends through the httpx.Client of *client*."""

    client: Client

    def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take the response; raises httpx.HTTPError without a valid one."""
        with _SyncDeadline(attempt.timeout, bulk=attempt.bulk) as deadline:
            request = attempt.request_with_trace(_Trace(attempt).note)
            in_use = getattr(self.client, "pool_in_use", None)  # a generated client replaces it after an interrupt
            get = in_use or (lambda: nullcontext(self.client.get_httpx_client()))
            with from_client(get) as pool:
                try:
                    response = pool.send(request, stream=True, follow_redirects=False)
                except UNREADABLE_LOCATION as error:
                    raise httpx.RemoteProtocolError(f"a redirect to what is no URL ({error})") from None
                try:
                    attempt.begin(response)
                    for chunk in (response.content,) if response.is_stream_consumed else response.iter_raw():
                        deadline.extend(len(chunk))
                        attempt.take(chunk)
                    attempt.end()
                finally:
                    response.close()


@frozen(eq=False)
class _Trace:
    """Shortens the timeouts of one request, and reports its steps to *attempt*."""

    attempt: Attempt

    def note(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(_CONNECTING):
            info["timeout"] = _shortened(info.get("timeout"))
        elif event.endswith(NEW_STREAM):
            _wrap(info["return_value"])
        self.attempt.note(event)


def _wrap(stream: Any) -> None:
    read, write = stream.read, stream.write

    def bounded_read(max_bytes: int, timeout: float | None = None) -> bytes:
        data: bytes = read(max_bytes, _shortened(timeout))
        return data

    def bounded_write(buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):  # a server that reads slowly would restart the timeout
            write(buffer[start : start + _PIECE], _shortened(timeout))

    stream.read, stream.write = bounded_read, bounded_write


def _shortened(timeout: float | None) -> float | None:
    """*timeout*, or the time to the deadline of the request in this thread if that is less."""
    deadline = deadlines.current()
    if not isinstance(deadline, _SyncDeadline):
        return timeout
    left = deadline.left()
    return left if timeout is None else min(timeout, left)


class _SyncDeadline:
    """The end of one request in this thread. A *bulk* request, which moves a file, earns time with its bytes."""

    __slots__ = ("__weakref__", "_at", "_bulk", "_token")

    def __init__(self, timeout: float, *, bulk: bool) -> None:
        self._at = time.monotonic() + timeout
        self._bulk = bulk

    def __enter__(self) -> Self:
        self._token = deadlines.begin(self)
        return self

    def __exit__(self, *_: object) -> None:
        deadlines.end(self._token)

    def left(self) -> float:
        """The seconds that are left; raises httpx.ReadTimeout if there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the response took too long")
        return left

    def extend(self, count: int) -> None:
        """Extend it for *count* bytes that were transferred, if the request is *bulk*."""
        self.left()
        self._at += count / SLOWEST if self._bulk else 0.0
