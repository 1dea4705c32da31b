"""Where the waits on one handle meet, so that they look once for all of them."""

from __future__ import annotations

import os
from typing import Any

from attrs import frozen

from jobwait._model.service import TERMINAL
from jobwait._polling.observation import Reading
from jobwait._polling.progress_estimate import ProgressHistory
from jobwait._sync.lock import lock
from jobwait._sync.wake_up import Stop


@frozen(eq=False)
class Observation:
    """
    What one look told: *number* counts the looks at this desk, *sent* and *now* are on the drivers' clock.

    Either *reading* is there, and the *track* that it makes, or *error*.
    """

    number: int
    sent: float
    now: float
    wall: float
    progress_history: ProgressHistory
    reading: Reading[Any] | None = None
    error: Exception | None = None

    def still_holds(self, now: float, interval: float) -> bool:
        """Whether a wait that begins *now* need not ask: the job has ended, or was looked at within the *pace*."""
        if self.reading is None:
            return False
        return self.reading.verdict in TERMINAL or now - self.now < interval


class PollCoordinator:
    """
    One handle's waits: at most one of them has a request under way, and all hear its answer.

    A wait that ends, is canceled or dies in the middle of its look leaves its place, and the next takes it.
    """

    __slots__ = ("_polling", "_process", "_waits", "observation")

    def __init__(self) -> None:
        self._process = os.getpid()
        self._waits: tuple[Stop, ...] = ()
        self._polling: Stop | None = None
        self.observation: Observation | None = None

    def here(self) -> PollCoordinator:
        """This desk; in a forked child a new one, as the waits of this one stayed with the parent."""
        return self if self._process == os.getpid() else PollCoordinator()

    def join(self) -> Stop:
        """A new wait's bell."""
        wake_up = Stop()
        with lock():  # one for all desks: jobs that wait are many
            self._waits = (*self._waits, wake_up)
        return wake_up

    def changes(self, known: int) -> Observation | None:
        """The last answer, if it is newer than the one numbered *known*."""
        observation = self.observation
        return observation if observation is not None and observation.number > known else None

    def leave(self, wake_up: Stop) -> None:
        """The wait of *bell* has ended, however it did; Ctrl-C may come between any two steps of it."""
        with lock():
            self._waits = tuple(one for one in self._waits if one is not wake_up)
        if self._polling is wake_up:
            self.release(wake_up)

    def acquire(self, wake_up: Stop) -> bool:
        """Whether the wait of *bell* may look now, as no other does."""
        with lock():
            if self._polling is None:
                self._polling = wake_up
            return self._polling is wake_up

    def release(self, wake_up: Stop) -> None:
        """The look of *bell* is over, however it went: the others go on."""
        with lock():
            self._polling = None
            others = [one for one in self._waits if one is not wake_up]
        for other in others:
            other.ring()

    def stop(self) -> None:
        """End all waits."""
        with lock():
            waits = list(self._waits)
        for wake_up in waits:
            wake_up.set()
