"""What a lean fleet wants of whatever carries the looks for one client."""

from __future__ import annotations

from typing import Any, Protocol

import httpx
from attrs import define

from jobwait._http.body import STATUS_BODY_LIMIT
from jobwait._http.redaction import HiddenHeaders, Secret


@define(eq=False)
class Got:
    """An answer: its body as it came, within the limit of a look, and how that is encoded."""

    status: int
    headers: Any  # pairs of bytes
    body: bytes
    encoding: str | None


class Engine(Protocol):
    """A pool of a client's own, without httpx's client around it."""

    async def get(self, url: str, headers: HiddenHeaders, within: float, secret: Secret) -> Got:
        """
        The answer to a GET, within so many seconds in all; the *secret* is in *headers* and in no log.

        A kept connection that the server had closed is the one thing that is repeated here.

        Raises:
            httpx.HTTPError: what went wrong, in httpx's words.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def too_large() -> httpx.DecodingError:
    """A body that goes on beyond the limit of a look."""
    return httpx.DecodingError(f"a body larger than the limit of {STATUS_BODY_LIMIT} bytes")
