"""A table on a terminal, whose first column is never cut, and the same rows with tabs between the values in a pipe."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import frozen

from jobwait._display.lines import duration_text
from jobwait._sync import clock
from jobwait._text import visible
from jobwait.cli.output import Output

_GAP: Final = "  "
_LEAST: Final = 12  # characters that the last column needs to be worth its place


@frozen
class Column:
    """
    A column: its *title*, its *value* in a pipe, and as it is *shown* on a terminal, if that is another.

    A column without a title is in pipes alone. The last one gets the width that the others leave.
    """

    title: str
    value: Callable[[Any], str]
    shown: Callable[[Any], str] | None = None

    def on_screen(self, row: Any) -> str:
        """What a terminal shows."""
        return visible((self.shown or self.value)(row))


def on_terminal() -> bool:
    """Whether rows are for a person's eyes."""
    return sys.stdout.isatty()


def print_rows(rows: Iterable[Any], columns: Sequence[Column], output: Output, *, whole: bool = False) -> None:
    """
    Print *rows*: on a terminal as a table, in a pipe one by one, with the values of all *columns* between tabs.

    *whole*: the last column is not shortened either.
    """
    if not output.chatty:
        return
    if not on_terminal():
        for row in rows:
            output.line("\t".join(visible(column.value(row)) for column in columns))
        return
    titled = [column for column in columns if column.title]
    cells = [[column.on_screen(row) for column in titled] for row in rows]
    for line in table([column.title for column in titled], cells, shutil.get_terminal_size().columns, whole=whole):
        output.line(line)


def table(titles: list[str], rows: list[list[str]], width: int, *, whole: bool = False) -> list[str]:
    """
    Lines of at most *width* characters: titles and *rows*, without columns that are empty.

    The last column is shortened, unless it is to be *whole*. Where the others have no room, each row has two lines:
    the first column, which is never cut, and the others below it.
    """
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - `--help` shows no table

    if not rows:
        return []
    kept = [number for number in range(len(titles)) if any(row[number] for row in rows)]
    full = [[line[number] for number in kept] for line in (titles, *rows)]
    *widths, last = (max(map(cell_len, column)) for column in zip(*full, strict=True))
    left = width - sum(widths) - len(_GAP) * len(widths)
    if left >= (last if whole else min(last, _LEAST)):
        return [_GAP.join([*map(set_cell_size, line, widths), _shortened(line[-1], left)]).rstrip() for line in full]
    return [part for line in full[1:] for part in (line[0], _below(line[1:], width, whole=whole))]


def _below(cells: list[str], width: int, *, whole: bool) -> str:
    """The line below a name, with its other *cells*; the last one has what the others leave, or no place."""
    from rich.cells import cell_len  # noqa: PLC0415 - as above

    *others, last = cells or [""]
    line = _GAP + _GAP.join(filter(None, others))
    left = width - cell_len(line) - len(_GAP)
    if whole or left >= min(cell_len(last), _LEAST):
        line = f"{line}{_GAP if line.strip() else ''}{last if whole else _shortened(last, left)}"
    return line.rstrip()


def _shortened(text: str, width: int) -> str:
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 - as above

    return text if cell_len(text) <= width else set_cell_size(text, max(0, width - 1)).rstrip() + "…"


def age(moment: datetime | None) -> str:
    """How long ago *moment* was, for people: 3 min ago; empty if it is not known."""
    if moment is None:
        return ""
    seconds = max(0.0, clock.current.time() - moment.timestamp())
    return "just now" if seconds < 1 else f"{duration_text(round(seconds))} ago"


def iso(moment: datetime | None) -> str:
    """*moment* in UTC, as ISO 8601; empty if it is not known."""
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
