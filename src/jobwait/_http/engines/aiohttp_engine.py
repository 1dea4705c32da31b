"""Sends requests by aiohttp, for many jobs in one event loop: it needs less CPU time than httpx."""

import functools
from typing import Any, Final, Self

import aiohttp
from attrs import define
from yarl import URL

from jobwait._http.attempt import Attempt
from jobwait._http.engines.aiohttp_errors import Disconnected, to_httpx_error
from jobwait._httpx import httpx

_CHUNK: Final = 1 << 16  # bytes


@define(eq=False)
class AiohttpEngine:
    """Sends through a session of its own."""

    session: aiohttp.ClientSession

    @classmethod
    def own(cls, verify: Any, concurrency: int) -> Self:
        """An engine whose TLS trusts what *verify* says, with at most *concurrency* connections."""
        context = httpx.create_ssl_context(verify=verify)
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=concurrency, keepalive_timeout=30.0, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),  # a real one would send back what a server set
            trace_configs=[_reuse_trace()],
            middlewares=(_no_second_try,),
            auto_decompress=False,
        )
        return cls(session)

    async def close(self) -> None:
        """Close all connections."""
        await self.session.close()

    async def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take the response; raises httpx.HTTPError without a valid one."""
        try:
            await self._run(attempt)
        except (TimeoutError, aiohttp.ClientError) as error:
            found = to_httpx_error(error)
        else:
            return
        raise found  # outside of the except block, so that aiohttp's error, which may hold headers, is not attached

    async def _run(self, attempt: Attempt) -> None:
        async with self.session.request(
            attempt.method,
            URL(attempt.sent_url, encoded=True),
            headers=attempt.headers,
            timeout=_timeout(attempt),
            allow_redirects=False,
            trace_request_ctx=attempt,
        ) as response:
            attempt.begin_raw(response.status, response.raw_headers, response.headers.get("content-encoding"))
            if response.content_length is not None and response.content_length <= attempt.limit:
                attempt.take(await response.read())
            else:
                async for chunk in response.content.iter_chunked(_CHUNK):
                    attempt.take(chunk)
            attempt.end()


def _timeout(attempt: Attempt) -> aiohttp.ClientTimeout:
    """The time for all of it, and for each step that has less."""
    connect, read = (attempt.timeouts[part] for part in ("connect", "read"))
    return _client_timeout(attempt.timeout, connect, read)


@functools.lru_cache(maxsize=8)
def _client_timeout(total: float, connect: float, read: float) -> aiohttp.ClientTimeout:
    connect_in, read_in = (None if part >= total else part for part in (connect, read))
    return aiohttp.ClientTimeout(total=total, sock_connect=connect_in, sock_read=read_in)


async def _no_second_try(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Stop aiohttp from sending a request again after a connection error: the pool decides on that."""
    try:
        return await send(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Disconnected(error) from None


def _reuse_trace() -> aiohttp.TraceConfig:
    async def reused(_session: object, context: Any, _params: object) -> None:
        context.trace_request_ctx.reused = True

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(reused)
    config.freeze()
    return config
