"""A task that runs beside a generator, and may be ended from wherever the loop ends that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import copy_context
from typing import Any

import anyio


def in_asyncio() -> bool:
    """Whether asyncio runs us, and not trio."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


@asynccontextmanager
async def beside(serve: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """
    Run *serve* until the block ends.

    Whoever leaves an `async for` early drops our generator, and the loop then ends it in another task; a task group
    that was open across its yields would break there. A task of its own does not mind where it is canceled from.
    """
    if not in_asyncio():
        async with _in_trio(serve):
            yield
        return
    task = asyncio.create_task(serve())
    try:
        yield
    finally:
        task.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait([task])


@asynccontextmanager
async def _in_trio(serve: Callable[[], Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    """The same for trio; *serve* must raise nothing, as the system's own nursery would hear it."""
    import trio  # noqa: PLC0415 - only where trio is what runs us

    scope, done = trio.CancelScope(), trio.Event()

    async def serving() -> None:
        try:
            with scope:
                await serve()
        finally:
            done.set()

    trio.lowlevel.spawn_system_task(serving, context=copy_context())
    try:
        yield
    finally:
        scope.cancel()
        with anyio.CancelScope(shield=True):
            await done.wait()
