"""A board drawn by `rich`, a few times a second."""

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from jobwait._display.board import Board
from jobwait._display.frames import MARGIN, frame

_STYLES = {"good": "green", "bad": "red", "warn": "yellow", "dim": "bright_black"}


class Table:
    """What rich draws: the frame of *board* at the moment, as large as the screen has room for."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width, height = max(1, options.max_width - MARGIN), max(1, (options.height or console.height) - 1)
        for line in frame(self._board, width, height):
            parts = [(text, _STYLES.get(kind, "")) for text, kind in line]
            yield Text.assemble(*parts, no_wrap=True, overflow="crop")
