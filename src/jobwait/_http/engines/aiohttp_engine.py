"""Looks by aiohttp: the sessions of httpx-aiohttp, with its settings for TLS and its names for errors."""

from __future__ import annotations

from typing import Any, Final, Self

import aiohttp
import httpx
from attrs import define, field
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from jobwait._http.body import STATUS_BODY_LIMIT
from jobwait._http.engines.aiohttp_errors import in_httpx_words
from jobwait._http.engines.engine import Got, too_large
from jobwait._http.redaction import HiddenHeaders, Secret

CHUNK: Final = 1 << 16
_GONE: Final = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


@define(eq=False)
class _Trip:
    """One request's way: whether its connection had served another before."""

    reused: bool = False


@define(eq=False)
class ByAiohttp:
    """One client's session."""

    session: aiohttp.ClientSession
    _timeouts: dict[float, aiohttp.ClientTimeout] = field(factory=dict)  # the usual one; what a deadline leaves differs

    @classmethod
    def of(cls, verify: Any, limits: httpx.Limits) -> Self:
        """A session that trusts whom *verify* says."""
        session = AiohttpTransport(verify=verify, limits=limits).get_client()
        session.trace_configs.append(_telling_of_reuse())
        # It would repeat a request on a new connection too: ten requests where our rules allow five.
        session._retry_connection = False  # noqa: SLF001 - there is no argument for it
        session._cookie_jar = aiohttp.DummyCookieJar()  # noqa: SLF001 - it would send back what a server set
        return cls(session)

    async def close(self) -> None:
        """Close all connections."""
        await self.session.close()

    async def get(self, url: str, headers: HiddenHeaders, within: float, secret: Secret) -> Got:  # noqa: ARG002 - aiohttp logs none
        """The answer to a GET; see Engine."""
        total = self._timeouts.get(within) or self._total(within)
        address, trip = URL(url, encoded=True), _Trip()
        try:
            try:
                return await self._once(address, headers, total, trip)
            except _GONE:
                if not trip.reused:
                    raise
                return await self._once(address, headers, total, _Trip())
        except (TimeoutError, aiohttp.ClientError) as error:
            said = in_httpx_words(error)
        raise said  # out here, as the error that is handled would come along

    async def _once(self, url: URL, headers: HiddenHeaders, total: aiohttp.ClientTimeout, trip: _Trip) -> Got:
        async with self.session.get(
            url, headers=headers, timeout=total, allow_redirects=False, auto_decompress=False, trace_request_ctx=trip
        ) as answer:
            body = await _content(answer)
        return Got(answer.status, answer.raw_headers, body, answer.headers.get("content-encoding"))

    def _total(self, within: float) -> aiohttp.ClientTimeout:
        total = aiohttp.ClientTimeout(total=within)
        if not self._timeouts:
            self._timeouts[within] = total
        return total


def _telling_of_reuse() -> aiohttp.TraceConfig:
    async def reused(_session: object, context: Any, _params: object) -> None:
        context.trace_request_ctx.reused = True

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(reused)
    config.freeze()
    return config


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    """The body as it came, within the limit."""
    if (answer.content_length or STATUS_BODY_LIMIT + 1) <= STATUS_BODY_LIMIT:
        return await answer.read()
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > STATUS_BODY_LIMIT:
            raise too_large()
    return bytes(content)
