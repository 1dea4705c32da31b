"""What a row of the live table says, column by column, and which columns there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen
from rich.text import Text

from jobwait._text import visible
from jobwait.cli._durations import spoken

if TYPE_CHECKING:
    from jobwait import Estimate, Update

_STYLES: Final = {
    "succeeded": "green",
    "failed": "red",
    "unreachable": "red",
    "canceled": "yellow",
    "timed_out": "yellow",
}
_BAR: Final = 12  # characters
_GAP: Final = "  "


@frozen
class Row:
    """A job as the screen shows it: its *name*, the latest *update* and how many seconds *ago* that was."""

    name: str
    update: Update[Any] | None = None
    ago: float = 0.0


@frozen
class Column:
    """
    A column: its *title*, from how wide a screen on it is there, and what it says of a row.

    An *elastic* one takes what room the others leave.
    """

    title: str
    from_width: int
    cell: Callable[[Row], Text]
    elastic: bool = False


def _state(row: Row) -> Text:
    if row.update is None:
        return Text("…")
    said = "stalled" if row.update.stalled else row.update.state.replace("_", " ")
    return Text(said, "yellow" if row.update.stalled else _STYLES.get(row.update.state, ""))


def _share(row: Row) -> float | None:
    if row.update is not None and row.update.state == "succeeded":
        return 1.0
    progress = row.update.progress if row.update else None
    return min(1.0, progress.done / progress.total) if progress and progress.total else None


def bar(share: float | None, width: int = _BAR) -> Text:
    """A bar that is filled to *share*; nothing where that is not known."""
    if share is None:
        return Text("")
    full = int(share * width)
    return Text.assemble(("━" * full, "green"), ("━" * (width - full), "bright_black"))


def _counts(row: Row) -> Text:
    progress = row.update.progress if row.update else None
    return Text("" if progress is None else visible(str(progress)))


def _rate(row: Row) -> Text:
    rate = row.update.rate if row.update else None
    if rate is None:
        return Text("")
    return Text(f"{rate.value:.1f}/s" if rate.value >= 0.1 else f"{rate.value * 60:.1f}/min")


def eta(estimate: Estimate | None, ago: float = 0.0) -> str:
    """When the end is to be expected, with the range that holds it nine times in ten."""
    if estimate is None:
        return ""
    value, low, high = (spoken(max(0.0, seconds - ago)) for seconds in (estimate.value, estimate.low, estimate.high))
    return value if low == high else f"{value} ({low} to {high})"


def _eta(row: Row) -> Text:
    return Text(eta(row.update.eta, row.ago) if row.update and not row.update.terminal else "")


def _next_poll(row: Row) -> Text:
    if row.update is None or row.update.next_poll is None:
        return Text("")
    left = row.update.next_poll - row.ago
    return Text(f"in {spoken(left)}" if left > 0 else "any moment")


def _why(row: Row) -> Text:
    said = "; ".join(filter(None, (row.update.note, row.update.why))) if row.update else ""
    return Text(visible(said), "bright_black")


COLUMNS: Final = (
    Column("job", 0, lambda row: Text(row.name)),
    Column("state", 0, _state),
    Column("", 72, lambda row: bar(_share(row))),
    Column("done", 36, _counts, elastic=True),
    Column("rate", 100, _rate),
    Column("ETA", 84, _eta),
    Column("next look", 60, _next_poll),
    Column("why", 120, _why, elastic=True),
)


def columns_for(width: int) -> list[Column]:
    """The columns for a screen of *width* characters."""
    return [column for column in COLUMNS if width >= column.from_width]


def laid_out(rows: list[Row], width: int) -> list[Text]:
    """A line of titles and one for each of *rows*, none wider than *width*."""
    columns = columns_for(width)
    table = [
        [Text(column.title, "bold") for column in columns],
        *([column.cell(row) for column in columns] for row in rows),
    ]
    widths = _widths(columns, [max(cell.cell_len for cell in cells) for cells in zip(*table, strict=True)], width)
    for cells in table:
        for cell, room in zip(cells, widths, strict=True):
            cell.truncate(room, overflow="ellipsis", pad=True)
    return [_within(Text(_GAP).join(cells), width) for cells in table]


def joined(row: Row, width: int) -> Text:
    """*row* on a line of its own, no wider than *width*."""
    cells = [column.cell(row) for column in columns_for(width)]
    return _within(Text(_GAP).join(cell for cell in cells if cell.plain), width)


def _widths(columns: list[Column], wanted: list[int], width: int) -> list[int]:
    """What each column gets: what it wants, but that elastic ones share what is left."""
    left = width - len(_GAP) * (len(columns) - 1)
    left -= sum(want for column, want in zip(columns, wanted, strict=True) if not column.elastic)
    widths: list[int] = []
    for column, want in zip(columns, wanted, strict=True):
        room = min(want, max(0, left)) if column.elastic else want
        left -= room if column.elastic else 0
        widths.append(room)
    return widths


def _within(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line
