"""Requests through an `httpx.AsyncClient`, or straight through a transport of httpx, with a total deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import anyio
from attrs import define, frozen

from jobwait._http.attempt import Attempt
from jobwait._http.deadline import DEADLINE, SLOWEST, earn
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._sync.background_task import in_asyncio

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]


@define(eq=False)
class HttpxAsync:
    """Sends by *send*, *within* a number of seconds."""

    send: Send
    within: Callable[[float, bool], AbstractAsyncContextManager[Any]]
    transport: httpx.AsyncHTTPTransport | None = None  # where the connections are this engine's own

    @classmethod
    def through(cls, client: Client) -> Self:
        """An engine that sends through the pool of *client* for this event loop."""

        async def send(request: httpx.Request) -> httpx.Response:
            pool = client.get_async_httpx_client()
            return await pool.send(request, stream=True, follow_redirects=False)

        return cls(send, _limit())

    @classmethod
    def own(cls, verify: Any, concurrency: int) -> Self:
        """An engine with connections of its own: without cookies, events and default headers of a client."""
        limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
        transport = httpx.AsyncHTTPTransport(verify=verify, limits=limits)
        return cls(transport.handle_async_request, _limit(), transport)

    async def close(self) -> None:
        """Close the connections that are this engine's own."""
        if self.transport is not None:
            await self.transport.aclose()

    async def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take in the response; raises httpx.HTTPError without one, or if it breaks a limit."""
        try:
            async with self.within(attempt.timeout, attempt.bulk):
                await self._run(attempt)
        except TimeoutError:
            raise httpx.ReadTimeout("the response took too long") from None

    async def _run(self, attempt: Attempt) -> None:
        async def trace(event: str, _info: dict[str, Any]) -> None:
            attempt.note(event)

        response = await self.send(attempt.request_with_trace(trace))
        chunks = response.aiter_raw()  # kept by the frame of an error: trio warns of a generator dropped half-way
        try:
            attempt.begin(response)
            if response.is_stream_consumed:
                attempt.take(response.content)
            else:
                async for chunk in chunks:
                    if attempt.bulk:
                        earn(len(chunk))
                    attempt.take(chunk)
            attempt.end()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await response.aclose()
            raise
        await response.aclose()


def _limit() -> Callable[[float, bool], AbstractAsyncContextManager[Any]]:
    """What raises TimeoutError after so many seconds; asyncio's own timeout costs a fifth of anyio's."""
    fast = asyncio.timeout if in_asyncio() else None

    def within(seconds: float, bulk: bool) -> AbstractAsyncContextManager[Any]:
        return _scope(seconds) if bulk or fast is None else fast(seconds)

    return within


@frozen(eq=False)
class _AsyncDeadline:
    """The end of one request in this task, where *scope*, a cancel scope, does the bounding."""

    scope: anyio.CancelScope

    def earn(self, count: int) -> None:
        """Take note of *count* bytes of a file that were moved."""
        self.scope.deadline += count / SLOWEST


@asynccontextmanager
async def _scope(seconds: float) -> AsyncIterator[None]:
    with anyio.fail_after(seconds) as scope:
        token = DEADLINE.set(_AsyncDeadline(scope))
        try:
            yield
        finally:
            DEADLINE.reset(token)
