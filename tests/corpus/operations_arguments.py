"""The arguments of a generated operation: JSON values as the types that its signature names, and their JSON again."""

import builtins
import datetime as dt
import inspect
import io
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from importlib import import_module
from typing import Any
from uuid import UUID

PARSED: dict[type, Callable[[str], Any]] = {
    dt.datetime: dt.datetime.fromisoformat,
    dt.date: dt.date.fromisoformat,
    UUID: UUID,
}
Defaults = frozenset[tuple[str, str]]


class NoFitError(Exception):
    """No value of a signature's type stands for the JSON value."""


class Names(dict[str, Any]):
    """The names in annotations of a client: those of a module, and the models, which are imported for types alone."""

    def __init__(self, module: types.ModuleType) -> None:
        super().__init__(
            {
                **vars(builtins),
                **vars(typing),
                **vars(module),
                "datetime": dt,
                "BinaryIO": typing.BinaryIO,
                "UUID": UUID,
            }
        )
        self._models = import_module(f"{module.__name__.partition('.')[0]}.models")

    def __missing__(self, name: str) -> Any:
        """Return the model of that name."""
        return getattr(self._models, name)


def signature_types(build: Callable[..., Any]) -> dict[str, Any]:
    """The type of each argument of *build* but the client; of a plain annotation, what it names."""
    module = import_module(build.__module__)
    found = {name: one.annotation for name, one in inspect.signature(build).parameters.items() if name != "client"}
    return {name: eval(text, {}, Names(module)) for name, text in found.items()}  # noqa: S307 - our own annotations


def argument(value: Any, kind: Any) -> Any:
    """The argument of type *kind* that stands for the JSON *value*; NoFitError if there is none."""
    return arguments_for(value, kind)[0]


def arguments_for(value: Any, kind: Any) -> list[Any]:
    """All arguments of type *kind* that stand for the JSON *value*, those first whose JSON is the same."""
    found = list(_arguments(value, kind))
    if not found:
        raise NoFitError(f"{type(value).__name__} is no {getattr(kind, '__name__', kind)}")
    return sorted(found, key=lambda one: json_form(one) != value)


def _arguments(value: Any, kind: Any) -> Iterator[Any]:  # noqa: C901, PLR0912 - one branch for each kind of type
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if kind in (Any, object):
        yield value
    elif origin in (types.UnionType, typing.Union):
        for one in sorted(parts, key=lambda part: part in (str, Any, object)):
            yield from _arguments(value, one)
    elif origin is typing.Literal:
        yield from (one for one in parts if one == value and isinstance(one, bool) == isinstance(value, bool))
    elif origin is list and isinstance(value, list):
        yield [argument(one, parts[0]) for one in value]
    elif origin is dict and isinstance(value, dict):
        yield {name: argument(one, parts[1]) for name, one in value.items()}
    elif kind in (None, types.NoneType):
        yield from [None] if value is None else []
    elif not isinstance(kind, type):
        return
    elif kind.__name__ == "File" and isinstance(value, str):
        yield kind(io.BytesIO(value.encode()), "file.bin", "application/octet-stream")
    elif kind is bytes and isinstance(value, str):
        yield value.encode()
    elif kind in PARSED:
        yield from _read(PARSED[kind], value, ValueError) if isinstance(value, str) else ()
    elif issubclass(kind, Enum):
        if isinstance(value, str | int | float) and any(one.value == value for one in kind):
            yield kind(value)
    elif hasattr(kind, "from_dict") and isinstance(value, dict):
        yield from _read(kind.from_dict, value, Exception)
    elif kind is float and isinstance(value, int) and not isinstance(value, bool):
        yield float(value)
    elif type(value) is kind:
        yield value


def _read(read: Callable[[Any], Any], value: Any, faults: type[Exception]) -> Iterator[Any]:
    try:
        yield read(value)
    except faults:
        return


def json_form(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind
    """*value*, an argument or an answer, as JSON; a file as its text."""
    match value:
        case Enum():
            return value.value
        case dt.datetime() | dt.date():
            return value.isoformat().replace("+00:00", "Z")
        case UUID():
            return str(value)
        case bytes():
            return value.decode()
        case tuple():
            return _content(value[0])
        case list():
            return [json_form(one) for one in value]
        case Mapping():
            return {name: json_form(one) for name, one in value.items()}
        case _:
            return json_form(value.to_dict()) if hasattr(value, "to_dict") else value


def _content(file: Any) -> str:
    text: str = file.read().decode()
    file.seek(0)
    return text


def defaults_in(node: Any) -> Defaults:
    """The default of each property anywhere in *node*, as its name and JSON text: an absent field counts as that."""
    found: set[tuple[str, str]] = set()
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict) and isinstance(one.get("properties"), dict):
            parts = one["properties"].items()
            found |= {
                (name, default_text(part["default"]))
                for name, part in parts
                if isinstance(part, dict) and "default" in part
            }
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else []
    return frozenset(found)


def default_text(value: Any) -> str:
    """*value* as JSON; to it 1 and 1.0 are one number."""
    return json.dumps(float(value) if type(value) is int else value)


def difference(given: Any, found: Any, defaults: Defaults = frozenset(), place: str = "") -> str:
    """The first place where *found* is not what was *given*, and how; empty if there is none."""
    match given, found:
        case dict(), dict():
            lost = [f"{place}/{key} is lost" for key in given if key not in found]
            new = [key for key in found if key not in given and (key, default_text(found[key])) not in defaults]
            parts = [difference(given[key], found[key], defaults, f"{place}/{key}") for key in given if key in found]
            return next(filter(None, [*lost, *(f"{place}/{key} is new" for key in new), *parts]), "")
        case list(), list() if len(given) == len(found):
            pairs = zip(given, found, strict=True)
            return next(filter(None, (difference(*pair, defaults, f"{place}/*") for pair in pairs)), "")
        case str(), str() if given == found or (moment(given) is not None and moment(given) == moment(found)):
            return ""
        case _:
            if given == found and isinstance(given, bool) == isinstance(found, bool):
                return ""
            return f"{place}: {json.dumps(given)[:60]} became {json.dumps(found)[:60]}"


def moment(text: str) -> dt.datetime | None:
    """The moment that *text* writes, None if it is no date-time."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
