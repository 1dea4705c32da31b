"""Requests to addresses that an answer named, and the query of long polls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from jobwait._declared.status_url import is_own
from jobwait._httpx import httpx
from jobwait.errors import InvalidInput

LONGEST_HELD: Final = 25.0  # seconds for which a server is asked to hold a long poll
_SHARE: Final = 0.6  # of the request's own timeout


def absolute_request(
    client: Any,
    url: str,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    *,
    keyless: bool = False,
) -> httpx.Request:
    """
    A GET of *url*, whose query no text shows.

    The key, *headers* and *query* are added on the client's own origin only; *keyless*: not even there the key.
    """
    make = getattr(client, "request_to", None)
    if make is None:
        fact = "A status URL needs the client that connect() of its service makes"
        raise InvalidInput(f"{fact}, not {type(client).__name__}.")
    own = is_own(url, client.base_url)
    if own and query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    request: httpx.Request = make(url, keyed=own and not keyless)
    request.headers.update((headers or {}) if own else {})
    return request


def held_for(client: Any, seconds: float) -> str:
    """The seconds for which *client* asks a server to hold a long poll that may take *seconds*."""
    read = client.timeout.read
    return str(max(1, int(min(LONGEST_HELD, min(seconds, LONGEST_HELD if read is None else read) * _SHARE))))
