"""Time as the sandbox sees it: jobs and links hurry, everything else keeps real time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import overload

import attrs


@attrs.frozen
class Clock:
    """
    Real time and the speed at which jobs live through it.

    *now* gives seconds since the epoch, as `time.time` does; tests pass one of their own and need not sleep.
    """

    speed: float
    now: Callable[[], float]

    def age(self, since: float) -> float:
        """Service seconds that have gone by since the real instant *since*."""
        return (self.now() - since) * self.speed

    def after(self, since: float, seconds: float) -> float:
        """The real instant *seconds* service seconds after *since*."""
        return since + seconds / self.speed


@overload
def iso(instant: float) -> str: ...
@overload
def iso(instant: float | None) -> str | None: ...
def iso(instant: float | None) -> str | None:
    """The *instant* in the way all three services write it, UTC with a Z; null stays null."""
    if instant is None:
        return None
    return datetime.fromtimestamp(instant, UTC).isoformat().replace("+00:00", "Z")
