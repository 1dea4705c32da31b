"""
CPU a poll, all in: 10 000 PromptForge jobs, or as many as JOBS says, beside bare clients and peers.

Only this process is measured; the server has one of its own. Every way asks for the same addresses.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.fleet.meter import HEADERS, JOBS, NAMES, POLLS, Meter
from benchmarks.fleet.served import raw_server

from jobwait import Policy, Stop, as_completed_async, promptforge
from jobwait._httpx import httpx

BARE, HTTPX = 2 * JOBS, 3 * JOBS


async def _closed_loop(get: Callable[[str], Awaitable[Any]], connections: int, polls: int) -> float:
    meter, numbers = Meter(polls // 4, polls), iter(range(10**9))

    async def work() -> None:
        for number in numbers:
            if meter.left <= 0:
                return
            await get(NAMES[number % JOBS])
            meter.poll()

    await asyncio.gather(*(work() for _ in range(connections)))
    return meter.each


async def raw_aiohttp(url: str, connections: int = 16, polls: int = BARE) -> float:
    """Aiohttp's bare GET."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=connections)) as session:

        async def get(name: str) -> None:
            async with session.get(f"{url}/v1/jobs/{name}/status", headers=HEADERS) as answer:
                await answer.read()

        return await _closed_loop(get, connections, polls)


async def bare_httpx(url: str, connections: int = 4, polls: int = BARE // 4) -> float:
    """Httpx's bare GET, with as small a pool as serves it best."""
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=connections)) as client:

        async def get(name: str) -> None:
            await client.get(f"{url}/v1/jobs/{name}/status", headers=HEADERS)

        return await _closed_loop(get, connections, polls)


async def fleet(url: str, without: str, *, concurrency: int, polls: int = POLLS) -> float:
    """The fleet: schedule, request, checked decode and bookkeeping; *without* some of the engines."""
    meter, stop = Meter(0, polls), Stop()
    from jobwait._http.pool import Pool

    for name in without.split():
        sys.modules[f"jobwait._http.engines.{name}"] = None  # type: ignore[assignment]
    Pool.send_async = _counting(Pool.send_async, meter, stop)  # type: ignore[method-assign]
    async with promptforge.connect("k" * 40, base_url=url) as client:
        jobs = [promptforge.job(client, name) for name in NAMES]
        policy = Policy(interval=1.0, timeout=86400)
        async for _ in as_completed_async(jobs, policy=policy, stop=stop, concurrency=concurrency):
            pass
    return meter.each


def _counting(send: Callable[..., Awaitable[Any]], meter: Meter, stop: Stop) -> Any:
    async def counted(*arguments: Any) -> Any:
        reply = await send(*arguments)
        if isinstance(reply, Exception):
            raise reply
        if meter.poll():
            stop.set()
        return reply

    return counted


def main(what: str) -> None:
    """Measure one way in this process, and print it."""
    ways: dict[str, Callable[[str], Any]] = {
        "aiohttp": raw_aiohttp,
        "httpx 2": lambda url: bare_httpx(url, 2),
        "httpx 4": lambda url: bare_httpx(url, 4),
        "httpx 8": lambda url: bare_httpx(url, 8),
        "fleet": lambda url: fleet(url, "", concurrency=16),
        "fleet httpx": lambda url: fleet(url, "asyncio_engine aiohttp_engine", concurrency=4, polls=HTTPX),
    }
    way, _, stays = what.partition(", ")
    with raw_server(moves=not stays) as url:
        if way in ways:
            print(asyncio.run(ways[way](url)))
            return
        from benchmarks.fleet import rivals

        print(asyncio.run(rivals.in_tasks(url)) if way == "openai loop" else rivals.in_threads(way, url))


if __name__ == "__main__":
    main(sys.argv[1])
