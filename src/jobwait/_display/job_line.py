"""One job as one line: of what there is to say, the most important that a width has room for."""

from typing import Any, Final, TypeAlias

from jobwait._display.facts import Row, facts_of, reason_of
from jobwait._display.lines import bar, cells, share_of, within
from jobwait._model.types import Update

Line: TypeAlias = list[tuple[str, str]]
"""The parts of a line, each with what it is: "good", "bad", "warn", "dim", or empty."""

_LEADS: Final = {"name": "", "state": "  ", "percent": "  ", "bar": " ", "done": " "}  # what comes before; else " · "
_SLOTS: Final = (*_LEADS, "elapsed", "left", "next", "why")  # in their order on the line
_UNLIMITED: Final = 1 << 16  # columns
_KINDS: Final = {"succeeded": "good", "failed": "bad", "unreachable": "bad"}


def line_of(row: Row, width: int, *, with_bar: bool = True) -> Line:
    """*row* on at most *width* columns."""
    slots: dict[str, str] = {}
    for slot, text in facts_of(row, width):
        tried = {**slots, slot: text}
        if (slot != "bar" or with_bar) and (not slots or _width(tried, row) <= width):
            slots = tried
    if "why" in slots and row.update is not None and row.update.terminal and row.update.why:
        slots["why"] = within(reason_of(row.update), width - _width(slots, row) + cells(slots["why"]))
    return _parts(slots, row, width)


def cut(line: Line, width: int) -> Line:
    """*line* on at most *width* columns, without spaces at its end."""
    kept: Line = []
    for text, kind in line:
        room = width - sum(cells(part) for part, _ in kept)
        kept.append((within(text, room), kind))
        if cells(text) > room:
            break
    while kept and not kept[-1][0].rstrip():
        kept.pop()
    if kept:
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
    return kept


def _width(slots: dict[str, str], row: Row) -> int:
    return sum(cells(text) for text, _ in _parts(slots, row, _UNLIMITED))


def _parts(slots: dict[str, str], row: Row, width: int) -> Line:
    """The texts of *slots* in order, with what is between them, cut at *width*."""
    line: Line = []
    for slot in (slot for slot in _SLOTS if slots.get(slot)):
        text = slots[slot]
        lead = _LEADS.get(slot, " · ") if line else ""
        line.append(("  " if slot == "done" and "percent" not in slots else lead, "dim"))
        if slot == "bar":
            full, empty = bar(0.0 if row.update is None else share_of(row.update) or 0.0, len(text))
            line += [(full, "good"), (empty, "dim")]
        else:
            padding = {"name": row.name_width, "state": row.state_width}.get(slot, 0) - cells(text)
            line.append((text + " " * padding, _kind(slot, row.update)))
    return cut(line, width)


def _kind(slot: str, update: Update[Any] | None) -> str:
    """What a slot means for whoever looks."""
    if slot == "why":
        return "dim"
    if slot != "state" or update is None or not (update.terminal or update.failures or update.stalled):
        return ""
    return _KINDS.get(update.state, "warn") if update.terminal else "warn"
