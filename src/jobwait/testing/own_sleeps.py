"""The sleeps of the code under test in virtual time, where it asks for them."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

import anyio

if TYPE_CHECKING:
    from jobwait.testing.virtual_time import VirtualTime


@contextmanager
def replaced_sleeps(clock: "VirtualTime") -> Iterator[None]:
    """
    Within the block the functions named `sleep` of the modules that are loaded sleep by *clock*.

    Not so in threads that were there before: a server of another test goes by real time, and never rests.
    """

    def sleep(seconds: float, /) -> None:
        (clock.sleep if seconds > 0 and clock.governs_this_thread() else real[time])(seconds)

    async def asyncio_sleep(delay: float, result: Any = None) -> Any:
        await (clock.sleep_async if delay > 0 and clock.governs_this_thread() else real[asyncio])(delay)
        return result

    async def anyio_sleep(delay: float) -> None:
        await (clock.sleep_async if delay > 0 and clock.governs_this_thread() else real[anyio])(delay)

    async def trio_sleep(seconds: float) -> None:
        await (clock.sleep_async if seconds > 0 and clock.governs_this_thread() else real[sys.modules["trio"]])(seconds)

    made: dict[ModuleType, Any] = {time: sleep, asyncio: asyncio_sleep, anyio: anyio_sleep}
    if "trio" in sys.modules:
        made[sys.modules["trio"]] = trio_sleep
    real = {module: module.sleep for module in made}
    for module, function in made.items():
        module.sleep = function  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module, function in real.items():
            module.sleep = function  # type: ignore[attr-defined]
