"""Compares what two schemas allow as a whole: the kinds of value, and the values of enums."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from openapi_python_client.strings import snake_case

from generator.diff.values.value_kinds import ANYTHING, TEXT, UUID
from generator.spec.pointers import Document

Difference = tuple[str, str, str]  # its kind, the place, and old → new


def type_differences(before: set[str], after: set[str], place: str, direction: str) -> Iterator[Difference]:
    """
    Null is reported separately; of the other types, whether one set contains the other.

    An argument that is a UUID takes text too.
    """
    if direction == "sent" and TEXT in before and UUID in after - before:
        yield "limits changed", place, f"format: {from_to(None, 'uuid')}"
        after = {TEXT if kind == UUID else kind for kind in after}
    if ("null" in before) != ("null" in after):
        yield "may be null now" if "null" in after else "may not be null any more", place, ""
    old, new = before - {"null"}, after - {"null"}
    detail = from_to(" | ".join(sorted(old)), " | ".join(sorted(new)))
    if old == new:
        return
    if _contains(new, old):
        yield "type widened", place, detail
    elif _contains(old, new):
        yield "type narrowed", place, detail
    else:
        yield "type changed", place, detail


def _contains(more: set[str], less: set[str]) -> bool:
    """Whether *more* allows every value of *less*; an integer is a number, and a constant text is text."""
    return ANYTHING in more or all(
        one in more or (one == "integer" and "number" in more) or (one.startswith("constant '") and TEXT in more)
        for one in less
    )


def enum_differences(old: Document, new: Document, place: str) -> Iterator[Difference]:
    """The values that an enum has more or less, and the members that have other names."""
    before, after = old.get("enum"), new.get("enum")
    if before is None or after is None:
        if before != after:
            yield "enum instead of text" if before is None else "text instead of enum", place, ""
        return
    for value in after:
        if value not in before:
            yield "enum value added", place, str(value)
    for value in before:
        if value not in after:
            yield "enum value removed", place, str(value)
    names = [_member_names(one) for one in (old, new)]
    for value in [value for value in names[0] if value in names[1] and names[0][value] != names[1][value]]:
        yield "enum member renamed", place, f"{value}: {from_to(names[0][value], names[1][value])}"


def _member_names(schema: Document) -> dict[Any, str]:
    """The name of the enum's member for each value."""
    values = [value for value in schema["enum"] if value is not None]
    return dict(zip(values, schema.get("x-enum-varnames") or map(_member_name, count(), values), strict=False))


def _member_name(index: int, value: Any) -> str:
    if isinstance(value, int):
        return f"VALUE_NEGATIVE_{-value}" if value < 0 else f"VALUE_{value}"
    return snake_case(str(value)).upper() if str(value)[:1].isalpha() else f"VALUE_{index}"


def from_to(old: Any, new: Any) -> str:
    """The words for a change from *old* to *new*."""
    return f"{'nothing' if old is None else old} → {'nothing' if new is None else new}"
