"""Looks through httpx's transport, without its client: no cookies, no redirects, no events, no default headers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import anyio
import httpx
from attrs import define

from jobwait._http.body import STATUS_BODY_LIMIT
from jobwait._http.deadline import Trace, hung_up
from jobwait._http.engines.engine import Got, too_large
from jobwait._http.log_redaction import redact_key_in_logs
from jobwait._http.redaction import HiddenHeaders, Secret
from jobwait._sync.background_task import in_asyncio


@define(eq=False)
class ByHttpx:
    """One client's transport."""

    transport: httpx.AsyncHTTPTransport
    within: Callable[[float], AbstractAsyncContextManager[object]]  # raises TimeoutError after so many seconds

    @classmethod
    def of(cls, verify: Any, limits: httpx.Limits) -> Self:
        """A transport that trusts whom *verify* says."""
        within = asyncio.timeout if in_asyncio() else _within  # asyncio's own costs a fifth of anyio's there
        return cls(httpx.AsyncHTTPTransport(verify=verify, limits=limits), within)

    async def close(self) -> None:
        """Close all connections."""
        await self.transport.aclose()

    async def get(self, url: str, headers: HiddenHeaders, within: float, secret: Secret) -> Got:
        """The answer to a GET; see Engine."""
        with redact_key_in_logs(secret):
            try:
                async with self.within(within):
                    return await self._once_or_twice(url, headers, within)
            except TimeoutError:
                raise httpx.ReadTimeout("the answer took too long") from None
            except httpx.RequestError as error:
                error.request = httpx.Request("GET", url)  # without the key
                raise

    async def _once_or_twice(self, url: str, headers: HiddenHeaders, within: float) -> Got:
        trace = Trace()
        try:
            return await self._once(url, headers, within, trace)
        except httpx.TransportError as error:
            if not (trace.closed_while_idle and hung_up(error)):
                raise
            return await self._once(url, headers, within, Trace())

    async def _once(self, url: str, headers: HiddenHeaders, within: float, trace: Trace) -> Got:
        each = dict.fromkeys(("connect", "read", "write", "pool"), within)
        extensions = {"timeout": each, "trace": trace.callback_async}
        request = httpx.Request("GET", url, headers=headers, extensions=extensions)
        response = await self.transport.handle_async_request(request)
        try:
            body = await _content(response)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await response.aclose()
            raise
        await response.aclose()
        return Got(response.status_code, response.headers.raw, body, response.headers.get("content-encoding"))


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    with anyio.fail_after(seconds):
        yield


async def _content(response: httpx.Response) -> bytes:
    """The body as it came, within the limit."""
    assert isinstance(response.stream, httpx.AsyncByteStream), "an asynchronous transport answers so"  # noqa: S101
    content = b""
    async for chunk in response.stream:
        content += chunk
        if len(content) > STATUS_BODY_LIMIT:
            raise too_large()
    return content
