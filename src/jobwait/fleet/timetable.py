"""What is due when, for many jobs."""

import heapq
import math

from attrs import define, field


@define(eq=False)
class Timetable:
    """
    Numbers, of jobs or of list polls, by the time on the monotonic clock at which they are due.

    An entry of a heap takes eighty bytes, and most of what is due is far off. So a heap has what is due within *span*
    seconds, and each later span has a list. When that begins its numbers are due, for their exact times to be added.
    """

    span: float
    _heap: list[tuple[float, int]] = field(factory=list)
    _lists: dict[float, list[int]] = field(factory=dict)  # by the beginning of the span
    _spans: list[float] = field(factory=list)  # these beginnings; a heap

    @property
    def next(self) -> float:
        """When the first is due; infinite if there is none."""
        near = self._heap[0][0] if self._heap else math.inf
        return min(near, self._spans[0]) if self._spans else near

    def add(self, number: int, at: float, now: float) -> None:
        """Have *number* due *at* that time; never if it is infinite."""
        if at - now < self.span:
            heapq.heappush(self._heap, (at, number))
        elif at < math.inf:
            begins = self.begins(at)
            if begins not in self._lists:
                self._lists[begins] = []
                heapq.heappush(self._spans, begins)
            self._lists[begins].append(number)

    def begins(self, at: float) -> float:
        """When the span begins in which *at* is."""
        return at // self.span * self.span

    def pop(self, now: float) -> tuple[float, int] | None:
        """Remove a number that is due *now* and return it, after its time or the beginning of its span."""
        if self._heap and self._heap[0][0] <= now:
            return heapq.heappop(self._heap)
        if not self._spans or self._spans[0] > now:
            return None
        begins = self._spans[0]
        numbers = self._lists[begins]
        number = numbers.pop()
        if not numbers:
            del self._lists[heapq.heappop(self._spans)]
        return begins, number
