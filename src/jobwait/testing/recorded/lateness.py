"""How late a replay saw the end of a job, of which only two moments around it are known."""

import math
from typing import Final

from attrs import frozen

from jobwait._recording.recording import Recording
from jobwait.testing.recorded.clock import RecordedClock

RESOLUTION: Final = 1e-3  # seconds; a moment so near to another is the same


@frozen
class LatenessRange:
    """How late the end was seen, and by how many polls, over all moments at which the job may have ended."""

    least: float
    most: float
    mean: float
    fewest: int
    mean_polls: float

    @classmethod
    def of(cls, recording: Recording, clock: RecordedClock) -> "LatenessRange | None":
        """Of a replay that saw the end; None if the recording does not tell between which moments that was."""
        if recording.ended is None:
            return None
        low, high = recording.ended
        parts: list[tuple[float, float, float, int]] = []  # ends from, until; seen at, by how many polls
        begins = low
        for count, (sent, arrived, answered) in enumerate(clock.shown, 1):
            given = (sent + arrived) / 2
            if not answered or given <= low + RESOLUTION:
                continue
            until = high if count == len(clock.shown) else min(given, high)
            parts.append((begins, until, arrived, count))
            begins = until
        weights = [until - begins for begins, until, _, _ in parts] if high > low else [1.0] * len(parts[-1:])
        parts = parts if high > low else parts[-1:]
        whole = math.fsum(weights)
        late = [(max(0.0, seen - until), seen - begins) for begins, until, seen, _ in parts]
        return cls(
            min(one[0] for one in late),
            max(one[1] for one in late),
            math.fsum(weight * sum(one) / 2 for weight, one in zip(weights, late, strict=True)) / whole,
            parts[0][3],
            math.fsum(weight * part[3] for weight, part in zip(weights, parts, strict=True)) / whole,
        )
