"""Checks of request bodies, composed of small functions; each yields the faults that it finds."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard

import attrs

Path: TypeAlias = tuple[str | int, ...]


@attrs.frozen
class Fault:
    """One fault of a request, in pydantic's words."""

    path: Path
    kind: str
    message: str
    found: Any

    def as_json(self) -> dict[str, Any]:
        """The fault in FastAPI's format."""
        return {"type": self.kind, "loc": list(self.path), "msg": self.message, "input": self.found}


Check: TypeAlias = Callable[[Any, Path], Iterator[Fault]]


def integer(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """An integer from *low* to *high*; 3.0 is one, as JSON does not distinguish them."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
            yield Fault(path, "int_type", "Input should be a valid integer", value)
        else:
            yield from _bounds(value, low, high, path)

    return check


def number(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """A number from *low* to *high*."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(path, "float_type", "Input should be a valid number", value)
        else:
            yield from _bounds(value, low, high, path)

    return check


def string(pattern: str = "") -> Check:
    """A string that matches *pattern*."""
    find = re.compile(pattern).search

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(path, "string_type", "Input should be a valid string", value)
        elif not find(value):
            message = f"String should match pattern '{pattern}'"
            yield Fault(path, "string_pattern_mismatch", message, value)

    return check


def boolean(value: Any, path: Path) -> Iterator[Fault]:
    """True or false."""
    if not isinstance(value, bool):
        yield Fault(path, "bool_type", "Input should be a valid boolean", value)


def one_of(*choices: str) -> Check:
    """One of these strings."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if value not in choices:
            yield Fault(path, "enum", f"Input should be one of {', '.join(choices)}", value)

    return check


def nullable(inner: Check) -> Check:
    """Null, or what *inner* accepts."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if value is not None:
            yield from inner(value, path)

    return check


def array(item: Check, least: int = 0) -> Check:
    """A list of at least *least* elements that *item* accepts."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if not _is_list(value):
            yield Fault(path, "list_type", "Input should be a valid list", value)
            return
        if len(value) < least:
            yield Fault(path, "too_short", f"List should have at least {least} items", value)
        for index, element in enumerate(value):
            yield from item(element, (*path, index))

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields; others are ignored, as by all three services."""
    known = {**required, **optional}

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(path, "model_type", "Input should be a valid object", value)
            return
        for name, inner in known.items():
            if name in value:
                yield from inner(value[name], (*path, name))
            elif name in required:
                yield Fault((*path, name), "missing", "Field required", value)

    return check


def whole(text: str) -> int | None:
    """The integer that *text*, a part of a URL, is in ASCII digits; None if it is not one."""
    match = re.fullmatch(r"(-?[0-9]{1,4000})(\.0+)?", text)
    return int(match[1]) if match else None


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _bounds(value: float, low: float, high: float, path: Path) -> Iterator[Fault]:
    if value < low:
        yield Fault(path, "greater_than_equal", f"Input should be greater than or equal to {low}", value)
    elif value > high:
        yield Fault(path, "less_than_equal", f"Input should be less than or equal to {high}", value)
