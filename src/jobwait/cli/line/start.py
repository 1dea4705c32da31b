"""Chooses how the command line is read: what is plain without typer, all else by typer."""

import os
import sys
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

from jobwait.cli import Exit
from jobwait.cli.commands.catalog import COMPLETE, PLAIN, load
from jobwait.cli.exits import INTERRUPTED, complain, of_error
from jobwait.cli.line.reader import plain_call
from jobwait.errors import JobWaitError


def runner() -> Callable[[], int]:
    """What runs the command line and gives its exit status. Raises ModuleNotFoundError without the extra `cli`."""
    name, *words = sys.argv[1:] or [""]
    if name in PLAIN and COMPLETE not in os.environ and find_spec("typer") and find_spec("rich"):
        try:
            call = plain_call(load(name), name, words)
        except JobWaitError as error:  # of a profile
            return partial(_refused, error)
        if call is not None:
            return partial(_status, call)
    from jobwait.cli.app import run  # noqa: PLC0415 - it loads typer

    return run


def _status(call: Callable[[], int]) -> int:
    try:
        return call()
    except Exit as ended:
        return ended.exit_code
    except KeyboardInterrupt:  # before the command's own body has begun
        return INTERRUPTED


def _refused(error: JobWaitError) -> int:
    complain(str(error))
    return of_error(error)
