# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""
The requests on each pool of a client.

httpx's pool never frees the connection of a request that was canceled or interrupted at an unlucky moment, and with all
its connections lost it sends nothing more. So another pool takes its place, and it is closed after its last request.
"""

import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from ._httpx import httpx

_INTACT = (httpx.HTTPError, GeneratorExit)  # what ends a request and leaves its pool as it should be
_CLOSING: set[object] = set()  # event loops hold weak references only
_Pool = TypeVar("_Pool", httpx.Client, httpx.AsyncClient)


class PoolUse:
    """The number of requests on each pool, and the pools that were replaced."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[httpx.Client | httpx.AsyncClient] = Counter()
        self._replaced: set[httpx.Client | httpx.AsyncClient] = set()

    def begin(self, pool: _Pool) -> None:
        """Count one more request on *pool*."""
        with self._lock:
            self._requests[pool] += 1

    @contextmanager
    def request(self, pool: _Pool, replace: Callable[[_Pool], None]) -> Iterator[_Pool]:
        """*pool* for the request that began; *replace* is called if it is interrupted."""
        try:
            yield pool
        except _INTACT:
            raise
        except BaseException:
            replace(pool)
            self._replaced.add(pool)
            raise
        finally:
            if self._ended(pool):
                _close(pool)

    @asynccontextmanager
    async def request_async(
        self, pool: httpx.AsyncClient, replace: Callable[[httpx.AsyncClient], None]
    ) -> AsyncIterator[httpx.AsyncClient]:
        """The same, in a task."""
        try:
            yield pool
        except _INTACT:
            raise
        except BaseException:
            replace(pool)
            self._replaced.add(pool)
            raise
        finally:
            if self._ended(pool):
                await _close_async(pool)

    def _ended(self, pool: httpx.Client | httpx.AsyncClient) -> bool:
        """Count one request less on *pool*; whether it must be closed now."""
        with self._lock:
            self._requests[pool] -= 1
            if self._requests[pool] > 0:
                return False
            del self._requests[pool]
            closes = pool in self._replaced
            self._replaced.discard(pool)
            return closes


async def _close_async(pool: httpx.AsyncClient) -> None:
    """Close *pool*; in asyncio in a task of its own, as a second cancellation would end it half-way."""
    import asyncio  # noqa: PLC0415 - not needed in sync programs

    from anyio import CancelScope  # noqa: PLC0415 - the same

    with CancelScope(shield=True):
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # trio's, which has no cancellation but that of scopes
            await pool.aclose()
            return
        closing = loop.create_task(pool.aclose())
        _CLOSING.add(closing)
        closing.add_done_callback(_CLOSING.discard)
        await asyncio.shield(closing)


def _close(pool: httpx.Client | httpx.AsyncClient) -> None:
    """Close *pool* in a thread of its own: an interrupt may have left the pool's lock held for ever."""
    if isinstance(pool, httpx.Client):
        closing = threading.Thread(target=pool.close, daemon=True)
        closing.start()
        closing.join(1.0)
