"""
How a fleet in an event loop sends its looks: straight through a transport, by aiohttp where the extra is installed.

httpx's client does much for each request that a look never needs, and its pool is searched whole each time, which
costs more than all else together once there are many connections. Here what does not change in a job's request is made
once; the key is read anew for each. A client with a transport of its own, or behind a proxy, sends as it always does.
"""

from __future__ import annotations

import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from attrs import define, field

from jobwait import hooks
from jobwait._http.body import STATUS_BODY_LIMIT, SendOptions, take_async
from jobwait._http.connect import is_loopback
from jobwait._http.engines.engine import Engine, Got
from jobwait._http.redaction import HiddenHeaders, Secret, strip_foreign_frames
from jobwait._jobs.drivers import do_async, request_of
from jobwait._polling.commands import Poll, SendRequest
from jobwait._polling.retry import is_expected
from jobwait._sync.background_task import in_asyncio
from jobwait.fleet.async_driver import Sender

_PLAIN: Final = (None, "identity")


async def by_httpx(command: Poll | SendRequest) -> httpx.Response | Exception:
    """Send *step* through its client's own pool."""
    reply = (await do_async(command)).reply
    assert isinstance(reply, httpx.Response | Exception), "a request has an answer"  # noqa: S101
    return reply


@asynccontextmanager
async def sender(concurrency: int) -> AsyncIterator[Sender]:
    """What sends the requests of one fleet; its connections are closed with it."""
    lean = Lean(concurrency)
    try:
        yield lean.send
    finally:
        await lean.close()


@define(eq=False)
class _Prepared:
    """What does not change in the requests for one job: the address and the headers but for the key."""

    ids: Any  # kept, so that its id stays its own
    url: str
    headers: dict[str, str]


@define(eq=False)
class _Way:
    """How the looks of one client go, and how long each may take, in seconds; without an engine, as it always sends."""

    client: Any  # kept, so that its id stays its own
    engine: Engine | None
    longest: float
    headers: dict[str, str] | None = None  # those of its first look; most jobs' are the same


class _Bytes(httpx.AsyncByteStream):
    """A body that is here already; no generator, as trio complains of those that are left in the middle."""

    def __init__(self, content: bytes) -> None:
        self._left = [content]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        return self._left.pop()


@define(eq=False)
class Lean:
    """Ways by client, and prepared requests by job."""

    concurrency: int
    _ways: dict[int, _Way] = field(factory=dict)
    _prepared: dict[int, _Prepared] = field(factory=dict)

    async def send(self, command: Poll | SendRequest) -> httpx.Response | Exception:
        """The answer to *step*, read; or what went wrong."""
        way = self._way(command.client)
        if way.engine is None or not isinstance(command, Poll):
            return await by_httpx(command)
        prepared = self._prepared.get(id(command.ids)) or self._prepare(way, command)
        began = hooks.sent(command, "GET", prepared.url)
        reply: httpx.Response | Exception
        try:
            with strip_foreign_frames():
                reply = await self._got(way, way.engine, prepared, command)
        except Exception as error:
            if not is_expected(error):
                raise
            reply = error
        hooks.answered(command, "GET", prepared.url, began, reply)
        return reply

    async def close(self) -> None:
        """Close all connections."""
        for way in self._ways.values():
            if way.engine is not None:
                await way.engine.close()

    async def _got(self, way: _Way, engine: Engine, prepared: _Prepared, command: Poll) -> httpx.Response:
        headers = HiddenHeaders(prepared.headers)
        headers.update(command.client.auth_headers())
        within = way.longest if command.timeout is None else min(command.timeout, way.longest)
        secret = Secret.of_header(headers.get(command.client.auth_header_name, ""))
        got = await engine.get(prepared.url, headers, within, secret)
        repeats = any(secret.is_in(value) for _, value in got.headers)
        if got.status < 300 and got.encoding in _PLAIN and not repeats:
            return _whole(got, secret.redact(got.body, good=True))
        request = httpx.Request("GET", prepared.url)  # an answer that is rebuilt has one; the key is not in it
        whole = httpx.Response(got.status, headers=got.headers, stream=_Bytes(got.body), request=request)
        return await take_async(whole, SendOptions(0.0, False, STATUS_BODY_LIMIT, None, secret), lambda _: None)

    def _way(self, client: Any) -> _Way:
        found = self._ways.get(id(client))
        if found is None:
            longest = max((value for value in client.timeout.as_dict().values() if value is not None), default=30.0)
            found = self._ways[id(client)] = _Way(client, _engine_like(client, self.concurrency), longest)
        return found

    def _prepare(self, way: _Way, poll: Poll) -> _Prepared:
        request = request_of(poll)
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        headers.pop(poll.client.auth_header_name.lower(), None)
        headers["accept-encoding"] = "identity"
        way.headers = way.headers or headers
        shared = way.headers if way.headers == headers else headers
        found = self._prepared[id(poll.ids)] = _Prepared(poll.ids, str(request.url), shared)
        return found


def _whole(got: Got, body: bytes) -> httpx.Response:
    """A response that is here already. httpx would take it apart and put it together again, at five times the cost."""
    response = httpx.Response(got.status, headers=got.headers, stream=_Bytes(body))
    response._content = body  # noqa: SLF001 - where httpx keeps what it has read
    response.is_closed = response.is_stream_consumed = True
    return response


def _engine_like(client: Any, concurrency: int) -> Engine | None:
    """An engine that stands in for *client*'s pool; None where that has a transport of its own, or a proxy."""
    settings = getattr(client, "_settings", None)
    if settings is None or settings.get("transport") is not None or _has_proxy(str(client.base_url)):
        return None
    limits = httpx.Limits(max_connections=concurrency, keepalive_expiry=30.0)
    if in_asyncio():
        try:
            from jobwait._http.engines.aiohttp_engine import ByAiohttp  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            pass
        else:
            return ByAiohttp.of(settings["verify"], limits)
    from jobwait._http.engines.httpx_engine import ByHttpx  # noqa: PLC0415 - only one of them is needed

    return ByHttpx.of(settings["verify"], limits)


def _has_proxy(url: str) -> bool:
    address = httpx.URL(url)
    if is_loopback(address.host):
        return False  # as in the client's own pools
    proxies = urllib.request.getproxies()
    return bool({address.scheme, "all"} & set(proxies)) and not urllib.request.proxy_bypass(address.host)
