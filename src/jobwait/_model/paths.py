"""Paths to a value in a model or a JSON document: "status", "progress.done", "tasks[0].state"."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Path: TypeAlias = str
"""Names of attributes or keys, joined by dots; [0] is the first item of a list, [-1] the last."""
_PLAIN: Final = (str, bytes, int, float, list, tuple)  # their attributes are Python's, not the service's
_LONGEST_REASON: Final = 2000  # characters
_PART: Final = re.compile(r"([^.\[\]]+)|\[(-?[0-9]{1,9})\]")
_PATH: Final = re.compile(r"(?:[^.\[\]]+|\[-?[0-9]{1,9}\])(?:\.[^.\[\]]+|\[-?[0-9]{1,9}\])*")


def is_path(value: object) -> bool:
    """Whether *value* is a path."""
    return isinstance(value, str) and _PATH.fullmatch(value) is not None


def at_path(path: Path) -> Callable[[Any], Any]:
    """A function that reads the value at *path* of a model or a JSON document; None if there is none."""
    if "[" in path:
        return _with_items(path)
    names = path.split(".")

    def read(value: Any) -> Any:
        for name in names:
            if isinstance(value, Mapping):
                value = value.get(name)
            else:
                value = None if isinstance(value, _PLAIN) else getattr(value, name, None)
        return value

    return read


def _with_items(path: Path) -> Callable[[Any], Any]:
    steps = [at_path(name) if name else _item(int(index)) for name, index in _PART.findall(path)]

    def read(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return read


def _item(index: int) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if isinstance(value, str | bytes | Mapping):
            return None
        try:
            return value[index]
        except (IndexError, KeyError, TypeError):
            return None

    return read


def reason_text(found: Any) -> str | None:
    """The text in *found*: of an object its message, of a list its first that has one; None if there is none."""
    if isinstance(found, list):
        return next((text for one in found if (text := reason_text(one))), None)
    if hasattr(found, "to_dict"):  # a model of a generated client
        found = found.to_dict()
    if isinstance(found, dict):
        named = (found[name] for name in ("message", "detail", "description", "reason", "code") if found.get(name))
        return reason_text(next(named, None))
    text = "" if found is None or isinstance(found, bool) else str(found).strip()
    return text[:_LONGEST_REASON] or None
