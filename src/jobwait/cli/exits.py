"""How a command ends: its exit status and, for an error, one sentence on stderr."""

import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

from jobwait import errors
from jobwait._text import visible
from jobwait.cli import Exit, echo
from jobwait.cli.faults import how_many, lines_of
from jobwait.cli.json_forms import print_line

SUCCEEDED: Final = 0
FAILED: Final = 1
USAGE: Final = 2
CANCELED: Final = 3
TIMED_OUT: Final = 4
COULD_NOT_ASK: Final = 5
NEEDS_INPUT: Final = 6
FAULT: Final = 70  # of jobwait's own: BSD's EX_SOFTWARE
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141
TERMINATED: Final = 143

MEANING: Final = (
    "Exit status: 0 succeeded, 1 failed, 2 bad usage, 3 canceled, 4 timed out, 5 could not ask, 6 needs input, "
    "130 interrupted, 143 terminated; of many jobs the highest."
)

_OF_STATE: Final = {
    "succeeded": SUCCEEDED,
    "failed": FAILED,
    "canceled": CANCELED,
    "needs_input": NEEDS_INPUT,
    "timed_out": TIMED_OUT,
    "unreachable": COULD_NOT_ASK,
}
_OF_ERROR: Final = (
    (errors.JobCanceled, CANCELED),  # before its base class
    (errors.JobFailed, FAILED),
    (errors.NeedsInput, NEEDS_INPUT),
    (errors.WaitTimeout, TIMED_OUT),
    ((errors.CallFailed, errors.SubmitUnconfirmed, errors.ResultIncomplete, errors.DownloadFailed), COULD_NOT_ASK),
)


class Terminated(KeyboardInterrupt):
    """SIGTERM: it ends a command as Ctrl-C does, so that it says how to go on too."""


def of_interrupt(error: KeyboardInterrupt) -> int:
    """The exit status after Ctrl-C, or after SIGTERM."""
    return TERMINATED if isinstance(error, Terminated) else INTERRUPTED


def of_states(states: Iterable[str]) -> int:
    """The exit status for jobs that ended in *states*: the highest number among them."""
    return max((_OF_STATE[state] for state in states), default=SUCCEEDED)


def of_error(error: errors.JobWaitError) -> int:
    """The exit status for *error*; what this machine's disk refuses is for its user to correct, as bad usage is."""
    if isinstance(error.__cause__, OSError):
        return USAGE
    return next((code for kind, code in _OF_ERROR if isinstance(error, kind)), USAGE)


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Have SIGTERM raise Terminated in the block, unless it is ignored, or somebody else has set what it does."""
    main = threading.current_thread() is threading.main_thread()  # others cannot set it
    if not main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminated(_number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


@contextmanager
def errors_as_sentences(*, debug: bool, as_json: bool = False) -> Iterator[None]:
    """For an error in the block, print a sentence on stderr, *as_json* on stdout too, and end with an exit status."""
    try:
        with termination_as_interrupt(), warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: complain(str(message))  # without its place in the source
            try:
                yield
            finally:
                sys.stdout.flush()  # here it is noticed that the reader has gone; at exit nothing could be done
    except errors.JobWaitError as error:
        _complain_about(error, debug=debug)
        if as_json:
            print_line("error", error=error.to_dict())
        raise Exit(of_error(error)) from None
    except BrokenPipeError:
        # The reader has gone; what is still buffered for it must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Exit(PIPE_CLOSED) from None
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or error
        complain(f"{place}{reason}. No existing file was lost; try again, or name another place.", debug=debug)
        raise Exit(USAGE) from None
    except KeyboardInterrupt as error:
        unconfirmed = errors.SubmitUnconfirmed.behind(error)
        complain("interrupted." if unconfirmed is None else f"interrupted. {unconfirmed}")
        raise Exit(of_interrupt(error)) from None
    except Exception as error:
        if hasattr(error, "exit_code"):  # ours, or one of typer's
            raise
        what = f"{type(error).__name__}: {error}"
        complain(f"This is a fault of jobwait itself ({what}); --debug shows where.", debug=debug)
        raise Exit(FAULT) from None


@contextmanager
def if_interrupted(sentence: str) -> Iterator[None]:
    """Where Ctrl-C or SIGTERM ends the block, print *sentence*: what becomes of the work, and how to go on."""
    try:
        yield
    except KeyboardInterrupt as error:
        unconfirmed = errors.SubmitUnconfirmed.behind(error)
        complain(f"interrupted. {unconfirmed if unconfirmed and unconfirmed.ids else sentence}")
        raise Exit(of_interrupt(error)) from None


def _complain_about(error: errors.JobWaitError, *, debug: bool) -> None:
    """Print *error*; the faults of a file below one another, if there are several."""
    faults = error.faults if isinstance(error, errors.InvalidInput) else ()
    notes = " ".join(getattr(error, "__notes__", ()))
    if len(faults) < 2:
        complain(f"{error} {notes}".rstrip(), debug=debug)
        return
    complain(f"{how_many(faults)}, and nothing was sent. {notes}".rstrip(), debug=debug)
    for line in lines_of(faults):
        echo(f"  {visible(line)}", err=True)


def complain(sentence: str, *, debug: bool = False) -> None:
    """Print *sentence* on stderr, after the traceback with *debug*. Our errors hold no secret; locals are not shown."""
    if debug:
        for line in traceback.format_exc().splitlines():
            echo(visible(line), err=True)
    echo(f"jobwait: {visible(sentence)}", err=True)
