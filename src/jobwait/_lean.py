"""
How a fleet in an event loop sends: by httpx, or its looks by aiohttp where the extra is installed.

httpx searches its whole pool for each request, which costs more than all else together once there are many. Under
asyncio the sessions are those of httpx-aiohttp, with its settings for TLS and its names for errors; what does not
change in a job's request is made once, and the key is read anew for each.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import httpx
from attrs import define, field

from jobwait import hooks
from jobwait._body import LOOK_LIMIT, Terms, take_async
from jobwait._crews_async import Sender
from jobwait._drive import do_async, request_of
from jobwait._hidden import Secret, Unseen, no_frames
from jobwait._judge import is_expected
from jobwait._lean_errors import as_httpx
from jobwait._lean_session import Trip, session_like
from jobwait._spawn import in_asyncio
from jobwait._steps import Look, Send

if TYPE_CHECKING:
    import aiohttp

CHUNK: Final = 1 << 16


async def by_httpx(step: Look | Send) -> httpx.Response | Exception:
    """Send *step* through its client's own pool."""
    reply = (await do_async(step)).reply
    assert isinstance(reply, httpx.Response | Exception), "a request has an answer"  # noqa: S101
    return reply


@asynccontextmanager
async def sender(concurrency: int) -> AsyncIterator[Sender]:
    """What sends the requests of one fleet; its connections are closed with it."""
    if not in_asyncio():
        yield by_httpx
        return
    try:
        import httpx_aiohttp  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError:
        yield by_httpx
        return
    lean = _Lean(concurrency)
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


class _Bytes(httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


@define(eq=False)
class _Lean:
    """Sessions by client, and prepared requests by job."""

    concurrency: int
    _sessions: dict[int, tuple[Any, aiohttp.ClientSession | None]] = field(factory=dict)
    _prepared: dict[int, _Prepared] = field(factory=dict)
    _headers: dict[int, dict[str, str]] = field(factory=dict)
    _timeouts: dict[float, aiohttp.ClientTimeout] = field(factory=dict)

    async def send(self, step: Look | Send) -> httpx.Response | Exception:
        """The answer to *step*, read; or what went wrong."""
        session = self._session(step.client) if isinstance(step, Look) else None
        if session is None or not isinstance(step, Look):
            return await by_httpx(step)
        url = self._prepare(step).url
        began = hooks.sent(step, "GET", url)
        reply = await self._reply(session, step)
        hooks.answered(step, "GET", url, began, reply)
        return reply

    async def _reply(self, session: aiohttp.ClientSession, step: Look) -> httpx.Response | Exception:
        try:
            with no_frames(), as_httpx():
                return await self._got(session, step)
        except Exception as error:
            if not is_expected(error):
                raise
            return error

    async def close(self) -> None:
        """Close all connections."""
        for _, session in self._sessions.values():
            if session is not None:
                await session.close()

    async def _got(self, session: aiohttp.ClientSession, step: Look) -> httpx.Response:
        import aiohttp  # noqa: PLC0415

        prepared, within = self._prepare(step), self._timeout(step)
        headers = Unseen({**prepared.headers, **step.client.auth_headers()})
        secret = Secret.of_header(headers.get(step.client.auth_header_name, ""))
        trip = Trip()
        try:
            return await self._get(session, prepared, headers, within, secret, trip)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            if not trip.reused:
                raise
            # The one repeat below the rules: the kept connection had been closed before it was used.
            return await self._get(session, prepared, headers, within, secret, Trip())

    async def _get(
        self,
        session: aiohttp.ClientSession,
        prepared: _Prepared,
        headers: Unseen,
        within: aiohttp.ClientTimeout,
        secret: Secret,
        trip: Trip,
    ) -> httpx.Response:
        async with session.get(
            prepared.url,
            headers=headers,
            timeout=within,
            allow_redirects=False,
            auto_decompress=False,
            trace_request_ctx=trip,
        ) as answer:
            body = await _content(answer)
        if answer.headers.get("content-encoding", "identity") != "identity" or not answer.ok:
            request = httpx.Request("GET", prepared.url)  # an answer that is rebuilt has one; the key is not in it
            whole = httpx.Response(answer.status, headers=answer.raw_headers, stream=_Bytes(body), request=request)
            return await take_async(whole, Terms(0.0, False, LOOK_LIMIT, None, secret), lambda _: None)
        return _whole(answer.status, answer.raw_headers, body)

    def _prepare(self, step: Look) -> _Prepared:
        found = self._prepared.get(id(step.ids))
        if found is None:
            request = request_of(step)
            headers = {name: value for name, value in request.headers.items() if name != "host"}
            headers.pop(step.client.auth_header_name.lower(), None)
            headers["accept-encoding"] = "identity"
            known = self._headers.setdefault(id(step.client), headers)
            shared = known if known == headers else headers
            found = self._prepared[id(step.ids)] = _Prepared(step.ids, str(request.url), shared)
        return found

    def _timeout(self, step: Look) -> aiohttp.ClientTimeout:
        import aiohttp  # noqa: PLC0415

        own = max((value for value in step.client.timeout.as_dict().values() if value is not None), default=30.0)
        total = own if step.timeout is None else min(step.timeout, own)
        if total != own:
            return aiohttp.ClientTimeout(total=total)
        return self._timeouts.setdefault(own, aiohttp.ClientTimeout(total=own))

    def _session(self, client: Any) -> aiohttp.ClientSession | None:
        """A session as *client* would have its pool; None where that has a transport of its own, or a proxy."""
        found = self._sessions.get(id(client))
        if found is None:
            found = self._sessions[id(client)] = (client, session_like(client, self.concurrency))
        return found[1]


def _whole(status: int, headers: Any, body: bytes) -> httpx.Response:
    """A response that is here already. httpx would take it apart and put it together again, at five times the cost."""
    response = httpx.Response(status, headers=headers, stream=_Bytes(body))
    response._content = body  # noqa: SLF001 - where httpx keeps what it has read
    response.is_closed = response.is_stream_consumed = True
    return response


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    """The body, within the limit."""
    if (answer.content_length or LOOK_LIMIT + 1) <= LOOK_LIMIT:
        return await answer.read()
    content = bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > LOOK_LIMIT:
            raise httpx.DecodingError("a body larger than the limit")
    return bytes(content)
