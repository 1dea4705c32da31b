"""Sends requests through an `httpx.AsyncClient` or a transport of httpx, with a total deadline."""

import asyncio
import functools
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Final, Self, TypeAlias

import anyio
import anyio.lowlevel
from attrs import define, field, frozen

from jobwait._http import deadline as deadlines
from jobwait._http.attempt import NEW_STREAM, UNREADABLE_LOCATION, Attempt, from_client
from jobwait._http.deadline import SLOWEST, extend
from jobwait._http.engines.httpx_poll import poll_request
from jobwait._httpx import httpx
from jobwait._model.client import Client
from jobwait._sync.background_task import finished, in_asyncio

INTACT: Final = (httpx.HTTPError, GeneratorExit)  # what ends a request and leaves its connections as they should be
Send: TypeAlias = Callable[[httpx.Request], Awaitable[httpx.Response]]


@define(eq=False)
class HttpxAsync:
    """Sends by what *connections* gives for each request."""

    connections: Callable[[], AbstractAsyncContextManager[Send]]
    close: Callable[[], Awaitable[None]] = anyio.lowlevel.checkpoint  # of those that are this engine's own
    own_transport: bool = False  # which reads less of a request than a client does
    fast: Any = field(factory=lambda: asyncio.timeout if in_asyncio() else None)  # costs a fifth of anyio's timeout

    @classmethod
    def through(cls, client: Client) -> Self:
        """An engine that sends through the pool of *client* for this event loop."""
        return cls(functools.partial(_connections_of, client))

    @classmethod
    def own(cls, verify: Any, concurrency: int) -> Self:
        """An engine with connections of its own: without cookies, events and default headers of a client."""
        limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
        own = _Own(lambda: httpx.AsyncHTTPTransport(verify=verify, limits=limits))
        return cls(own.connections, own.close, own_transport=True)

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
            if event.endswith(NEW_STREAM):
                opened.append(info["return_value"])
            attempt.note(event)

        try:
            async with self.connections() as send:
                request = poll_request(attempt, trace) if self.own_transport else None
                await _exchange(send, attempt, request or attempt.request_with_trace(trace))
        except INTACT:
            raise
        except BaseException:
            for stream in opened:  # httpcore leaves one open whose TLS handshake was canceled
                await finished(stream.aclose)
            raise


@asynccontextmanager
async def _connections_of(client: Client) -> AsyncIterator[Send]:
    """The pool of *client* for one request; a generated client then replaces it if the request is canceled."""
    in_use = getattr(client, "async_pool_in_use", None)
    get = in_use or (lambda: nullcontext(client.get_async_httpx_client()))
    async with from_client(get) as pool:

        async def send(request: httpx.Request) -> httpx.Response:
            try:
                response: httpx.Response = await pool.send(request, stream=True, follow_redirects=False)
            except UNREADABLE_LOCATION as error:
                raise httpx.RemoteProtocolError(f"a redirect to what is no URL ({error})") from None
            return response

        yield send


@define(eq=False)
class _Own:
    """Transports of this engine's own. requests: how many are on the one in use, and on those that were replaced."""

    make: Callable[[], httpx.AsyncHTTPTransport]
    transport: httpx.AsyncHTTPTransport | None = None
    requests: Counter[httpx.AsyncHTTPTransport] = field(factory=Counter)

    @asynccontextmanager
    async def connections(self) -> AsyncIterator[Send]:
        """
        A transport for one request.

        httpx's pool never frees the connection of a request that was canceled at an unlucky moment, so another one
        takes its place.
        """
        used = self.transport = self.transport or self.make()
        self.requests[used] += 1
        try:
            yield used.handle_async_request
        except INTACT:
            raise
        except BaseException:
            if self.transport is used:
                self.transport = None
            raise
        finally:
            self.requests[used] -= 1
            if used is not self.transport and not self.requests[used]:
                del self.requests[used]
                await finished(used.aclose)

    async def close(self) -> None:
        """Close all connections."""
        found, self.transport = {*self.requests, self.transport}, None
        for transport in found:
            if transport is not None:
                await transport.aclose()


async def _exchange(send: Send, attempt: Attempt, request: Any) -> None:
    response = await send(request)
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
        await finished(response.aclose)
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
        deadline = _AsyncDeadline(scope)
        token = deadlines.begin(deadline)
        try:
            yield
        finally:
            deadlines.end(token)
