"""What goes wrong in aiohttp, in httpx's words: the rules know those, and they carry no request along."""

from __future__ import annotations

import aiohttp
import httpx


def in_httpx_words(found: TimeoutError | aiohttp.ClientError) -> httpx.HTTPError:
    """
    Httpx's error for aiohttp's, to be raised where that is no longer handled.

    Those of aiohttp are not kept as causes, as some hold the headers that were sent; what the system said is.
    """
    if isinstance(found, TimeoutError):
        return httpx.ReadTimeout("the answer took too long")
    error = _told(found)
    error.__cause__ = _behind(found)
    return error


def _told(found: Exception) -> httpx.HTTPError:
    if isinstance(found, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return httpx.ConnectError(str(found)[:300])
    if isinstance(found, aiohttp.InvalidURL):
        return httpx.UnsupportedProtocol("an address that cannot be asked")
    if isinstance(found, OSError) and not isinstance(found, aiohttp.ServerDisconnectedError):
        return httpx.ReadError(f"the connection broke ({found.strerror or type(found).__name__})")
    said = {
        aiohttp.ServerDisconnectedError: "the server closed the connection without an answer",
        aiohttp.ClientPayloadError: "the server closed the connection in the middle of its answer",
        aiohttp.ClientResponseError: "the answer is no valid HTTP",
    }
    known = (words for kind, words in said.items() if isinstance(found, kind))
    return httpx.RemoteProtocolError(next(known, type(found).__name__))


def _behind(found: Exception) -> BaseException | None:
    """The system's own error behind *found*: the refused certificate, the refused connection."""
    for name in ("certificate_error", "os_error"):
        behind = getattr(found, name, None)
        if isinstance(behind, BaseException):
            return behind
    return None
