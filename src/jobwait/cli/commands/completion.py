"""`jobwait completion`: the script with which a shell completes what is typed."""

from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer

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
