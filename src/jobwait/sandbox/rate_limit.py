"""How many requests a client may send."""

from collections import defaultdict, deque
from collections.abc import Callable
from math import ceil
from typing import Protocol

import attrs


class Allow(Protocol):
    """Decides on one request; speaks in whole seconds of real time, whatever the speed of the jobs."""

    def __call__(self, client: str, operation: str) -> int | None:
        """None if the request may pass, else the seconds after which another may."""


@attrs.define
class Window:
    """
    At most *most* requests of one client in any *seconds*, remembering when each was let through.

    With *apart* every operation has an allowance of its own; refused requests use up none of it.
    """

    most: int
    seconds: float
    apart: bool
    now: Callable[[], float]
    _passed: defaultdict[tuple[str, str], deque[float]] = attrs.field(factory=lambda: defaultdict(deque), init=False)

    def __call__(self, client: str, operation: str) -> int | None:
        """None if the request may pass, else the seconds after which another may."""
        passed = self._passed[client, operation if self.apart else ""]
        now = self.now()
        while passed and passed[0] <= now - self.seconds:
            passed.popleft()
        if len(passed) >= self.most:
            return max(1, ceil(passed[0] + self.seconds - now))
        passed.append(now)
        return None


def unlimited(client: str, operation: str) -> int | None:  # noqa: ARG001
    """Lets everything pass."""
    return None
