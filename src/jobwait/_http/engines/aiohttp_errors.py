"""Translates aiohttp's errors into httpx's, which the retry rule knows and which hold no request."""

import aiohttp

from jobwait._httpx import httpx


class Disconnected(aiohttp.ClientError):
    """Replaces *error*, so that aiohttp does not send the request again."""

    def __init__(self, error: aiohttp.ClientError) -> None:
        super().__init__()
        self.error = error


def to_httpx_error(found: TimeoutError | aiohttp.ClientError) -> httpx.HTTPError:
    """Its httpx error, to be raised outside the handler; never caused by aiohttp's, as some hold the headers sent."""
    if isinstance(found, Disconnected):
        found = found.error
    if isinstance(found, TimeoutError):
        return httpx.ReadTimeout("the response took too long")
    error = _translated(found)
    behind = getattr(found, "certificate_error", None) or getattr(found, "os_error", None)
    error.__cause__ = behind if isinstance(behind, BaseException) else None
    return error


def _translated(found: Exception) -> httpx.HTTPError:
    if isinstance(found, aiohttp.ClientConnectorError | aiohttp.ClientSSLError):
        return httpx.ConnectError(str(found)[:300])
    if isinstance(found, aiohttp.InvalidURL):
        return httpx.UnsupportedProtocol("an address that is no URL for HTTP")
    if isinstance(found, OSError) and not isinstance(found, aiohttp.ServerDisconnectedError):
        return httpx.ReadError(f"the connection broke ({found.strerror or type(found).__name__})")
    texts = {
        aiohttp.ServerDisconnectedError: "the server closed the connection without a response",
        aiohttp.ClientPayloadError: "the server closed the connection in the middle of its response",
        aiohttp.ClientResponseError: "the response is no valid HTTP",
    }
    known = (text for kind, text in texts.items() if isinstance(found, kind))
    return httpx.RemoteProtocolError(next(known, type(found).__name__))
