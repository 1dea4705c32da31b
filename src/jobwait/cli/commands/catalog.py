"""The commands of jobwait, each with the module that has it: a command that is typed loads no other."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

COMPLETE: Final = "_JOBWAIT_COMPLETE"  # the variable by which a shell asks for words
_FOLDER: Final = "jobwait.cli.commands"
COMMANDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "run": ("submit", "run_app"),
        "submit": ("submit", "submit_app"),
        "track": ("track.app", "track_app"),
        "worker": ("worker", "worker_app"),
        "wait": ("jobs", "wait"),
        "list": ("jobs", "list_jobs"),
        "status": ("jobs", "status"),
        "result": ("results", "result"),
        "download": ("results", "download"),
        "cancel": ("jobs", "cancel"),
        "jobs": ("declarations", "jobs"),
        "atlas": ("declarations", "atlas"),
        "config": ("config", "config"),
        "doctor": ("doctor", "doctor"),
        "example": ("example", "example"),
        "completion": ("completion", "completion"),
        "sandbox": ("sandbox", "sandbox"),
    }
)
"""Each command's module in `commands`, and its name there."""
PLAIN: Final = frozenset({"wait", "status", "cancel", "result", "download"})
"""Those whose command lines can be read without typer."""


def load(name: str) -> Any:
    """The command called *name*: a group of typer's, a function for typer, or a CommandFunction."""
    module, attribute = COMMANDS[name]
    return getattr(import_module(f"{_FOLDER}.{module}"), attribute)


def typed(arguments: Sequence[str], environment: Mapping[str, str]) -> Sequence[str]:
    """The name of the command that *arguments* begin with, after --profile; all where there is none."""
    words = arguments[2 if arguments[:1] == ["--profile"] else 0 :]
    word = next((one for one in words if not one.startswith("--profile=")), "")
    return [word] if word in COMMANDS and COMPLETE not in environment else [*COMMANDS]
