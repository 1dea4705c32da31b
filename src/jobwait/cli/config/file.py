"""Reads the configuration file; whatever is wrong in it is refused with the line and what was meant."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

from attrs import frozen

from jobwait._jobs.registry import is_service, service_names
from jobwait.cli.config.keys import others_can_read
from jobwait.cli.config.settings import fault_in, settings_of
from jobwait.cli.options import meant
from jobwait.errors import InvalidInput

VARIABLE: Final = "JOBWAIT_CONFIG"
_ALL: Final = "docs/cli.md has all names."
_LONGEST: Final = 1024 * 1024  # bytes
_HEAD: Final = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY: Final = re.compile(r"""\s*["']?([\w.-]+)["']?\s*=""")


@frozen
class Content:
    """The *text* of the file *path*, and the tables in it; both are empty if there is no file."""

    path: Path
    text: str
    tables: Mapping[str, Any]
    private: bool  # nobody but its owner can read it

    def refuse(self, place: tuple[str, ...], fact: str) -> NoReturn:
        """Raise InvalidInput about what stands at *place*, with its line."""
        line = _line_of(self.text, place)
        where = f"{self.path}, line {line}" if line else str(self.path)
        raise InvalidInput(f"{where}: {fact}")


def config_path() -> Path:
    """The file that JOBWAIT_CONFIG names, else that of the user."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    base = os.environ.get("XDG_CONFIG_HOME", "")
    folder = Path(base) if base.startswith("/") else Path.home() / ".config"  # a relative one is to be ignored
    return folder / "jobwait" / "config.toml"


def read() -> Content:
    """
    What the configuration file has; its profiles are not checked.

    Raises InvalidInput if it cannot be used, or JOBWAIT_CONFIG names a file that is not there.
    """
    path = config_path()
    try:
        with path.open("rb") as file:
            private, raw = not others_can_read(file.fileno()), file.read(_LONGEST + 1)
    except FileNotFoundError:
        if os.environ.get(VARIABLE):
            raise InvalidInput(f"There is no file {path}, which {VARIABLE} names.") from None
        return Content(path, "", {}, private=True)
    except OSError as error:
        raise InvalidInput(
            f"{path}: cannot be read ({error.strerror}). Correct that, or name another file with {VARIABLE}."
        ) from error
    if len(raw) > _LONGEST:
        raise InvalidInput(f"{path}: is no configuration file: it has more than {_LONGEST // 1024} KiB.")
    try:
        text = raw.decode()
        tables = tomllib.loads(text)
    except ValueError as error:  # of TOML, or of UTF-8
        fault = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not in UTF-8"
        raise InvalidInput(f"{path}: is no TOML: {fault}. Correct it there.") from None
    content = Content(path, text, tables, private)
    _check(content)
    return content


def profiles_of(content: Content) -> Mapping[str, Mapping[str, Any]]:
    """The profiles by name."""
    found: Mapping[str, Mapping[str, Any]] = content.tables.get("profiles", {})
    return found


def _check(content: Content) -> None:
    for name, value in content.tables.items():
        if name not in {"profile", "profiles"}:
            content.refuse((name,), f"{name!r} is no name here; {meant(name, ('profile', 'profiles'))}")
        if not isinstance(value, str if name == "profile" else dict):
            content.refuse((name,), f"{name!r} must be {'text' if name == 'profile' else 'a table of profiles'}.")


def check_profile(content: Content, name: str) -> None:
    """InvalidInput if a name or a value of the profile *name* cannot be used."""
    table: Any = profiles_of(content)[name]
    if not isinstance(table, dict):
        content.refuse(("profiles", name), f"the profile {name!r} must be a table, as in [profiles.{name}].")
    _check_table(content, ("profiles", name), table, None)
    for service, settings in table.items():
        if isinstance(settings, dict):
            _check_service(content, ("profiles", name, service), settings)


def faults_in_others(used: str | None) -> list[str]:
    """A sentence about each profile that cannot be used, but for the one that is *used*."""
    content, faults = read(), []
    for name in profiles_of(content):
        try:
            if name != used:
                check_profile(content, name)
        except InvalidInput as error:
            faults.append(error.message)
    return faults


def _check_service(content: Content, place: tuple[str, ...], table: Mapping[str, Any]) -> None:
    service = place[-1]
    if not is_service(service) and table.get("declared") is not True:
        known = [*service_names(), *settings_of(None)]
        fact = f"there is no service {service!r}; {meant(service, known, _ALL)}"
        content.refuse(place, f"{fact} One that a file of --spec declares needs `declared = true` in its table.")
    _check_table(content, place, table, service)
    if "key" in table and not content.private:
        fact = f"others can read this key; run `chmod 600 {content.path}` and replace the key, or use key_file."
        content.refuse((*place, "key"), fact)
    if {"key", "key_file"} <= table.keys():
        content.refuse((*place, "key"), "key and key_file are both given; leave one out.")


def _check_table(content: Content, place: tuple[str, ...], table: Mapping[str, Any], service: str | None) -> None:
    known = settings_of(service)
    for name, value in table.items():
        if service is None and isinstance(value, dict):
            continue
        if name not in known:
            where = f"the service {service}" if service else f"the profile {place[-1]}"
            content.refuse((*place, name), f"{name!r} is no name for {where}; {meant(name, known)}")
        fault = fault_in(value, known[name])
        if fault:
            content.refuse((*place, name), f"{name} {fault}.")


def _line_of(text: str, place: tuple[str, ...]) -> int | None:
    """The number of the first line about *place*, a key or a table; that of its table if it has no line of its own."""
    if not place:
        return None
    found = (number for number, where in _lines(text) if where[: len(place)] == place)
    return next(found, None) or _line_of(text, place[:-1])


def _lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = tuple(part.strip().strip("\"'") for part in head[1].split("."))
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *key[1].split("."))
