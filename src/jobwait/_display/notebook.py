"""Progress in a notebook: one output of the running cell, replaced at each poll; many jobs have a row each."""

import sys
import time
from typing import Any, Final

from jobwait._display.board import Board, JobKey, counted_states
from jobwait._display.facts import Row
from jobwait._display.frames import names_of
from jobwait._display.job_line import line_of
from jobwait._display.lines import share_of
from jobwait._model.html import bar, of_updates, shown
from jobwait._model.types import Update
from jobwait._sync import clock

ROWS: Final = 20  # jobs that are shown, beside the count of all
_WIDTH: Final = 160  # characters of the line of a job


def in_notebook() -> bool:
    """Whether code runs in a kernel that a notebook talks to; nothing is imported to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel") and "IPython.display" in sys.modules


class Cell:
    """Shows *board* in the cell that runs when an update comes: the line of the only job, or a count and rows."""

    def __init__(self, board: Board) -> None:
        self._board, self._rows = board, CellRows()
        self._handle: Any = None

    def show(self, update: Update[Any]) -> None:
        """Show *update*, which the board has."""
        board = self._board
        if board.total == 1:
            share = _share(update)
            drawn = "" if update.terminal and share is None else bar(share)
            self._put(drawn, _line(update), "")
        elif self._rows.take(update) or update.terminal:
            endings = f": {counted_states(board.ended)}" if board.ended else ""
            line = f"{board.ended.total()} of {board.total} jobs{endings}"
            self._put(bar(board.share), line, str(self._rows))

    def _put(self, drawn: str, line: str, below: str) -> None:
        data = {"text/html": f"{drawn} {shown(line)}{below}", "text/plain": line}
        if self._handle is None:
            self._handle = sys.modules["IPython.display"].display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


class CellRows:
    """The latest update of each of the first jobs, as rows below the line that counts all."""

    def __init__(self) -> None:
        self._updates: dict[JobKey, Update[Any]] = {}

    def take(self, update: Update[Any]) -> bool:
        """Keep *update* if its job has a row, or there is place for one; whether that is so."""
        key = (update.service, update.job_id)
        if key not in self._updates and len(self._updates) >= ROWS:
            return False
        self._updates[key] = update
        return True

    def __str__(self) -> str:
        return of_updates((update, _share(update)) for update in self._updates.values())


def _share(update: Update[Any]) -> float | None:
    """How much of the job is done, where the service has just said so: a list says nothing of it."""
    return None if update.from_list else share_of(update)


def _line(update: Update[Any]) -> str:
    """The line of a job; it stands still until the next poll, so that has its time of the day."""
    at = "" if update.next_poll is None else time.strftime("%H:%M:%S", _local(update.next_poll))
    row = Row(names_of((update.service, update.job_id)), update, next_at=at)
    return "".join(text for text, _ in line_of(row, _WIDTH, with_bar=False))


def _local(later: float) -> time.struct_time:
    return time.localtime(clock.current.time() + later)
