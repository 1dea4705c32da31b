"""How a command ends: with an exit status, and for what went wrong one sentence on stderr."""

from __future__ import annotations

import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

from jobwait._text import visible
from jobwait.cli import _exits, json_forms
from jobwait.errors import JobWaitError


def _end(code: int) -> NoReturn:
    raise typer.Exit(code)


@contextmanager
def ending(*, debug: bool, as_json: bool = False) -> Iterator[Callable[[int], NoReturn]]:
    """
    Run a command's body; it is handed the way to end with a status.

    *debug* shows where an error came from; *as_json* tells programs of it too, on stdout.
    """
    try:
        with _plain_warnings():
            yield _end
    except JobWaitError as error:
        complain(str(error), debug=debug)
        if as_json:
            typer.echo(json.dumps({"type": "error", "error": json_forms.of_error(error)}))
        raise typer.Exit(_exits.of_error(error)) from None
    except BrokenPipeError:
        _let_go_of_stdout()
        raise typer.Exit(_exits.PIPE_CLOSED) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        complain(
            f"{place}{error.strerror or error}. Nothing that was there is lost; try again, or elsewhere.", debug=debug
        )
        raise typer.Exit(_exits.USAGE) from None
    except KeyboardInterrupt:
        complain("interrupted.")
        raise typer.Exit(_exits.INTERRUPTED) from None
    except Exception as error:
        if isinstance(error, typer.Exit) or hasattr(error, "format_message"):
            raise
        complain(
            f"This is a fault of jobwait itself ({type(error).__name__}: {error}); --debug shows where.", debug=debug
        )
        raise typer.Exit(_exits.FAULT) from None


@contextmanager
def if_interrupted(sentence: str) -> Iterator[None]:
    """Where Ctrl-C ends what is within, say *sentence*: what becomes of it, and how to go on."""
    try:
        yield
    except KeyboardInterrupt:
        complain(f"interrupted. {sentence}")
        raise typer.Exit(_exits.INTERRUPTED) from None


def complain(sentence: str, *, debug: bool = False) -> None:
    """*sentence* on stderr, below the traceback if that is wanted. Our errors hold no secret; locals are not shown."""
    if debug:
        for line in traceback.format_exc().splitlines():
            typer.echo(visible(line), err=True)
    typer.echo(f"jobwait: {visible(sentence)}", err=True)


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Warnings as sentences: where in our source they come from is of no use in a shell."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        typer.echo(f"jobwait: {visible(str(message))}", err=True)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


def _let_go_of_stdout() -> None:
    """The reader has gone; what is still buffered for it must not fail again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
