"""The commands, put together."""

from importlib.metadata import version
from typing import Annotated

import typer

from .sandbox import sandbox
from .track import track

app = typer.Typer(name="jobwait", no_args_is_help=True, add_completion=False)
app.command()(sandbox)
app.add_typer(track, name="track")


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
    """Wait for the jobs of Freeplay, PromptForge and FRYTE."""
