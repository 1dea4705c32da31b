"""The session that stands in for a client's pool in a lean fleet, and what it tells of each request."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Any

import httpx
from attrs import define

if TYPE_CHECKING:
    import aiohttp


@define(eq=False)
class Trip:
    """One request's way: whether its connection had served another before."""

    reused: bool = False


def session_like(client: Any, concurrency: int) -> aiohttp.ClientSession | None:
    """A session as *client* would have its pool; None where that has a transport of its own, or a proxy."""
    from httpx_aiohttp import AiohttpTransport  # noqa: PLC0415 - an extra

    settings = getattr(client, "_settings", None)
    if settings is None or settings.get("transport") is not None or _has_proxy(str(client.base_url)):
        return None
    limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
    session = AiohttpTransport(verify=settings["verify"], limits=limits).get_client()
    session.trace_configs.append(_telling_of_reuse())
    # It would repeat a request on a new connection too: ten requests where our rules allow five.
    session._retry_connection = False  # noqa: SLF001 - there is no argument for it
    return session


def _telling_of_reuse() -> aiohttp.TraceConfig:
    import aiohttp  # noqa: PLC0415 - an extra

    async def reused(_session: object, context: Any, _params: object) -> None:
        context.trace_request_ctx.reused = True

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(reused)
    config.freeze()
    return config


def _has_proxy(url: str) -> bool:
    address = httpx.URL(url)
    proxies = urllib.request.getproxies()
    return bool({address.scheme, "all"} & set(proxies)) and not urllib.request.proxy_bypass(address.host)
