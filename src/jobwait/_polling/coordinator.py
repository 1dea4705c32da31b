"""Where the waits on one handle meet, so that they look once for all of them."""

from __future__ import annotations

import os
from typing import Any

from attrs import frozen

from jobwait._model.service import TERMINAL
from jobwait._polling.observation import Reading
from jobwait._polling.progress_estimate import Track
from jobwait._sync.lock import lock
from jobwait._sync.wake_up import Stop


@frozen(eq=False)
class Heard:
    """
    What one look told: *number* counts the looks at this desk, *sent* and *now* are on the drivers' clock.

    Either *reading* is there, and the *track* that it makes, or *error*.
    """

    number: int
    sent: float
    now: float
    wall: float
    track: Track
    reading: Reading[Any] | None = None
    error: Exception | None = None

    def still_holds(self, now: float, pace: float) -> bool:
        """Whether a wait that begins *now* need not ask: the job has ended, or was looked at within the *pace*."""
        if self.reading is None:
            return False
        return self.reading.verdict in TERMINAL or now - self.now < pace


class Desk:
    """
    One handle's waits: at most one of them has a request under way, and all hear its answer.

    A wait that ends, is canceled or dies in the middle of its look leaves its place, and the next takes it.
    """

    __slots__ = ("_looking", "_process", "_waits", "heard")

    def __init__(self) -> None:
        self._process = os.getpid()
        self._waits: tuple[Stop, ...] = ()
        self._looking: Stop | None = None
        self.heard: Heard | None = None

    def here(self) -> Desk:
        """This desk; in a forked child a new one, as the waits of this one stayed with the parent."""
        return self if self._process == os.getpid() else Desk()

    def join(self) -> Stop:
        """A new wait's bell."""
        bell = Stop()
        with lock():  # one for all desks: jobs that wait are many
            self._waits = (*self._waits, bell)
        return bell

    def news(self, known: int) -> Heard | None:
        """The last answer, if it is newer than the one numbered *known*."""
        heard = self.heard
        return heard if heard is not None and heard.number > known else None

    def leave(self, bell: Stop) -> None:
        """The wait of *bell* has ended, however it did; Ctrl-C may come between any two steps of it."""
        with lock():
            self._waits = tuple(one for one in self._waits if one is not bell)
        if self._looking is bell:
            self.release(bell)

    def claim(self, bell: Stop) -> bool:
        """Whether the wait of *bell* may look now, as no other does."""
        with lock():
            if self._looking is None:
                self._looking = bell
            return self._looking is bell

    def release(self, bell: Stop) -> None:
        """The look of *bell* is over, however it went: the others go on."""
        with lock():
            self._looking = None
            others = [one for one in self._waits if one is not bell]
        for other in others:
            other.ring()

    def stop(self) -> None:
        """End all waits."""
        with lock():
            waits = list(self._waits)
        for bell in waits:
            bell.set()
