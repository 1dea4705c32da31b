"""Checks of what callers send, as small functions put together; each yields the faults that it finds."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeGuard

import attrs

Place: TypeAlias = tuple[str | int, ...]


@attrs.frozen
class Fault:
    """One thing that is wrong with a request, in the words that pydantic uses."""

    place: Place
    kind: str
    message: str
    found: Any

    def as_json(self) -> dict[str, Any]:
        """The fault as FastAPI services send it."""
        return {"type": self.kind, "loc": list(self.place), "msg": self.message, "input": self.found}


Check: TypeAlias = Callable[[Any, Place], Iterator[Fault]]


def integer(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """A whole number from *low* to *high*; 3.0 is one, as JSON knows no difference."""

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, float) and value.is_integer())):
            yield Fault(place, "int_type", "Input should be a valid integer", value)
        else:
            yield from _bounds(value, low, high, place)

    return check


def number(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """A number from *low* to *high*."""

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault(place, "float_type", "Input should be a valid number", value)
        else:
            yield from _bounds(value, low, high, place)

    return check


def string(pattern: str = "") -> Check:
    """A text in which *pattern* is found."""
    find = re.compile(pattern).search

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(place, "string_type", "Input should be a valid string", value)
        elif not find(value):
            message = f"String should match pattern '{pattern}'"
            yield Fault(place, "string_pattern_mismatch", message, value)

    return check


def boolean(value: Any, place: Place) -> Iterator[Fault]:
    """True or false."""
    if not isinstance(value, bool):
        yield Fault(place, "bool_type", "Input should be a valid boolean", value)


def one_of(*choices: str) -> Check:
    """One of these texts."""

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if value not in choices:
            yield Fault(place, "enum", f"Input should be one of {', '.join(choices)}", value)

    return check


def nullable(inner: Check) -> Check:
    """Null, or what *inner* takes."""

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if value is not None:
            yield from inner(value, place)

    return check


def array(item: Check, least: int = 0) -> Check:
    """A list of at least *least* of what *item* takes."""

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if not _is_list(value):
            yield Fault(place, "list_type", "Input should be a valid list", value)
            return
        if len(value) < least:
            yield Fault(place, "too_short", f"List should have at least {least} items", value)
        for index, element in enumerate(value):
            yield from item(element, (*place, index))

    return check


def fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields; others are ignored, as all three services do."""
    known = {**required, **optional}

    def check(value: Any, place: Place) -> Iterator[Fault]:
        if not isinstance(value, dict):
            yield Fault(place, "model_type", "Input should be a valid object", value)
            return
        for name, inner in known.items():
            if name in value:
                yield from inner(value[name], (*place, name))
            elif name in required:
                yield Fault((*place, name), "missing", "Field required", value)

    return check


def whole(text: str) -> int | None:
    """The integer that *text*, a part of an address, spells in ASCII digits."""
    match = re.fullmatch(r"(-?[0-9]{1,4000})(\.0+)?", text)
    return int(match[1]) if match else None


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _bounds(value: float, low: float, high: float, place: Place) -> Iterator[Fault]:
    if value < low:
        yield Fault(place, "greater_than_equal", f"Input should be greater than or equal to {low}", value)
    elif value > high:
        yield Fault(place, "less_than_equal", f"Input should be less than or equal to {high}", value)
