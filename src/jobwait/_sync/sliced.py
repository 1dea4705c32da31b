"""Waits of a thread in short slices, for Windows: it handles no signal, such as Ctrl-C, while a thread waits."""

import math
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

SLICE: Final = 0.25  # seconds


class SlicedQueue(queue.SimpleQueue[Any]):
    """A queue."""

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """The next item; raises queue.Empty after *timeout* seconds, or at once without *block*."""
        for slice_ in _slices(timeout if block else 0.0):
            with suppress(queue.Empty):
                return super().get(timeout=slice_)
        raise queue.Empty


class SlicedEvent(threading.Event):
    """An event."""

    def wait(self, timeout: float | None = None) -> bool:
        """Block this thread until it is set, or for *timeout* seconds; whether it is set."""
        return any(super(SlicedEvent, self).wait(slice_) for slice_ in _slices(timeout))


def _slices(timeout: float | None) -> Iterator[float]:
    """The lengths of the slices of a wait, in seconds; one of 0 if there is no time."""
    until = math.inf if timeout is None else time.monotonic() + timeout
    yield min(SLICE, max(0.0, until - time.monotonic()))
    while (left := until - time.monotonic()) > 0:
        yield min(SLICE, left)
