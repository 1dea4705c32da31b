"""Sends requests through an `httpx.AsyncClient` or a transport of httpx, with a total deadline."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

import anyio
from attrs import define, field, frozen

from jobwait._http.attempt import UNREADABLE_LOCATION, Attempt, from_client
from jobwait._http.deadline import DEADLINE, SLOWEST, extend
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._sync.background_task import in_asyncio


@define(eq=False)
class HttpxAsync:
    """Sends by *send*; *transport* is given where the connections are this engine's own."""

    send: Callable[[httpx.Request], Awaitable[httpx.Response]]
    transport: httpx.AsyncHTTPTransport | None = None
    fast: Any = field(factory=lambda: asyncio.timeout if in_asyncio() else None)  # costs a fifth of anyio's timeout

    @classmethod
    def through(cls, client: Client) -> Self:
        """An engine that sends through the pool of *client* for this event loop."""

        async def send(request: httpx.Request) -> httpx.Response:
            pool = from_client(client.get_async_httpx_client)
            try:
                return await pool.send(request, stream=True, follow_redirects=False)
            except UNREADABLE_LOCATION as error:
                raise httpx.RemoteProtocolError(f"a redirect to what is no URL ({error})") from None

        return cls(send)

    @classmethod
    def own(cls, verify: Any, concurrency: int) -> Self:
        """An engine with connections of its own: without cookies, events and default headers of a client."""
        limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
        transport = httpx.AsyncHTTPTransport(verify=verify, limits=limits)
        return cls(transport.handle_async_request, transport)

    async def close(self) -> None:
        """Close the connections that are this engine's own."""
        if self.transport is not None:
            await self.transport.aclose()

    async def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take the response; raises httpx.HTTPError without a valid one."""
        try:
            fast = None if attempt.bulk else self.fast
            async with _scope(attempt.timeout) if fast is None else fast(attempt.timeout):
                await self._run(attempt)
        except TimeoutError:
            raise httpx.ReadTimeout("the response took too long") from None

    async def _run(self, attempt: Attempt) -> None:
        opened: list[Any] = []

        async def trace(event: str, info: dict[str, Any]) -> None:
            attempt.note(event)
            if event.endswith(".connect_tcp.complete"):
                opened.append(info["return_value"])

        try:
            response = await self.send(attempt.request_with_trace(trace))
        except BaseException:  # httpcore leaves a stream open if the handshake on it is canceled
            with anyio.CancelScope(shield=True):
                for stream in opened:
                    await stream.aclose()
            raise
        chunks = response.aiter_raw()  # held by the frame: trio warns if an unfinished generator is collected
        try:
            attempt.begin(response)
            if response.is_stream_consumed:
                attempt.take(response.content)
            else:
                async for chunk in chunks:
                    if attempt.bulk:
                        extend(len(chunk))
                    attempt.take(chunk)
            attempt.end()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await response.aclose()
            raise
        await response.aclose()


@frozen(eq=False)
class _AsyncDeadline:
    """The deadline of one request in this task, which is that of *scope*."""

    scope: anyio.CancelScope

    def extend(self, count: int) -> None:
        """Extend it for *count* bytes of a file that were transferred."""
        self.scope.deadline += count / SLOWEST


@asynccontextmanager
async def _scope(seconds: float) -> AsyncIterator[None]:
    with anyio.fail_after(seconds) as scope:
        token = DEADLINE.set(_AsyncDeadline(scope))
        try:
            yield
        finally:
            DEADLINE.reset(token)
