"""
Virtual time for what the engines run: an event loop that never sleeps, and the clocks of its thread with it.

Whatever waits for an instant has it at once, so an hour costs nothing, and a busy machine changes nothing.
"""

import asyncio
import selectors
import threading
import time
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, TypeVar
from unittest.mock import patch

from jobwait._httpx import httpx

T = TypeVar("T")
WALL = 1_800_000_000.0  # when virtual time begins on the calendar
TURN = 1e-6  # seconds that a turn of the loop takes at least: a pause too short for a number would never end
APART = 1e5  # monotonic seconds between two clocks: what a process remembers of an account is long past for the next
_NUMBERS = count(1)


def wall() -> float:
    """The calendar's seconds, of the clock that is patched in at the moment of the call."""
    return time.time()


class Clock:
    """Seconds since the beginning; the clocks of its thread say the same while `run` runs."""

    def __init__(self) -> None:
        self.now = 0.0
        self._began = APART * next(_NUMBERS)

    def monotonic(self) -> float:
        return self._began + self.now

    def wall(self) -> float:
        return WALL + self.now


class _Selector(selectors.DefaultSelector):
    """Where the loop would sleep, the clock goes on instead; work in a thread takes no time of it."""

    clock: Clock

    def select(self, timeout: float | None = None) -> Any:
        while any(one.name == "jobwait_work" for one in threading.enumerate()):  # its end wakes the loop
            ready = super().select(0.001)
            if ready:
                return ready
        ready = super().select(0)
        if ready:
            return ready
        if timeout is None:
            raise RuntimeError("nothing is left that could happen")
        self.clock.now += max(timeout, TURN)
        return super().select(0)


def _here(virtual: Callable[[], float], real: Callable[[], float]) -> Callable[[], float]:
    """*virtual* in this thread alone: a server in another one goes by the real time."""
    mine = threading.get_ident()
    return lambda: virtual() if threading.get_ident() == mine else real()


def run(main: Coroutine[Any, Any, T], clock: Clock | None = None) -> T:
    """What *main* gives, in virtual time; all that *main* waits for must be in this loop."""
    selector = _Selector()
    selector.clock = clock = clock or Clock()
    monotonic, calendar = _here(clock.monotonic, time.monotonic), _here(clock.wall, time.time)
    with patch.object(time, "monotonic", monotonic), patch.object(time, "time", calendar):
        loop = asyncio.SelectorEventLoop(selector)
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            return runner.run(main)


class PromptForge(httpx.AsyncBaseTransport):
    """
    PromptForge in virtual time: `job-7-12500` ends 12.5 s after the beginning.

    *times* has when each request was answered, *polls* when each job was asked for. It refuses what exceeds *limit*
    within a second.
    """

    def __init__(self, clock: Clock, limit: int = 0) -> None:
        self.clock, self.limit = clock, limit
        self.times: list[float] = []
        self.refused = 0
        self.polls: dict[str, list[float]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What it says after a tenth of a second."""
        await asyncio.sleep(0.1)
        now, name = self.clock.now, request.url.path.split("/")[3]
        if self.limit and sum(one > now - 1 for one in self.times[-self.limit :]) >= self.limit:
            self.refused += 1
            return httpx.Response(429, json={"detail": "too fast"})
        self.times.append(now)
        self.polls.setdefault(name, []).append(now)
        over = now >= int(name.split("-")[2]) / 1000
        counts = {"completed_count": 10 if over else 3, "failed_count": 0}
        fields = {"provider": "openai", "model": "m", "prompt_count": 10, "created_at": "2026-06-11T16:47:49.945910Z"}
        return httpx.Response(
            200, json={**fields, **counts, "job_id": name, "status": "COMPLETED" if over else "PROCESSING"}
        )


def fullest(times: list[float], window: float = 1.0) -> int:
    """The most of *times* that fell within any *window*."""
    ordered, first, most = sorted(times), 0, 0
    for last, one in enumerate(ordered):
        while ordered[first] <= one - window:
            first += 1
        most = max(most, last - first + 1)
    return most
