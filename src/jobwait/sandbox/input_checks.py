"""Checks of request bodies, composed of small functions; each yields the faults that it finds."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import attrs

Path: TypeAlias = tuple[str | int, ...]

_BLANKS = r"[^\S\x1c-\x1f]*"  # Rust, in which pydantic is written, counts those four as no blanks
_INTEGER = re.compile(rf"{_BLANKS}([+-]?[0-9]+(?:_[0-9]+)*)(?:\.0+)?{_BLANKS}")
_DIGITS = 4300  # of a text; Python's own limit, too
_LARGEST = 2.0**63  # of a number with a point


@attrs.frozen
class Fault:
    """One fault of a request, in pydantic's words."""

    path: Path
    kind: str
    message: str
    found: Any
    context: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The fault in FastAPI's format."""
        fault = {"type": self.kind, "loc": list(self.path), "msg": self.message, "input": self.found}
        return fault if self.context is None else {**fault, "ctx": self.context}


Check: TypeAlias = Callable[[Any, Path], Iterator[Fault]]


def _input(accepts: Callable[[Any], bool], kind: str, wanted: str, then: Check | None = None) -> Check:
    """A value that *accepts* takes, and the check *then* after it; else a fault of this *kind*."""

    def check(value: Any, path: Path) -> Iterator[Fault]:
        if not accepts(value):
            yield Fault(path, kind, f"Input should be {wanted}", value)
        elif then is not None:
            yield from then(value, path)

    return check


boolean: Check = _input(lambda value: isinstance(value, bool), "bool_type", "a valid boolean")


def one_of(*choices: str) -> Check:
    """One of these strings."""
    return _input(lambda value: value in choices, "enum", f"one of {', '.join(choices)}")


def integer(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """An integer from *low* to *high*; 3.0 is one, as JSON does not distinguish them."""
    return _input(
        lambda value: _is_number(value) and (isinstance(value, int) or value.is_integer()),
        "int_type",
        "a valid integer",
        _bounds(low, high),
    )


def number(low: float = -float("inf"), high: float = float("inf")) -> Check:
    """A number from *low* to *high*."""
    return _input(_is_number, "float_type", "a valid number", _bounds(low, high))


def string(pattern: str = "") -> Check:
    """A string that matches *pattern*."""
    find = re.compile(pattern).search

    def matches(value: Any, path: Path) -> Iterator[Fault]:
        if not find(value):
            yield Fault(path, "string_pattern_mismatch", f"String should match pattern '{pattern}'", value)

    return _input(lambda value: isinstance(value, str), "string_type", "a valid string", matches)


def nullable(inner: Check) -> Check:
    """Null, or what *inner* accepts."""
    return lambda value, path: iter(()) if value is None else inner(value, path)


def array(item: Check, least: int = 0) -> Check:
    """A list of at least *least* elements that *item* accepts."""

    def elements(value: Any, path: Path) -> Iterator[Fault]:
        if len(value) < least:
            yield Fault(path, "too_short", f"List should have at least {least} items", value)
        for index, element in enumerate(value):
            yield from item(element, (*path, index))

    return _input(lambda value: isinstance(value, list), "list_type", "a valid list", elements)


def fields(required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An object with these fields; others are ignored, as by all three services."""
    known = {**required, **optional}

    def each(value: Any, path: Path) -> Iterator[Fault]:
        for name, inner in known.items():
            if name in value:
                yield from inner(value[name], (*path, name))
            elif name in required:
                yield Fault((*path, name), "missing", "Field required", value)

    wanted = "a valid dictionary or object to extract fields from"
    return _input(lambda value: isinstance(value, dict), "model_attributes_type", wanted, each)


def coerced_integer(value: Any, path: Path) -> Iterator[Fault]:
    """What pydantic takes as an integer: a number without a fraction, a boolean, or either of them as text."""
    message = "Input should be a valid integer"
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None:
            yield Fault(path, "int_parsing", f"{message}, unable to parse string as an integer", value)
        elif whole(value) is None:
            message = "Unable to parse input string as an integer, exceeded maximum size"
            yield Fault(path, "int_parsing_size", message, value)
    elif not isinstance(value, int | float):
        yield Fault(path, "int_type", message, value)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(path, "finite_number", "Input should be a finite number", value)
    elif isinstance(value, float) and not value.is_integer():
        yield Fault(path, "int_from_float", f"{message}, got a number with a fractional part", value)
    elif isinstance(value, float) and abs(value) >= _LARGEST:
        message = "Unable to parse input string as an integer, exceeded maximum size"
        yield Fault(path, "int_parsing_size", message, value)


def whole(text: str) -> int | None:
    """The integer that *text* is to pydantic, which allows blanks, a plus, underscores and a fraction of zeros."""
    match = _INTEGER.fullmatch(text)
    return int(match[1]) if match and len(match[1]) <= _DIGITS else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bounds(low: float, high: float) -> Check:
    def check(value: Any, path: Path) -> Iterator[Fault]:
        if not value >= low:  # NaN is below everything
            yield Fault(path, "greater_than_equal", f"Input should be greater than or equal to {low}", value)
        elif value > high:
            yield Fault(path, "less_than_equal", f"Input should be less than or equal to {high}", value)

    return check
