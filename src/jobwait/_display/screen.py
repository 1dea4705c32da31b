"""Progress on stderr: live on a terminal, plain lines where it is none, nothing where it is not wanted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import typer

from jobwait._text import visible
from jobwait.cli.job_names import Name
from jobwait.cli.output import Voice

if TYPE_CHECKING:
    from rich.console import Console

    from jobwait import Update

OnUpdate: TypeAlias = "Callable[[Update[Any]], None]"


@contextmanager
def progress(voice: Voice, names: list[Name]) -> Iterator[OnUpdate]:
    """Show what happens to the jobs called *names*, by the updates that the yielded function is called with."""
    from rich.console import Console  # noqa: PLC0415 - whoever only asks for help pays for no screen
    from rich.live import Live  # noqa: PLC0415

    from jobwait._display.table import Board  # noqa: PLC0415

    console = Console(stderr=True, highlight=False)
    if voice.quiet:
        yield lambda _: None
    elif _can_be_live(console, voice):
        board = Board({(name.service, name.id): str(name) for name in names})
        # What goes to stdout must go there and not through the screen.
        with Live(board, console=console, transient=True, redirect_stdout=False, refresh_per_second=8):
            yield board.hear
    else:
        yield (lambda _: None) if voice.as_json else _plain_line


def _can_be_live(console: Console, voice: Voice) -> bool:
    """Whether stderr is a terminal that can move its cursor, and stdout does not write JSON onto the same one."""
    return console.is_terminal and not console.is_dumb_terminal and not (voice.as_json and sys.stdout.isatty())


def _plain_line(update: Update[Any]) -> None:
    typer.echo(visible(f"{update.service}:{update.job_id} {update}"), err=True)
