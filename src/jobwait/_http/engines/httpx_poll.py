"""
The request of a poll as far as a transport of httpx reads it, made of what the polls of many jobs have in common.

httpx.Request takes the URL apart and checks each header anew; for a poll that is a third of what httpx adds to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from jobwait._http.attempt import Attempt
from jobwait._http.common import Common
from jobwait._httpx import httpx

_NOTHING: Final = httpx.ByteStream(b"")


class _Url(NamedTuple):
    """The parts of httpx.URL that a transport reads."""

    raw_scheme: bytes
    raw_host: bytes
    port: int | None
    raw_path: bytes


class _Headers(NamedTuple):
    """The headers as they are sent, with the key: only the frames of a request hold them."""

    raw: list[tuple[bytes, bytes]]

    def __repr__(self) -> str:
        return "<headers>"


class PollRequest:
    """What a transport reads of an httpx.Request; its repr shows no key."""

    __slots__ = ("extensions", "headers", "method", "stream", "url")

    def __init__(self, url: _Url, headers: _Headers, extensions: dict[str, Any]) -> None:
        self.method, self.url, self.headers, self.stream, self.extensions = "GET", url, headers, _NOTHING, extensions


def poll_request(attempt: Attempt, trace: Callable[..., Any]) -> PollRequest | None:
    """The request of *attempt*, of which *trace* is told each step; None if it is no poll that can be sent this way."""
    common = attempt.common
    if common is None or not common.origin:
        return None
    scheme, host, port, headers = common.for_httpx = common.for_httpx or _parts(common)
    target = attempt.url[len(common.origin) :].encode("ascii")
    return PollRequest(_Url(scheme, host, port, target), headers, {"timeout": attempt.timeouts, "trace": trace})


def _parts(common: Common) -> tuple[bytes, bytes, int | None, _Headers]:
    """What the polls share; their headers are ASCII, as httpx has made the first of these requests."""
    origin, fields = httpx.URL(common.origin), [("Host", common.host), *common.keyed.items()]
    raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in fields]
    return origin.raw_scheme, origin.raw_host, origin.port, _Headers(raw)
