"""When the deadline of each job of a fleet is next checked."""

import heapq
import math
from typing import Final

from attrs import define, field

SPAN: Final = 256.0  # seconds


@define(eq=False)
class Deadlines:
    """
    The numbers of jobs, by the time on the monotonic clock at which their deadlines are checked.

    A heap has those of the next SPAN seconds. Most deadlines are hours away, and an entry of a heap takes a hundred
    bytes; so these are in a list for each span of SPAN seconds, and are checked first when that begins.
    """

    _heap: list[tuple[float, int]] = field(factory=list)
    _later: dict[int, list[int]] = field(factory=dict)
    _spans: list[int] = field(factory=list)  # those of _later; a heap

    @property
    def next(self) -> float:
        """When the first is due; infinite if there is none."""
        near = self._heap[0][0] if self._heap else math.inf
        return min(near, self._spans[0] * SPAN) if self._spans else near

    def add(self, number: int, at: float, now: float) -> None:
        """Have the deadline of the job *number* checked *at* that time, or before."""
        if at == math.inf:
            return
        if at - now < SPAN:
            heapq.heappush(self._heap, (at, number))
            return
        span = int(at // SPAN)
        if span not in self._later:
            self._later[span] = []
            heapq.heappush(self._spans, span)
        self._later[span].append(number)

    def pop(self, now: float) -> int | None:
        """Remove the number of a job whose deadline is to be checked by *now*; None: there is none."""
        if self._heap and self._heap[0][0] <= now:
            return heapq.heappop(self._heap)[1]
        if not self._spans or self._spans[0] * SPAN > now:
            return None
        numbers = self._later[self._spans[0]]
        number = numbers.pop()
        if not numbers:
            del self._later[heapq.heappop(self._spans)]
        return number
