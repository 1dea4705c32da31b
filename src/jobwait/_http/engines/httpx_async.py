"""Sends requests through an `httpx.AsyncClient` or a transport of httpx, with a total deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Self

import anyio
from attrs import define, frozen

from jobwait._http.attempt import Attempt
from jobwait._http.deadline import DEADLINE, SLOWEST
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._sync.background_task import in_asyncio

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]


@define(eq=False)
class HttpxAsync:
    """Sends by *send*; *within* makes the context manager of a deadline."""

    send: Send
    within: Callable[[float, bool], AbstractAsyncContextManager[Any]]
    transport: httpx.AsyncHTTPTransport | None = None  # if the connections are this engine's own

    @classmethod
    def through(cls, client: Client) -> Self:
        """An engine that sends through the pool of *client* for this event loop."""

        async def send(request: httpx.Request) -> httpx.Response:
            pool = client.get_async_httpx_client()
            return await pool.send(request, stream=True, follow_redirects=False)

        return cls(send, _deadlines())

    @classmethod
    def own(cls, verify: Any, concurrency: int) -> Self:
        """An engine with connections of its own: without cookies, events and default headers of a client."""
        limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
        transport = httpx.AsyncHTTPTransport(verify=verify, limits=limits)
        return cls(transport.handle_async_request, _deadlines(), transport)

    async def close(self) -> None:
        """Close the connections that are this engine's own."""
        if self.transport is not None:
            await self.transport.aclose()

    async def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take the response; raises httpx.HTTPError without a valid one."""
        try:
            async with self.within(attempt.timeout, attempt.bulk) as deadline:
                await self._run(attempt, deadline)
        except TimeoutError:
            raise httpx.ReadTimeout("the response took too long") from None

    async def _run(self, attempt: Attempt, deadline: Any) -> None:
        async def trace(event: str, _info: dict[str, Any]) -> None:
            attempt.note(event)

        response = await self.send(attempt.request_with_trace(trace))
        chunks = response.aiter_raw()  # held by the frame: trio warns if an unfinished generator is collected
        try:
            attempt.begin(response)
            if response.is_stream_consumed:
                attempt.take(response.content)
            else:
                async for chunk in chunks:
                    if attempt.bulk:
                        deadline.extend(len(chunk))
                    attempt.take(chunk)
            attempt.end()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await response.aclose()
            raise
        await response.aclose()


def _deadlines() -> Callable[[float, bool], AbstractAsyncContextManager[Any]]:
    """A function that makes deadlines; asyncio's own costs a fifth of anyio's, but a bulk request needs anyio's."""
    fast = asyncio.timeout if in_asyncio() else None

    def within(seconds: float, bulk: bool) -> AbstractAsyncContextManager[Any]:
        return _scope(seconds, bulk=bulk) if bulk or fast is None else fast(seconds)

    return within


@frozen(eq=False)
class _AsyncDeadline:
    """The deadline of one request in this task, which is that of *scope*."""

    scope: anyio.CancelScope
    bulk: bool

    def extend(self, count: int) -> None:
        """Extend it for *count* bytes that were transferred, if the request is *bulk*."""
        self.scope.deadline += count / SLOWEST if self.bulk else 0.0


@asynccontextmanager
async def _scope(seconds: float, *, bulk: bool) -> AsyncIterator[_AsyncDeadline]:
    with anyio.fail_after(seconds) as scope:
        deadline = _AsyncDeadline(scope, bulk)
        token = DEADLINE.set(deadline)
        try:
            yield deadline
        finally:
            DEADLINE.reset(token)
