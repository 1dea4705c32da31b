"""The names that a profile may have, and what each takes; docs/cli.md describes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from jobwait.cli.options import BadValue, duration

Kind: TypeAlias = Literal["a duration", "text", "a path", "a whole number", "true or false"]


@frozen
class Setting:
    """What a name takes: its *kind*, one of its *choices* if there are any, and the option that it is a default of."""

    kind: Kind
    option: str = ""  # empty: that of its name, or none
    choices: tuple[str, ...] = ()


_DURATION, _TEXT, _PATH = Setting("a duration"), Setting("text"), Setting("a path")
_WHOLE, _YES = Setting("a whole number"), Setting("true or false")

ANYWHERE: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "timeout": _DURATION,
        "interval": _DURATION,
        "request_timeout": _DURATION,
        "out": _PATH,
    }
)
"""Those of a profile and of each of its services."""
OF_PROFILE: Final[Mapping[str, Setting]] = MappingProxyType({**ANYWHERE, "tracker": Setting("a path", "--file")})
ACCOUNT: Final[Mapping[str, Setting]] = MappingProxyType(
    {
        "base_url": _TEXT,
        "key_file": _PATH,
        "key": _TEXT,
        "declared": _YES,
    }
)
"""Those of a service that are no defaults of options."""
OF_SERVICE: Final[Mapping[str, Mapping[str, Setting]]] = MappingProxyType(
    {
        "promptforge": {
            "provider": _TEXT,
            "model": _TEXT,
            "max_retries": _WHOLE,
            "rpm": _WHOLE,
            "tpm": _WHOLE,
            "format": Setting("text", choices=("jsonl", "csv")),
        },
        "fryte": {
            "corridor": _WHOLE,
            "min_charge_duration": _WHOLE,
            "tenant": _WHOLE,
            "user": _WHOLE,
        },
        "freeplay": {
            "project": _TEXT,
            "version": _TEXT,
            "dataset": _TEXT,
            "instructions": _TEXT,
            "best_practices": _YES,
            "labels": _YES,
            "feedback": _YES,
            "test": _YES,
        },
    }
)


def settings_of(service: str | None) -> Mapping[str, Setting]:
    """The names that the table of *service* may have, or with None that of a profile."""
    if service is None:
        return OF_PROFILE
    return {**ACCOUNT, **ANYWHERE, **OF_SERVICE.get(service, {})}


def option_of(name: str, setting: Setting) -> str:
    """The option that the setting is a default of."""
    return setting.option or f"--{name.replace('_', '-')}"


def fault_in(value: object, setting: Setting) -> str:
    """What is wrong with *value*; empty if it can be used."""
    fits: Mapping[Kind, Any] = {
        "text": isinstance(value, str),
        "a path": isinstance(value, str),
        "a whole number": isinstance(value, int) and not isinstance(value, bool),
        "true or false": isinstance(value, bool),
    }
    if setting.kind == "a duration":
        return _no_duration(value)
    if not fits[setting.kind]:
        return f"must be {setting.kind}"
    if value == "":
        return "must not be empty"
    return f"must be {' or '.join(setting.choices)}" if setting.choices and value not in setting.choices else ""


def _no_duration(value: object) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return "must be a duration, such as 90 or '2h'"
    try:
        duration(value)
    except BadValue as error:
        return f"cannot be used: {error}".rstrip(".")
    return ""


def as_path(text: str, folder: Path | None = None) -> Path:
    """The path in *text*, where ~ is the home folder; a relative one begins at *folder*, or where the command runs."""
    path = Path(text).expanduser()
    return folder / path if folder is not None else path
