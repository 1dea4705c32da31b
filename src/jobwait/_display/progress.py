"""Chooses where progress is shown: `progress=True` of the library, and the progress of the command."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

from jobwait._display.lines import counted, share_of
from jobwait._display.notebook import CellOutput, CellRows, in_notebook
from jobwait._display.terminal import live_table, write_line, write_update
from jobwait._model.types import Update, state_text

OnUpdate: TypeAlias = Callable[[Update[Any]], None]


def live_line(job_id: str, then: Callable[[Update[Any]], object] | None) -> OnUpdate:
    """A callback that shows each update of *job_id* on a terminal or in a notebook, then passes it to *then*."""
    write = _line_output()

    def show(update: Update[Any]) -> None:
        write(f"{job_id} {update}", share_of(update), update.terminal)
        (then or _nowhere)(update)

    return show


def live_count(total: Callable[[], int], then: Callable[[Update[Any]], object] | None) -> OnUpdate:
    """
    The same for many jobs: how many of *total*, which may grow, have ended, and how.

    In a notebook the first jobs have a row each.
    """
    endings: Counter[str] = Counter()
    rows = CellRows() if in_notebook() else None
    cell, write = CellOutput(), _line_output()

    def show(update: Update[Any]) -> None:
        if update.terminal:
            endings[state_text(update.state, update.reason)] += 1
        ended, jobs = endings.total(), total()
        line = ": ".join(filter(None, (f"{ended} of {jobs} jobs", counted(endings.elements()))))
        if rows is not None and (rows.take(update) or update.terminal):
            cell(line, ended / max(1, jobs), ended == jobs, str(rows))
        elif rows is None and update.terminal:
            write(line, ended / max(1, jobs), ended == jobs)
        (then or _nowhere)(update)

    return show


@contextmanager
def progress_of(names: Mapping[tuple[str, str], str], *, quiet: bool, as_json: bool) -> Iterator[OnUpdate]:
    """Show the progress of the command's jobs on stderr; yields what takes their updates. Needs `rich`."""
    if quiet:
        yield _nowhere
        return
    # A pipe gets a line for each update, or nothing with *as_json*: stdout has the same then.
    with live_table(names, stdout_is_data=as_json) as show:
        yield show or (_nowhere if as_json else write_update)


def _line_output() -> Callable[[str, float | None, bool], None]:
    """What shows a line and its bar: the notebook's cell, stderr if that is a terminal, or nothing."""
    if in_notebook():
        return CellOutput()
    return write_line if sys.stderr.isatty() else _nowhere


def _nowhere(*_: object) -> None:
    """Show nothing."""
