"""The live table of jobs: one job is a line, several are a table that fits the screen. Drawn by `rich`."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from jobwait._display.columns import Column, Row, cells_of, columns_for
from jobwait._display.lines import counted
from jobwait._model.types import Update, state_text

_SHORT: Final = 8  # characters of an id that tell jobs apart
_AROUND: Final = 3  # lines of the screen that are no rows
_MARGIN: Final = 3  # characters: where the terminal writes the ^C of an interrupt it must not begin a new line
_GAP: Final = "  "
_JobKey = tuple[str, str]


class JobTable:
    """The latest update of each job; rich draws it a few times a second."""

    def __init__(self, names: Mapping[_JobKey, str], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names = _shortened(names)
        self._latest: dict[_JobKey, tuple[Update[Any], float]] = {}

    def show(self, update: Update[Any]) -> None:
        """Show *update* from now on as the latest one of its job."""
        self._latest[update.service, update.job_id] = (update, self._clock())

    def rows(self) -> list[Row]:
        """A row for each job, running jobs first."""
        now = self._clock()
        rows = [
            Row(name, self._latest[key][0], now - self._latest[key][1]) if key in self._latest else Row(name)
            for key, name in self._names.items()
        ]
        return sorted(rows, key=lambda row: row.update is not None and row.update.terminal)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows, width = self.rows(), max(1, options.max_width - _MARGIN)
        if len(rows) == 1:
            cells = cells_of(rows[0], columns_for(width))
            yield _within(Text(_GAP).join(cell for cell in cells if cell.plain), width)
            return
        visible = rows[: max(1, (options.height or console.height) - _AROUND)]
        yield from _table(visible, width)
        yield _summary(rows, hidden=len(rows) - len(visible))


def _table(rows: list[Row], width: int) -> list[Text]:
    """A line of titles and one for each of *rows*, none wider than *width*."""
    columns = columns_for(width)
    titles = [Text(title, "bold") for title in ("job", *(column.title for column in columns))]
    table = [titles, *(cells_of(row, columns) for row in rows)]
    widths = _widths(columns, [max(cell.cell_len for cell in cells) for cells in zip(*table, strict=True)], width)
    for cells in table:
        for cell, room in zip(cells, widths, strict=True):
            cell.truncate(room, overflow="ellipsis", pad=True)
    return [_within(Text(_GAP).join(cells), width) for cells in table]


def _widths(columns: list[Column], wanted: list[int], width: int) -> list[int]:
    """The *wanted* widths of the name and of *columns*, but that elastic ones share what the others leave."""
    elastic = [False, *(column.elastic for column in columns)]
    fixed = sum(want for want, flexible in zip(wanted, elastic, strict=True) if not flexible)
    left = max(0, width - len(_GAP) * len(columns) - fixed)
    widths: list[int] = []
    for want, flexible in zip(wanted, elastic, strict=True):
        widths.append(min(want, left) if flexible else want)
        left -= widths[-1] if flexible else 0
    return widths


def _within(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line


def _summary(rows: list[Row], hidden: int) -> Text:
    updates = (row.update for row in rows)
    states = counted(state_text(one.state, one.reason) if one else "not polled yet" for one in updates)
    more = f"; {hidden} more not shown" if hidden else ""
    return Text(f"{len(rows)} jobs: {states}{more}", "bright_black", no_wrap=True, overflow="ellipsis")


def _shortened(names: Mapping[_JobKey, str]) -> dict[_JobKey, str]:
    """Names as short as they can be told apart: the service and the start of the id, else the service and the id."""
    short = {key: f"{key[0]} {key[1][:_SHORT]}" for key in names}
    count = Counter(short.values())
    return {key: short[key] if count[short[key]] == 1 else f"{key[0]} {key[1]}" for key in names}
