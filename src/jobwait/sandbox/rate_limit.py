"""How many requests a client may send."""

from collections import defaultdict, deque
from collections.abc import Callable
from math import ceil

import attrs


@attrs.define
class SlidingWindow:
    """
    At most *requests* of one client in any *seconds* of real time, whatever the speed of the jobs.

    If *per_operation*, each operation has its own limit. Refused requests are not counted.
    """

    requests: int
    seconds: float
    per_operation: bool
    now: Callable[[], float]
    _accepted: defaultdict[tuple[str, str], deque[float]] = attrs.field(factory=lambda: defaultdict(deque), init=False)

    def __call__(self, client: str, operation: str) -> int | None:
        """None if the request may pass, else the whole seconds until another may."""
        accepted = self._accepted[client, operation if self.per_operation else ""]
        now = self.now()
        while accepted and accepted[0] <= now - self.seconds:
            accepted.popleft()
        if len(accepted) >= self.requests:
            return max(1, ceil(accepted[0] + self.seconds - now))
        accepted.append(now)
        return None
