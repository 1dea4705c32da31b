"""Opens the connections of the engine for asyncio, from addresses to TLS, and leaves none open that nobody gets."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any, Final, cast

import anyio
from attrs import define, field

from jobwait._http.engines.asyncio_connection import Connection
from jobwait._httpx import httpx

NEXT_ADDRESS: Final = 0.25  # seconds after which the next address of a name is tried, too (RFC 8305)


async def connected(
    make: Callable[[], Connection], url: httpx.URL, context: ssl.SSLContext, seconds: float
) -> Connection:
    """What *make* makes, connected to the host of *url*; raises httpx.HTTPError if it is not after so many seconds."""
    loop, host, tls = asyncio.get_running_loop(), url.raw_host.decode("ascii"), url.scheme == "https"
    try:
        async with asyncio.timeout(seconds):
            found = await loop.getaddrinfo(host, url.port or (443 if tls else 80), type=socket.SOCK_STREAM)
            plain, connection = await loop.create_connection(make, sock=await _Race(loop).first(found))
            if tls:  # create_connection(ssl=) leaves the socket open if it is canceled before the handshake
                over = await loop.start_tls(plain, connection, context, server_hostname=host)
                connection.connection_made(cast("asyncio.Transport", over))
            return connection
    except TimeoutError:
        error: httpx.HTTPError = httpx.ReadTimeout("the response took too long")
    except OSError as fault:
        error = httpx.ConnectError(str(fault)[:300])
        error.__cause__ = fault
    raise error


@define(eq=False)
class _Race:
    """Connects to one of several addresses: each next one is tried when the last has failed, or takes long."""

    loop: asyncio.AbstractEventLoop
    won: list[socket.socket] = field(factory=list)
    errors: list[OSError] = field(factory=list)

    async def first(self, addresses: list[Any]) -> socket.socket:
        """The socket that is connected first; raises OSError if none is."""
        try:
            async with anyio.create_task_group() as group:
                for family, kind, protocol, _, address in addresses:
                    over = anyio.Event()
                    group.start_soon(self._try, group, socket.socket(family, kind, protocol), address, over)
                    with anyio.move_on_after(NEXT_ADDRESS):
                        await over.wait()
        except BaseException:
            for one in self.won:
                one.close()
            raise
        if not self.won:
            raise self.errors[0] if self.errors else OSError("the name has no address")
        first, *late = self.won
        for one in late:  # which connected in the same turn of the loop
            one.close()
        return first

    async def _try(self, group: Any, tried: socket.socket, address: Any, over: anyio.Event) -> None:
        try:
            tried.setblocking(False)
            await self.loop.sock_connect(tried, address)
        except OSError as error:
            tried.close()
            self.errors.append(error)
        except BaseException:
            tried.close()
            raise
        else:
            self.won.append(tried)
            group.cancel_scope.cancel()
        finally:
            over.set()
