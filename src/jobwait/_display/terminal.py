"""Progress on stderr: whether that is a screen, a live line or table there, and plain lines elsewhere."""

import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from jobwait._display.board import Board
from jobwait._model.types import Update
from jobwait._sync import clock
from jobwait._text import visible

_INTERVAL: Final = 0.5  # seconds between two frames of the live line


def is_screen() -> bool:
    """
    Whether stderr is a screen that can be drawn on again and again.

    A log is none, also if it is kept in colour (FORCE_COLOR) or by a CI, which may give its jobs a terminal.
    """
    ci = os.environ.get("CI", "").lower() not in {"", "0", "false"}
    return sys.stderr.isatty() and not ci and os.environ.get("TERM", "") not in {"dumb", "unknown"}


@contextmanager
def live_table(board: Board, *, stays: bool) -> Iterator[None]:
    """Draw *board* until the end of the block, by `rich`; whether the last frame *stays*."""
    from rich.console import Console  # noqa: PLC0415 - `jobwait --help` shows no progress
    from rich.live import Live  # noqa: PLC0415

    from jobwait._display.table import Table  # noqa: PLC0415

    console = Console(stderr=True, highlight=False, force_terminal=True)
    # What goes to stdout must go there: only where that is the same screen may it go through the display.
    through = stays and sys.stdout.isatty()
    live = Live(Table(board), console=console, transient=not stays, redirect_stdout=through, refresh_per_second=4)
    live.start()
    try:
        yield
    finally:
        with interrupts_held():
            live.stop()


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Have Ctrl-C, or SIGTERM, in the block come at its end: so it cannot leave half a frame behind."""
    if threading.current_thread() is not threading.main_thread():  # interrupts come to that one alone
        yield
        return
    came: list[int] = []
    handlers = {int(one): signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    before = {one: handler for one, handler in handlers.items() if callable(handler)}  # others raise nothing
    for one in before:
        signal.signal(one, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    for one in came[:1]:
        signal.raise_signal(one)


@contextmanager
def live_line(board: Board) -> Iterator[None]:
    """Draw the first line of *board* until the end of the block, without `rich`; the last frame stays."""
    from jobwait._display.frames import MARGIN, frame  # noqa: PLC0415 - a pipe shows none

    over = threading.Event()

    def draw() -> None:
        width = shutil.get_terminal_size().columns - MARGIN
        sys.stderr.write("\r\x1b[K" + "".join(text for text, _ in frame(board, width, 1)[0]))
        sys.stderr.flush()

    def work() -> None:
        while not over.wait(_INTERVAL):
            draw()

    thread = threading.Thread(target=work, name="jobwait_display", daemon=True)
    draw()
    thread.start()
    try:
        yield
    finally:
        with interrupts_held():
            over.set()
            thread.join()
            draw()
            sys.stderr.write("\n")
            sys.stderr.flush()


def write_update(update: Update[Any]) -> None:
    """One plain line on stderr for *update*: the local time, the job, its state, its progress, the next poll."""
    at = time.strftime("%H:%M:%S", time.localtime(clock.current.time()))
    sys.stderr.write(f"{at} " + visible(f"{update.service}:{update.job_id} {update}") + "\n")
    sys.stderr.flush()
