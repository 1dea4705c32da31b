"""What carries the looks of a lean fleet for one client: aiohttp's sessions, or httpx's own transport."""

from __future__ import annotations

import urllib.request
from typing import Any, Protocol

import httpx
from attrs import define

from jobwait._body import LOOK_LIMIT
from jobwait._hidden import Unseen
from jobwait._spawn import in_asyncio


@define(eq=False)
class Got:
    """An answer: its body as it came, within the limit of a look, and how that is encoded."""

    status: int
    headers: Any  # pairs of bytes
    body: bytes
    encoding: str | None


class Engine(Protocol):
    """A pool of a client's own, without httpx's client around it."""

    async def get(self, url: str, headers: Unseen, within: float) -> Got:
        """
        The answer to a GET, within so many seconds in all.

        A kept connection that the server had closed is the one thing that is repeated here.

        Raises:
            httpx.HTTPError: what went wrong, in httpx's words.
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def engine_like(client: Any, concurrency: int) -> Engine | None:
    """An engine that stands in for *client*'s pool; None where that has a transport of its own, or a proxy."""
    settings = getattr(client, "_settings", None)
    if settings is None or settings.get("transport") is not None or _has_proxy(str(client.base_url)):
        return None
    limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
    if in_asyncio():
        try:
            from jobwait._lean_aiohttp import ByAiohttp  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            pass
        else:
            return ByAiohttp.of(settings["verify"], limits)
    from jobwait._lean_httpx import ByHttpx  # noqa: PLC0415 - only one of them is needed

    return ByHttpx.of(settings["verify"], limits)


def too_large() -> httpx.DecodingError:
    """A body that goes on beyond the limit of a look."""
    return httpx.DecodingError(f"a body larger than the limit of {LOOK_LIMIT} bytes")


def _has_proxy(url: str) -> bool:
    address = httpx.URL(url)
    proxies = urllib.request.getproxies()
    return bool({address.scheme, "all"} & set(proxies)) and not urllib.request.proxy_bypass(address.host)
