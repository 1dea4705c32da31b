"""How an account's circle is divided among sweeps, so that at no moment two hold the same part of it."""

from __future__ import annotations

from collections.abc import Mapping

from jobwait.engines.rate_slots import Arc

NOTHING: Arc = (0.0, 0.0)


def divided(jobs: Mapping[str, int]) -> dict[str, Arc]:
    """An arc for each sweep, as large as its share of all *jobs*."""
    total, start = sum(jobs.values()), 0
    arcs: dict[str, Arc] = {}
    for name, count in jobs.items():
        arcs[name] = (start / total, (start + count) / total)
        start += count
    return arcs


def meanwhile(old: Mapping[str, Arc], new: Mapping[str, Arc]) -> dict[str, Arc]:
    """What each may use until all others know: the part of its *new* arc that was its own in the *old* division."""
    return {name: _common(old.get(name, NOTHING), arc) for name, arc in new.items()}


def collide(old: Mapping[str, Arc], new: Mapping[str, Arc]) -> bool:
    """Whether somebody would begin to use what another may still be using."""
    return any(
        name != other and _common(arc, held) != NOTHING for name, arc in new.items() for other, held in old.items()
    )


def _common(one: Arc, other: Arc) -> Arc:
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low < high else NOTHING
