"""The command `jobwait` with all its commands, and the errors of bad usage."""

from enum import StrEnum
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from jobwait._text import visible
from jobwait.cli.commands.config import config
from jobwait.cli.commands.declarations import atlas, jobs
from jobwait.cli.commands.doctor import doctor
from jobwait.cli.commands.example import example
from jobwait.cli.commands.jobs import cancel, list_jobs, status, wait
from jobwait.cli.commands.results import download, result
from jobwait.cli.commands.sandbox import sandbox
from jobwait.cli.commands.submit import run_app, submit_app
from jobwait.cli.commands.track.app import track_app
from jobwait.cli.commands.worker import worker_app
from jobwait.cli.exits import INTERRUPTED, MEANING, USAGE, complain, of_error
from jobwait.cli.help.classes import App
from jobwait.cli.options import option
from jobwait.errors import JobWaitError

Shell = StrEnum("Shell", ["bash", "zsh", "fish", "powershell"])


def completion(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help=f"The shell: {', '.join(Shell)}.")],
) -> None:
    """
    Print a script with which a shell completes commands, services, recent jobs and more.

    Examples:
      eval "$(jobwait completion bash)"
      jobwait completion fish > ~/.config/fish/completions/jobwait.fish
    """
    scripts = import_module("typer.completion")  # public in its documentation, not in its types
    names = {"prog_name": "jobwait", "complete_var": "_JOBWAIT_COMPLETE"}
    typer.echo(scripts.get_completion_script(**names, shell=shell.value))  # nosec B604


app = App(name="jobwait", epilog=MEANING, context_settings={"help_option_names": ["-h", "--help"]})
for group in (run_app, submit_app, track_app, worker_app):
    app.add_typer(group)
app.command(epilog=MEANING)(wait)
app.command("list")(list_jobs)
for command in (status, result, download, cancel, jobs, atlas, config, doctor, example, completion):
    app.command()(command)
app.command(context_settings={"allow_interspersed_args": False})(sandbox)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jobwait {version('jobwait')}")
        raise typer.Exit


@app.callback()
def _main(
    context: typer.Context,
    profile: Annotated[str | None, option("Profile of the configuration file, for every command.")] = None,
    _: Annotated[
        bool, option("Print the version and exit.", "--version", "-V", callback=_version, is_eager=True)
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
