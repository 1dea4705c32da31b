"""PromptForge runs one job of a client at a time; the others wait for their turn."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Protocol

import attrs


class Turn(Protocol):
    """What the queue must know of a job."""

    starts: float | None  # the real instant at which its turn came

    @property
    @abstractmethod
    def ends(self) -> float:
        """The real instant at which its turn is over; infinite for a job that never ends."""

    @property
    @abstractmethod
    def hands_on(self) -> bool:
        """Whether its end starts the next job."""


@attrs.define
class Queue:
    """
    The jobs of one client; *started* hears of every job whose turn has come.

    The published server starts the next job only after one that COMPLETED; the jobs behind a FAILED one wait
    until a later job completes.
    """

    started: Callable[[Turn], None]
    _active: Turn | None = attrs.field(default=None, init=False)
    _waiting: deque[Turn] = attrs.field(factory=deque[Turn], init=False)

    def join(self, job: Turn, now: float) -> None:
        """Take *job* in at the instant *now*."""
        self.advance(now)
        if self._active is None:
            self._start(job, now)
        else:
            self._waiting.append(job)

    def advance(self, now: float) -> None:
        """Let every turn be over that ended by *now*; each job is looked at once in its life."""
        while self._active is not None and self._active.ends <= now:
            ended, self._active = self._active, None
            if ended.hands_on and self._waiting:
                self._start(self._waiting.popleft(), ended.ends)

    def resume(self, job: Turn) -> None:
        """Take back a job that was in the queue before a restart, in the order of their uploads."""
        if job.starts is None:
            self._waiting.append(job)
        elif self._active is None or self._active.starts is None or self._active.starts <= job.starts:
            self._active = job

    def _start(self, job: Turn, now: float) -> None:
        job.starts = now
        self._active = job
        self.started(job)
