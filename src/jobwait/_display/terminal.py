"""Progress on a pipe, and on a terminal: one line that needs no extra, or a live table of jobs that needs `rich`."""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from jobwait._display.lines import bar
from jobwait._model.types import Update
from jobwait._text import visible

_BAR: Final = 16  # characters


def write_line(line: str, share: float | None, last: bool) -> None:
    """Replace the terminal's current line on stderr; the *last* one stays."""
    drawn = "".join(bar(share, _BAR)) + " " if share is not None else ""
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"\r\x1b[K{(drawn + visible(line))[:width]}" + ("\n" if last else ""))
    sys.stderr.flush()


def write_update(update: Update[Any]) -> None:
    """One plain line on stderr for *update*: the job, its state, its progress, the next poll."""
    sys.stderr.write(visible(f"{update.service}:{update.job_id} {update}") + "\n")
    sys.stderr.flush()


@contextmanager
def live_table(
    names: Mapping[tuple[str, str], str], *, stdout_is_data: bool
) -> Iterator[Callable[[Update[Any]], None] | None]:
    """Show jobs by service and id until the end of the block; yields what takes their updates, None if it cannot."""
    from rich.console import Console  # noqa: PLC0415 - `jobwait --help` shows no progress
    from rich.live import Live  # noqa: PLC0415

    from jobwait._display.table import JobTable  # noqa: PLC0415

    # No table where the cursor cannot be moved, nor where data on stdout go to the same terminal.
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal or console.is_dumb_terminal or (stdout_is_data and sys.stdout.isatty()):
        yield None
        return
    table = JobTable(names)
    # What goes to stdout must go there and not through the display.
    with Live(table, console=console, transient=True, redirect_stdout=False, refresh_per_second=8):
        yield table.show
