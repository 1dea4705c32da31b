"""The time of a scenario: virtual, or real and so much faster."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from attrs import field, frozen

from jobwait.testing.virtual_time import VirtualTime, virtual_time


class ScenarioClock(Protocol):
    """The seconds of a scenario."""

    @property
    def scale(self) -> float:
        """Real seconds that one of them takes for the SDK; 1 in virtual time."""
        ...

    def now(self) -> float:
        """Seconds since the beginning."""
        ...

    def time(self) -> float:
        """Seconds since the epoch, as the SDK sees them."""
        ...

    def spend(self, seconds: float) -> None:
        """Have an answer take so long."""
        ...


@frozen
class RealClock:
    """Real time, of which a second of the scenario takes *scale*."""

    scale: float
    began: float = field(factory=time.monotonic)

    def now(self) -> float:
        """Seconds since the beginning."""
        return (time.monotonic() - self.began) / self.scale

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def spend(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds * self.scale)


@frozen
class VirtualScenarioClock:
    """Virtual time."""

    virtual: VirtualTime
    scale: float = 1.0

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.virtual.now

    def time(self) -> float:
        """Seconds since the epoch."""
        return self.virtual.time()

    def spend(self, seconds: float) -> None:
        """Move on, with the request in flight."""
        self.virtual.advance(seconds)


@contextmanager
def virtual_clock() -> Iterator[VirtualScenarioClock]:
    """Virtual time for jobwait, and for all that calls `time.sleep`, `time.monotonic` and `time.time`."""
    with ExitStack() as stack:
        virtual = stack.enter_context(virtual_time(own_sleeps=True))
        stack.enter_context(replaced_clocks(virtual))
        yield VirtualScenarioClock(virtual)


@contextmanager
def replaced_clocks(virtual: VirtualTime) -> Iterator[None]:
    """Within the block the process's clocks are *virtual*."""
    before = time.monotonic, time.time
    time.monotonic, time.time = virtual.monotonic, virtual.time
    try:
        yield
    finally:
        time.monotonic, time.time = before
