"""One job as one line: what fits a width of all that is known of it, the most important facts first."""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from attrs import frozen

from jobwait._display.lines import (
    bar,
    cells,
    duration_text,
    elapsed_text,
    next_poll_text,
    outage_text,
    percent,
    share_of,
    within,
)
from jobwait._model.types import Update
from jobwait._text import visible

Line: TypeAlias = list[tuple[str, str]]
"""The parts of a line, each with what it is: "good", "bad", "warn", "dim", or empty."""

SHORT: Final = 8  # characters of an id that tell jobs apart
_BAR, _LONGEST_BAR = 5, 40  # columns
_LEADS: Final = {"name": "", "state": "  ", "percent": "  ", "bar": " ", "done": " "}  # what comes before; else " · "
_SLOTS: Final = (*_LEADS, "elapsed", "left", "next", "why")  # in their order on the line
_KINDS: Final = {"succeeded": "good", "failed": "bad", "unreachable": "bad"}


@frozen
class Row:
    """
    A job: its *names* from the shortest to the longest, the latest *update* and how many seconds *ago* that was.

    elapsed: seconds since the wait began; None: it is not shown. next_at: the time of the next poll, where the line
    stands still until then. name_width, state_width: columns that these take at least, in a table.
    """

    names: tuple[str, ...]
    update: Update[Any] | None = None
    ago: float = 0.0
    elapsed: float | None = None
    next_at: str = ""
    name_width: int = 0
    state_width: int = 0


def line_of(row: Row, width: int, *, with_bar: bool = True) -> Line:
    """*row* on at most *width* columns."""
    slots: dict[str, str] = {}
    for slot, text in _by_importance(row):
        tried = {**slots, slot: text}
        if slot == "bar" and not with_bar:
            continue
        if not slots or cells(_joined(tried, row)) <= width:
            slots = tried
    if "bar" in slots:
        room = width - cells(_joined({**slots, "bar": ""}, row)) - 1
        slots["bar"] = "━" * min(room, _LONGEST_BAR)
    elif row.update is not None and row.update.terminal and row.update.why:
        room = width - cells(_joined({**slots, "why": ""}, row))
        slots["why"] = within(_reason(row.update), room)
    return _parts(slots, row, width)


def state_of(update: Update[Any] | None) -> str:
    """The state in a word or two."""
    if update is None:
        return "not polled yet"
    if update.stalled:
        return "stalled"
    if update.state == "unknown" and update.raw_status:
        return f"unknown ({visible(update.raw_status)})"
    return "no status yet" if update.state == "unknown" else update.state.replace("_", " ")


def kind_of(update: Update[Any] | None) -> str:
    """What the state means for whoever looks: "good", "bad", "warn", or nothing."""
    if update is None or not (update.terminal or update.failures or update.stalled):
        return ""
    return _KINDS.get(update.state, "warn") if update.terminal else "warn"


def _by_importance(row: Row) -> Iterator[tuple[str, str]]:
    """What goes into which slot; a later text of a slot is a longer one, taken if there is room for it."""
    update, short = row.update, row.names[0]
    yield "name", short
    if update is not None and update.failures:
        whole = outage_text(update, _next(row))
        kind, _, rest = update.failure.partition(" (")
        without = whole.replace(f" ({rest}", "", 1) if rest else whole
        yield from (("state", text) for text in (kind, without.rpartition(", next ")[0] or without, without, whole))
    else:
        yield "state", state_of(update)
    if update is not None and not update.failures:
        yield from _of_answered(row, update)
        return
    if row.elapsed is not None:
        yield "elapsed", elapsed_text(row.elapsed)
    yield from (("name", name) for name in row.names[1:])
    if update is not None and update.state != "unknown":
        yield "why", f"was {update.state}" + (f", {update.progress}" if update.progress else "")


def _of_answered(row: Row, update: Update[Any]) -> Iterator[tuple[str, str]]:
    share, following = share_of(update), _next(row)
    counts = update.progress is not None and update.progress.stage is None and not update.from_list
    left = "" if update.eta is None or update.terminal else _left(update.eta.value - row.ago)
    if counts and share is not None:
        yield "percent", percent(share)
    if left:
        yield "left", left
    yield from (("done", text) for text in _done(update))
    if row.elapsed is not None:
        yield "elapsed", elapsed_text(row.elapsed)
    if following and not counts:
        yield "next", f"next poll {following}"
    if counts and share is not None:
        yield "bar", "━" * _BAR
    yield from (("name", name) for name in row.names[1:2])
    if following:
        yield "next", f"next poll {following}"
    yield from (("name", name) for name in row.names[2:])
    if left and update.eta is not None and update.eta.low < update.eta.high:
        low, high = (duration_text(max(0.0, one - row.ago)) for one in (update.eta.low, update.eta.high))
        yield "left", f"{left} ({low} to {high})"
    about = update.note or ("" if update.terminal else update.why)
    if about:
        yield "why", visible(about)


def _next(row: Row) -> str:
    if row.update is None or row.update.next_poll is None:
        return ""
    return f"at {row.next_at}" if row.next_at else next_poll_text(row.update.next_poll - row.ago)


def _done(update: Update[Any]) -> Iterator[str]:
    """What is done, in the job's own units; the name of a step only where there is room for it."""
    progress = update.progress
    if update.from_list:
        yield "from the list"
    elif progress is not None and progress.stage is None:
        yield f"{progress.done}" if progress.total is None else f"{progress.done}/{progress.total}"
    elif progress is not None:
        whole = visible(str(progress))
        yield whole.partition(" (")[0]
        yield whole


def _left(seconds: float) -> str:
    return f"~{duration_text(round(seconds))} left" if seconds > 0.5 else ""


def _reason(update: Update[Any]) -> str:
    """Why the job did not succeed, without its name."""
    return visible(update.why).removeprefix(f"{update.service} job {update.job_id} ").removeprefix(": ")


def _joined(slots: dict[str, str], row: Row) -> str:
    return "".join(text for text, _ in _parts(slots, row, 1 << 16))


def _parts(slots: dict[str, str], row: Row, width: int) -> Line:
    """The texts of *slots* in order, with what is between them, cut at *width*."""
    line: Line = []
    for slot in _SLOTS:
        text = slots.get(slot, "")
        if not text:
            continue
        lead = _LEADS.get(slot, " · ") if line else ""
        if slot == "done" and "percent" not in slots:
            lead = "  "
        padding = {"name": row.name_width, "state": row.state_width}.get(slot, 0) - cells(text)
        line.append((lead, "dim"))
        if slot == "bar":
            full, empty = bar(share_of(row.update) or 0.0 if row.update else 0.0, len(text))
            line += [(full, "good"), (empty, "dim")]
        else:
            kind = kind_of(row.update) if slot == "state" else "dim" if slot == "why" else ""
            line.append((text + " " * padding, kind))
    return cut(line, width)


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
