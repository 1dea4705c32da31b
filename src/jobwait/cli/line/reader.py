"""
Reads a plain command line without typer, which takes longer to load than all else that a command does.

Plain is what is right and has the usual form. Whatever is not, `--help` and all that is wrong among it, is left to
typer: it reads the line anew, and says what it always says.
"""

import os
import sys
import types
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from jobwait.cli.config.profile import Defaults, profile_named, service_in
from jobwait.cli.options import BadValue, CommandFunction, Field, Typed

KNOWN: Final = frozenset({"parser", "metavar", "show_default", "autocompletion", "envvar", "is_eager", "callback"})


class NotPlain(Exception):
    """The command line is for typer to read."""


def is_usual() -> bool:
    """Whether lines are written here as they are: other encodings and systems are known to typer."""
    streams = (sys.stdout, sys.stderr)
    return os.name == "posix" and all((getattr(one, "encoding", "") or "").lower() == "utf-8" for one in streams)


def read(command: CommandFunction, name: str, words: Sequence[str]) -> tuple[dict[str, Any], Typed]:
    """
    The values of the parameters of *command*, which is called *name*, and which options were typed in *words*.

    Raises NotPlain, and InvalidInput if the profile cannot be used.
    """
    fields = {field.name: field for field in command.fields}
    given = _given(command.fields, words)
    values = {one: _converted(fields[one], value) for one, value in given.items()}
    typed = Typed({one: (fields[one].flag, values[one]) for one in fields if one in given and fields[one].is_option})
    for one, field in fields.items():
        text = os.environ.get(field.parameter.more.get("envvar") or "")
        if one not in given and text:
            values[one] = _converted(field, text)
    if "profile" in fields:
        profile = profile_named(values.get("profile"))
        values["profile"] = profile.name
        defaults = Defaults(
            {field.flag: one for one, field in fields.items()}, lambda: service_in(values, name), profile
        )
        for one in defaults:
            if one not in values and (value := defaults.get(one)) is not None:
                values[one] = _converted(fields[one], value)
    for one, field in fields.items():
        if one not in values:
            values[one] = _default(field)
    return values, typed


def _given(fields: Sequence[Field], words: Sequence[str]) -> dict[str, Any]:
    """What was typed, by parameter: texts, lists of them, and True for flags."""
    options = {name: field for field in fields if field.is_option for name in field.names}
    given: dict[str, Any] = {}
    places: list[str] = []
    left = iter(words)
    for word in left:
        if word == "-" or (word and word[0] != "-"):
            places.append(word)
            continue
        flag, equals, text = word.partition("=")
        field = options.get(flag)
        if field is None or not set(field.parameter.more) <= KNOWN or (field.is_flag and equals):
            raise NotPlain
        if field.is_flag:
            given[field.name] = True
            continue
        if not equals:
            text = next(left, "")
        if not text or text[0] == "-" or flag[:2] != "--":
            raise NotPlain
        if _is_list(field):
            given.setdefault(field.name, []).append(text)
        else:
            given[field.name] = text
    arguments = [field for field in fields if not field.is_option]
    if len(arguments) != 1 or not _is_list(arguments[0]) or not places:
        raise NotPlain
    return {arguments[0].name: places, **given}


def _default(field: Field) -> Any:
    if field.is_required:
        raise NotPlain
    return field.default


def _converted(field: Field, value: Any) -> Any:
    """The value of the parameter for what was typed, or stands in a profile or in the environment."""
    if not _is_list(field):
        return _one(_kind(field.hint), field.parameter.more.get("parser"), value)
    if not isinstance(value, list):
        raise NotPlain
    (kind,) = get_args(_kind(field.hint))
    return [_one(kind, None, one) for one in value]


def _one(kind: Any, parser: Callable[[Any], Any] | None, value: Any) -> Any:
    if parser is not None:
        try:
            return parser(value)
        except BadValue:
            raise NotPlain from None
    if kind is Path:
        path = Path(value)
        if path.exists() and not os.access(path, os.R_OK):
            raise NotPlain
        return path
    if isinstance(kind, type) and type(value) is kind:
        return value
    if kind is int and isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(kind, type) and issubclass(kind, Enum) and value in [one.value for one in kind]:
        return kind(value)
    raise NotPlain


def _kind(hint: Any) -> Any:
    """The type that *hint* names beside None."""
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [one for one in get_args(hint) if one is not type(None)]
        return kinds[0] if len(kinds) == 1 else None
    return hint


def _is_list(field: Field) -> bool:
    return get_origin(_kind(field.hint)) is list


def plain_call(command: CommandFunction, name: str, words: Sequence[str]) -> Callable[[], int] | None:
    """
    What runs *command*, which is called *name*, with the arguments *words*; None if typer must read them.

    Raises InvalidInput if the profile cannot be used.
    """
    if not is_usual():
        return None
    try:
        values, typed = read(command, name, words)
    except NotPlain:
        return None
    return lambda: command.call(values, typed)
