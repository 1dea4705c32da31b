"""The sandbox's time: jobs and links run at its speed, everything else in real time."""

from collections.abc import Callable
from datetime import UTC, datetime

import attrs


@attrs.frozen
class Clock:
    """
    Real time, and the *speed* of jobs: service seconds in one real second.

    *now* returns seconds since the epoch, as `time.time` does; tests pass their own and need not sleep.
    """

    speed: float
    now: Callable[[], float]

    def age(self, since: float) -> float:
        """Service seconds since the real time *since*."""
        return (self.now() - since) * self.speed

    def after(self, since: float, seconds: float) -> float:
        """The real time *seconds* service seconds after *since*."""
        return since + seconds / self.speed


def iso(instant: float) -> str:
    """*instant* in the format of all three services, UTC with a Z."""
    return datetime.fromtimestamp(instant, UTC).isoformat().replace("+00:00", "Z")
