"""
Divides an account's rate among batch runs, so that no two ever own the same slots at once.

A division maps each batch run to its range of positions in [0, 1); see rate_slots.
"""

from collections.abc import Mapping

from jobwait.engines.rate_slots import NO_SLOTS, SlotRange


def divide(jobs: Mapping[str, int]) -> dict[str, SlotRange]:
    """A range for each batch run, in proportion to its number of *jobs*."""
    total, start = sum(jobs.values()), 0
    ranges: dict[str, SlotRange] = {}
    for name, count in jobs.items():
        ranges[name] = (start / total, (start + count) / total)
        start += count
    return ranges


def transition(old: Mapping[str, SlotRange], new: Mapping[str, SlotRange]) -> dict[str, SlotRange]:
    """What each may use until all others know the *new* division: the part of its new range that it already had."""
    return {name: _intersection(old.get(name, NO_SLOTS), one) for name, one in new.items()}


def conflicts(old: Mapping[str, SlotRange], new: Mapping[str, SlotRange]) -> bool:
    """Whether a batch run would get slots in *new* that another may still use by *old*."""
    return any(
        name != other and _intersection(one, held) != NO_SLOTS
        for name, one in new.items()
        for other, held in old.items()
    )


def _intersection(one: SlotRange, other: SlotRange) -> SlotRange:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low < high else NO_SLOTS
