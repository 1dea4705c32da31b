"""Requests to addresses that an answer named, and the query of long polls."""

from __future__ import annotations

from typing import Any, Final

from jobwait._declared.status_url import is_own
from jobwait._httpx import httpx
from jobwait.errors import InvalidInput

LONGEST_HELD: Final = 25.0  # seconds for which a server is asked to hold a long poll
_SHARE: Final = 0.6  # of the request's own timeout


def absolute_request(client: Any, url: str) -> httpx.Request:
    """A GET of *url*, whose query no text shows; the key is added on the client's own origin only."""
    make = getattr(client, "request_to", None)
    if make is None:
        fact = "A status URL needs the client that connect() of its service makes"
        raise InvalidInput(f"{fact}, not {type(client).__name__}.")
    request: httpx.Request = make(url, keyed=is_own(url, client.base_url))
    return request


def held_for(client: Any) -> str:
    """The seconds for which *client* asks a server to hold a long poll, as its query has them."""
    read = client.timeout.read
    return str(max(1, int(min(LONGEST_HELD, (LONGEST_HELD if read is None else read) * _SHARE))))
