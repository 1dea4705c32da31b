"""The command with which work goes on after a command has ended: it needs the options that were typed."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from jobwait._display.lines import duration_text
from jobwait._files import write_text
from jobwait._text import visible
from jobwait.cli.exits import complain
from jobwait.cli.job_names import arguments_for, name_of, options_for
from jobwait.cli.options import duration_words, is_typed
from jobwait.errors import InvalidInput

if TYPE_CHECKING:
    from jobwait import Job

ACCOUNT: Final = ("profile", "key_file", "key_stdin", "base_url", "request_timeout", "status_means")
WAIT: Final = (*ACCOUNT, "timeout", "interval", "strict", "record")
_DURATIONS: Final = ("request_timeout", "interval", "timeout")
_ON_A_LINE: Final = 5  # names of jobs; more are written to a file
_FILES: Final = 1000  # numbers of such files in one folder


def typed_options(context: typer.Context, names: Collection[str]) -> str:
    """The options called *names* that were typed, each after a space; a timeout of 0, for one poll, is left out."""
    found = ""
    root = context.find_root()
    if "profile" in names and not is_typed(context, "profile") and is_typed(root, "profile"):
        found += f" --profile {shlex.quote(str(root.obj))}"
    for parameter in context.command.params:
        name = str(parameter.name)
        if name in names and is_typed(context, name) and (name, context.params[name]) != ("timeout", 0):
            given = context.params[name]
            for value in given if isinstance(given, list | tuple) else [given]:
                text = duration_words(value) if name in _DURATIONS else str(value)
                found += f" {parameter.opts[0]}" + ("" if value is True else f" {shlex.quote(text)}")
    return found


def say_how(
    jobs: Sequence[Job[Any]],
    fact: tuple[str, str],
    options: str = "",
    then: str = "",
    *,
    timeout: float | None = None,
    interrupted: bool = False,
) -> None:
    """
    Print *fact* of *jobs*, in the words for one job and for several, and the command that waits for them again.

    *options*: those of the command, each after a space. *then* follows the command of a single job. *timeout*: the one
    that has passed, which that command has too. *interrupted*: that is why it is printed.
    """
    one = len(jobs) == 1
    subject = f"The job {fact[0]}" if one else f"{len(jobs)} jobs {fact[1]}"
    subject = f"interrupted. {subject}" if interrupted else subject
    longer = f", for another {duration_text(timeout)}," if timeout else ""
    again = f"take {'it' if one else 'them'} up again{longer} with:"
    if len(jobs) <= _ON_A_LINE:
        complain(f"{subject}; {again} jobwait wait {arguments_for(jobs, options)}{then}")
        return
    names, options = [name_of(job).argument for job in jobs], options_for(jobs) + options
    file = _written(names)
    if file is not None:
        complain(f"{subject}; their names are in {file}; {again} {_of_file(str(file), options)}")
        return
    complain(f"{subject}; write their names, which follow, to a FILE and {again} {_of_file('FILE', options)}")
    for name in names:
        typer.echo(visible(name), err=True)


def _of_file(file: str, options: str) -> str:
    """Where stdin has the key, the shell puts the names in the command line."""
    if " --key-stdin" in options:
        return f"jobwait wait $(cat {file}){options}"
    return f"jobwait wait -{options} < {file}"


def _written(names: Sequence[str]) -> Path | None:
    """A new file in this folder that has *names*, one a line; None if it cannot be written, or a name has spaces."""
    if any(len(name.split()) != 1 for name in names):
        return None
    for number in range(1, _FILES):
        file = Path(f"jobwait-open-{number}.txt")
        try:
            write_text(file, "".join(f"{name}\n" for name in names))
        except InvalidInput:  # it is there already
            continue
        except OSError:
            return None
        return file
    return None
