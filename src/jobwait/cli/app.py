"""The commands, put together."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from jobwait._text import visible
from jobwait.cli._exits import INTERRUPTED, MEANING, USAGE
from jobwait.cli.cancel import cancel
from jobwait.cli.commands.doctor import doctor
from jobwait.cli.commands.jobs import listing
from jobwait.cli.commands.results import result
from jobwait.cli.commands.sandbox import sandbox
from jobwait.cli.commands.track import track
from jobwait.cli.commands.worker import worker
from jobwait.cli.completion import completion
from jobwait.cli.download import download
from jobwait.cli.run import run_app
from jobwait.cli.status import status
from jobwait.cli.submit import submit_app
from jobwait.cli.wait import wait


class _InOrder(TyperGroup):
    """The commands in the order in which one meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        known = super().list_commands(ctx)
        return sorted(known, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))


_ORDER: Final = ("run", "submit", "wait", "status", "result", "download", "cancel", "list", "track", "doctor")

app = typer.Typer(name="jobwait", cls=_InOrder, epilog=MEANING, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(run_app)
app.add_typer(submit_app)
app.add_typer(track, name="track")
app.add_typer(worker, name="worker")
app.command(epilog=MEANING)(wait)
for command in (status, result, download, cancel):
    app.command()(command)
app.command("list")(listing)
for command in (doctor, sandbox, completion):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jobwait {version('jobwait')}")
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Submit, wait for and collect the jobs of Freeplay, PromptForge and FRYTE."""


def run() -> int:
    """Run the command line; its exit status."""
    try:
        code = app(prog_name="jobwait", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):  # before a command's own body has begun
        return INTERRUPTED
    except Exception as error:
        sentence = getattr(error, "format_message", None)  # typer names no base class for what it says of bad usage
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
    plain = visible(" ".join(sentence.split()))  # typer lists choices on lines of their own
    stop = "" if plain.endswith((".", "?")) else "."
    typer.echo(f"{path}: {plain}{stop} `{path} --help` shows what it takes.", err=True)
