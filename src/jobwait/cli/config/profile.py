"""The profile that a command uses, and how its settings become defaults of the command's options."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias

import typer
from attrs import field, frozen

from jobwait._http.api_key import Hidden
from jobwait._jobs.registry import SERVICES
from jobwait.cli.config.file import Content, check_profile, profiles_of, read
from jobwait.cli.config.keys import key_in_file
from jobwait.cli.config.settings import ACCOUNT, as_path, option_of, settings_of
from jobwait.cli.options import option
from jobwait.cli.services import Spec
from jobwait.errors import InvalidInput

VARIABLE: Final = "JOBWAIT_PROFILE"
DEFAULT: Final = "default"  # the profile that is used if none is named
_NAMES: Final = ("names", "service", "words")  # arguments whose first word, or first part, is a service


@frozen
class Profile:
    """The profile *name* of a configuration file: its *settings*, and those of *services*. Without a name, empty."""

    name: str | None
    file: Path
    settings: Mapping[str, Any] = field(factory=dict)
    services: Mapping[str, Mapping[str, Any]] = field(factory=dict, repr=False)  # a key may be in it

    def value(self, name: str, service: str | None) -> Any:
        """The value of a setting for *service*, which goes before that of the profile; None if there is none."""
        return self.services.get(service or "", {}).get(name, self.settings.get(name))

    def key(self, service: str) -> Hidden | None:
        """The key of *service*; None if the profile has none. Raises InvalidInput if its file cannot be used."""
        table = self.services.get(service, {})
        if "key_file" in table:
            return key_in_file(as_path(table["key_file"], self.file.parent))
        return Hidden(table["key"]) if "key" in table else None


def profile_named(name: str | None) -> Profile:
    """
    The profile *name*, else the one that JOBWAIT_PROFILE or the file names, else the one called "default", if any.

    Raises InvalidInput if there is none of that name, or the file cannot be used.
    """
    content = read()
    wanted = name or os.environ.get(VARIABLE) or content.tables.get("profile")
    found = profiles_of(content).get(wanted or DEFAULT)
    if found is None:
        if wanted:
            raise InvalidInput(_no_profile(wanted, content))
        return Profile(None, content.path)
    check_profile(content, wanted or DEFAULT)
    tables = {key: value for key, value in found.items() if isinstance(value, dict)}
    settings = {key: value for key, value in found.items() if key not in tables}
    return Profile(wanted or DEFAULT, content.path, settings, tables)


def _no_profile(name: str, content: Content) -> str:
    names = ", ".join(profiles_of(content))
    if not content.text:
        return f"There is no profile {name!r:.80}: there is no file {content.path}. Write one, as docs/cli.md says."
    return f"There is no profile {name!r:.80} in {content.path}; {f'it has {names}' if names else 'it has none'}."


class _Defaults(Mapping[str, Any]):
    """The defaults of a command's options, looked up when each is needed: only then its arguments are known."""

    def __init__(self, context: typer.Context, profile: Profile) -> None:
        self._context, self._profile = context, profile
        flags = {flag: str(parameter.name) for parameter in context.command.params for flag in parameter.opts}
        every = {**settings_of(None), **{k: v for one in profile.services for k, v in settings_of(one).items()}}
        self._settings = {
            flags[option_of(name, setting)]: (name, setting)
            for name, setting in every.items()
            if name not in ACCOUNT and option_of(name, setting) in flags
        }

    def __getitem__(self, parameter: str) -> Any:
        name, setting = self._settings[parameter]
        service = _service_of(self._context) if self._profile.services else None
        value = self._profile.value(name, service)
        if value is None:
            raise KeyError(parameter)
        return as_path(value) if setting.kind == "a path" else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)


def _service_of(context: typer.Context) -> str | None:
    """The service that a command is for; None for several, and where that is not known."""
    given = next((context.params[name] for name in _NAMES if context.params.get(name)), context.info_name or "")
    words = [given] if isinstance(given, str) else [str(word) for word in given]
    own = _declared(context)
    before = [word.partition(":")[0] if ":" in word else "" for word in words]
    if len(own) == 1:  # the words are ids, or a file; a name may have another service all the same
        before = [one if one in SERVICES else own[0] for one in before]
    elif own and not before[0]:
        return words[0] if words[0] in own else None
    elif not before[0]:
        return words[0]
    services = set(before)
    return services.pop() if len(services) == 1 else None


def _declared(context: typer.Context) -> list[str]:
    """The services that --spec and --job give for the command's arguments; none if the command will refuse them."""
    given = {name: context.params.get(name) for name in ("spec", "job")}
    if not any(parameter.name in _NAMES for parameter in context.command.params):
        return []  # such as `jobwait track run`, which is for the jobs of other services too
    try:
        return list(Spec(**given).services())
    except InvalidInput:
        return []


def _choose(context: typer.Context, name: str | None) -> str | None:
    """Have the options of the command take their defaults from the profile *name*; its name."""
    if context.resilient_parsing:  # the shell completes a command
        return name
    profile = profile_named(name or context.find_root().obj)
    context.default_map = _Defaults(context, profile)  # type: ignore[assignment]  # it is only read
    return profile.name


ProfileName: TypeAlias = Annotated[
    str | None,
    option(
        "Profile of the configuration file, for addresses, keys and defaults.",
        "--profile",
        envvar=VARIABLE,
        is_eager=True,
        callback=_choose,
        metavar="NAME",
    ),
]
"""The option of every command that a profile has settings for."""
