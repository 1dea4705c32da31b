"""
Renews the leases of a run while a callback of the caller's runs, however long that takes.

Processes of another container cannot see that this one lives: they take over what is not renewed.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from attrs import define, field

from jobwait.errors import TrackerError
from jobwait.tracker.database import TrackerWarning

PATIENCE: Final = 1.0  # seconds for which the end of a run waits for a renewal


@define(eq=False)
class LeaseKeeper:
    """Calls *renew* every so many seconds during callbacks, in one thread, which the first callback starts."""

    renew: Callable[[], object]
    every: float
    _busy: bool = False
    _thread: threading.Thread | None = None
    _ended: threading.Event = field(factory=threading.Event)

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """Renew the leases during the block."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="jobwait_leases", daemon=True)
            self._thread.start()
        before, self._busy = self._busy, True
        try:
            yield
        finally:
            self._busy = before

    def close(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(PATIENCE)

    def _work(self) -> None:
        while not self._ended.wait(self.every):
            if self._busy:
                with suppress(TrackerError, TrackerWarning):  # the file cannot be written for now
                    self.renew()
