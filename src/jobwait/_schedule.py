"""When to look next: pure arithmetic on what the looks so far have shown."""

from __future__ import annotations

from attrs import frozen

from jobwait._policy import Settled


@frozen
class Plan:
    """The gap to the next look in seconds, and in words what set it."""

    gap: float
    why: str


def plan(settled: Settled) -> Plan:
    """The vendor's pace, never below the floor: for a wait that knows nothing else, close to the best there is."""
    pace = settled.pace or settled.floor
    if settled.floor > pace:
        return Plan(settled.floor, "the floor")
    return Plan(pace, "the pace")


def not_before(settled: Settled, looks: int) -> float:
    """The age in seconds before which look number *looks* + 1 is not sent: the pace is a cumulative ceiling."""
    return 0.0 if settled.pace is None else looks * settled.pace
