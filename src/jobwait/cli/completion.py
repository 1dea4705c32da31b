"""`jobwait completion`: the script that lets a shell complete the command's words."""

from enum import StrEnum
from importlib import import_module
from typing import Annotated

import typer


class Shell(StrEnum):
    """Shells that can complete."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"


def completion(shell: Annotated[Shell, typer.Argument(help="The shell that is to complete.")]) -> None:
    """Print a completion script, as for: eval "$(jobwait completion bash)"."""
    completion = import_module("typer.completion")  # public in its documentation, not in its types
    names = {"prog_name": "jobwait", "complete_var": "_JOBWAIT_COMPLETE"}
    typer.echo(completion.get_completion_script(**names, shell=shell.value))  # nosec B604
