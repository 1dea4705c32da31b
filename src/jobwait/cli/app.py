"""The command `jobwait` with its commands, and the errors of bad usage."""

import os
import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

import jobwait
from jobwait._text import visible
from jobwait.cli.commands.catalog import COMMANDS, load, typed
from jobwait.cli.exits import INTERRUPTED, MEANING, USAGE, complain, of_error
from jobwait.cli.help.classes import App
from jobwait.cli.options import typer_option
from jobwait.errors import JobWaitError

_MORE: Final[Mapping[str, Any]] = MappingProxyType(
    {"wait": {"epilog": MEANING}, "sandbox": {"context_settings": {"allow_interspersed_args": False}}}
)


def app_with(names: Iterable[str]) -> App:
    """The command `jobwait` with those of its commands that have these *names*."""
    made = App(name="jobwait", epilog=MEANING, context_settings={"help_option_names": ["-h", "--help"]})
    made.callback()(_main)
    for name in names:
        found = load(name)
        if isinstance(found, App):
            made.add_typer(found)
        else:
            made.command(name, **_MORE.get(name, {}))(found)
    return made


if TYPE_CHECKING:
    app: App
else:

    def __getattr__(name: str) -> Any:
        """`app`, which has all commands."""
        if name != "app":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        made = globals()["app"] = app_with(COMMANDS)
        return made


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jobwait {jobwait.__version__}")
        raise typer.Exit


def _main(
    context: typer.Context,
    profile: Annotated[str | None, typer_option("Profile of the configuration file, for every command.")] = None,
    _: Annotated[
        bool, typer_option("Print the version and exit.", "--version", "-V", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """
    Submit, wait for and collect jobs: of Freeplay, PromptForge and FRYTE, of the atlas, and of declared services.

    Examples:
      jobwait example fryte > tour.json
      jobwait sandbox -- jobwait run fryte tour.json
      jobwait wait fryte:c3f1c944 promptforge:3f7a1c2e
    """
    context.obj = profile  # for the option --profile of the command, where that is not given


def run() -> int:
    """Run the command line; its exit status."""
    try:
        app = app_with(typed(sys.argv[1:], os.environ))
        code = app(prog_name="jobwait", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):  # before a command's own body has begun
        return INTERRUPTED
    except JobWaitError as error:  # of a profile, which is read while the options are
        complain(str(error))
        return of_error(error)
    except Exception as error:
        sentence = getattr(error, "format_message", None)  # typer has no public base class for errors of usage
        if sentence is None:
            raise
        _refuse(sentence(), getattr(error, "ctx", None), is_help=type(error).__name__ == "NoArgsIsHelpError")
        return USAGE
    return code if isinstance(code, int) else 0


def _refuse(sentence: str, context: typer.Context | None, *, is_help: bool) -> None:
    if is_help:
        typer.echo(sentence, err=True)
        return
    path = context.command_path if context is not None else "jobwait"
    plain = visible(" ".join(sentence.split()))  # typer puts each choice on a line of its own
    stop = "" if plain.endswith((".", "?")) else "."
    typer.echo(f"{path}: {plain}{stop} `{path} --help` shows its arguments and options.", err=True)
