"""What is known of each job, drawn: one line for a job, a table for many, as wide and as high as the screen allows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from jobwait._display.columns import Row, joined, laid_out

if TYPE_CHECKING:
    from jobwait import Update

_SHORT: Final = 8  # characters of an id that tell jobs apart
_AROUND: Final = 3  # lines that the table has besides its rows
_MARGIN: Final = 3  # characters: where the terminal writes the ^C of an interrupt it must not begin a new line
_JobKey = tuple[str, str]


class Board:
    """The rows of the screen; rich draws it a few times a second."""

    def __init__(self, names: Mapping[_JobKey, str], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names = _short(names)
        self._heard: dict[_JobKey, tuple[Update[Any], float]] = {}

    def hear(self, update: Update[Any]) -> None:
        """Take in one update."""
        self._heard[update.service, update.job_id] = (update, self._clock())

    def add(self, key: _JobKey, name: str) -> None:
        """Show one more job."""
        self._names = _short({**self._names, key: name})

    def rows(self) -> list[Row]:
        """A row for each job, those that still run first."""
        now = self._clock()
        rows = [
            Row(name, self._heard[key][0], now - self._heard[key][1]) if key in self._heard else Row(name)
            for key, name in self._names.items()
        ]
        return sorted(rows, key=lambda row: row.update is not None and row.update.terminal)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        rows, width = self.rows(), max(1, options.max_width - _MARGIN)
        if len(rows) == 1:
            yield joined(rows[0], width)
            return
        room = max(1, (options.height or console.height) - _AROUND)
        yield from laid_out(rows[:room], width)
        yield _summary(rows, hidden=len(rows) - len(rows[:room]))


def _summary(rows: list[Row], hidden: int) -> Text:
    states = Counter(row.update.state if row.update else "not asked yet" for row in rows)
    told = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(states.items()))
    more = f"; {hidden} more not shown" if hidden else ""
    return Text(f"{len(rows)} jobs: {told}{more}", "bright_black", no_wrap=True, overflow="ellipsis")


def _short(names: Mapping[_JobKey, str]) -> dict[_JobKey, str]:
    """Names as short as they can be told apart: a service and the start of an id, else whole."""
    short = {key: f"{key[0]} {key[1][:_SHORT]}" for key in names}
    count = Counter(short.values())
    return {key: short[key] if count[short[key]] == 1 else f"{key[0]} {key[1]}" for key in names}
