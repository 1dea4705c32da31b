"""
Sends polls over connections of its own in an asyncio event loop; all other requests go by another engine.

A poll is a GET without a body, to an address that is asked again and again, and its response is small. What httpx and
aiohttp do for requests of any kind costs several times what such a request needs.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, Final, Self

import h11
from attrs import define, field

from jobwait._http.attempt import Attempt
from jobwait._http.common import Common
from jobwait._http.engines.asyncio_connect import connected
from jobwait._http.engines.asyncio_connection import Connection
from jobwait._http.redaction import HiddenBytes
from jobwait._httpx import httpx

KEPT: Final = 30.0  # seconds for which an idle connection is used again


@define(eq=False)
class AsyncioEngine:
    """
    Sends polls itself.

    other: makes the engine of what it does not send: requests that are no polls, polls that hold their keys themselves.
    """

    context: ssl.SSLContext
    other: Callable[[], Any]
    _made: Any = None
    _idle: dict[str, deque[Connection]] = field(factory=dict)
    _open: set[Connection] = field(factory=set)

    @classmethod
    def own(cls, verify: Any, other: Callable[[], Any]) -> Self:
        """An engine whose TLS trusts what *verify* says."""
        context = httpx.create_ssl_context(verify=verify)
        context.set_alpn_protocols(["http/1.1"])  # as httpx does; another version would not be understood
        return cls(context, other)

    async def close(self) -> None:
        """Close all connections."""
        found = tuple(self._open)
        for connection in found:
            connection.abort()
        if found:
            await asyncio.wait([connection.lost for connection in found])
        if self._made is not None:
            await self._made.close()

    async def run(self, attempt: Attempt) -> None:
        """Send *attempt* and take the response; raises httpx.HTTPError without a valid one."""
        common = attempt.common
        # With the key that is redacted, which may be renewed while this one connects.
        lines = None if common is None else _lines(common)
        if common is None or lines is None:
            self._made = self._made or self.other()
            await self._made.run(attempt)
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        connection, ends = self._taken(common.origin, now), now + attempt.timeout
        attempt.reused = connection is not None
        if connection is None:
            make = partial(Connection, loop, self._open.discard)
            connection = await connected(make, httpx.URL(common.origin), self.context, attempt.timeout)
            self._open.add(connection)
        try:
            await connection.exchange(attempt, attempt.url[len(common.origin) :], lines, ends)
        except BaseException:
            connection.abort()
            raise
        if connection.usable:
            self._keep(common.origin, connection, loop.time())
        else:
            connection.abort()

    def _taken(self, origin: str, now: float) -> Connection | None:
        """An idle connection to *origin*: the one that was used last."""
        idle = self._idle.get(origin)
        while idle:
            connection = idle.pop()
            if connection.usable and now - connection.since < KEPT:
                return connection
            connection.abort()
        return None

    def _keep(self, origin: str, connection: Connection, now: float) -> None:
        """Keep *connection*, and none that has been idle for too long."""
        idle = self._idle.setdefault(origin, deque())
        connection.since = now
        idle.append(connection)
        if now - idle[0].since >= KEPT:
            idle.popleft().abort()


def _lines(common: Common) -> bytes | None:
    """The headers of *common* as they are sent, made once for each key; None if they cannot be sent so."""
    if common.lines == b"":
        fields = [("Host", common.host), *common.keyed.items()]
        try:
            h11.Request(method="GET", target="/", headers=fields)  # refuses what no header may hold
            text = "".join((*(f"{name}: {value}\r\n" for name, value in fields), "\r\n"))
            common.lines = HiddenBytes(text.encode("ascii"))
        except (h11.LocalProtocolError, UnicodeError):
            common.lines = None
    return common.lines if common.origin else None
