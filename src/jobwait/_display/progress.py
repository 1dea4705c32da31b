"""Chooses where progress is shown: `progress=True` of the library, and the progress of the command."""

import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, TypeAlias

from attrs import frozen

from jobwait._display.board import Board, JobKey
from jobwait._display.news import NewsFilter
from jobwait._display.terminal import is_screen, live_line, live_table, write_update
from jobwait._model.display import Display
from jobwait._model.types import Update

OnUpdate: TypeAlias = Callable[[Update[Any]], object]


def live(then: OnUpdate | None, jobs: Iterable[JobKey] = (), total: Callable[[], int] | None = None) -> Display:
    """
    The display of `progress=True`, which passes changes on to *then*; a pipe gets nothing.

    jobs: those that are known from the start. total: how many there are in all, where that may grow.
    """
    from jobwait._display.notebook import Cell, in_notebook  # noqa: PLC0415 - most waits show nothing

    board, opened = Board(jobs, total), ExitStack()
    cell = Cell(board) if in_notebook() else None

    def show(update: Update[Any]) -> None:
        board.show(update)
        if cell is not None:
            cell.show(update)

    def begin() -> None:
        if cell is None:
            opened.enter_context(_on_screen(board))

    return Display(show, then, board.moved, begin, opened.close)


@frozen
class Shown:
    """Where the command's progress goes: to *show* and *moved*; *live*: it is drawn on a screen, and then gone."""

    show: OnUpdate
    moved: Callable[[str, str, float], object] = lambda _service, _job_id, _seconds: None
    live: bool = False


@contextmanager
def progress_of(jobs: Iterable[JobKey], *, quiet: bool, as_json: bool) -> Iterator[Shown]:
    """Show the progress of the command's *jobs* on stderr. Needs `rich`."""
    # No table where data on stdout go to the same screen.
    if not quiet and is_screen() and not (as_json and sys.stdout.isatty()):
        board = Board(jobs)
        with live_table(board, stays=False):
            yield Shown(board.show, board.moved, live=True)
    else:
        yield Shown(_nowhere if quiet or as_json else _log())  # stdout has the same with *as_json*


def _log() -> OnUpdate:
    """Writes a line for each piece of news, but for the end of a job, which is told as its outcome."""
    news = NewsFilter()

    def show(update: Update[Any]) -> None:
        if news.is_news(update) and not update.terminal:
            write_update(update)

    return show


def _on_screen(board: Board) -> AbstractContextManager[None]:
    """What draws *board* on stderr: `rich` where it is installed, else a line; nothing if that is no screen."""
    if not is_screen():
        return nullcontext()
    return live_table(board, stays=True) if importlib.util.find_spec("rich") else live_line(board)


def _nowhere(_: Update[Any]) -> None:
    """Show nothing."""
