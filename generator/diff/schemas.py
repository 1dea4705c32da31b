"""Compares two schemas: types, limits, enums and fields; what a difference means to callers is in rules.py."""

from collections.abc import Iterator
from typing import Any

from generator.diff.value_kinds import ANYTHING, value_kinds
from generator.spec.pointers import Document

Difference = tuple[str, str, str]  # its kind, the place, and old → new
LIMITS = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "multipleOf",
]
DESCRIPTIONS = ("description", "title", "example", "examples")
MISSING = object()


def compare_schemas(old: Document, new: Document, place: str) -> Iterator[Difference]:
    """Every difference between the normalised schemas *old* and *new*; *place* is the place of *old*."""
    before, after = value_kinds(old), value_kinds(new)
    yield from _types(set(before), set(after), place)
    if old.get("default", MISSING) != new.get("default", MISSING):
        yield "default changed", place, _from_to(old.get("default"), new.get("default"))
    if old.get("discriminator") != new.get("discriminator"):
        yield "discriminator changed", place, ""
    for name in sorted({*before} & {*after}):
        yield from _details(before[name], after[name], place)
    if any(old.get(word) != new.get(word) for word in DESCRIPTIONS):
        yield "descriptions changed", place, ""


def _types(before: set[str], after: set[str], place: str) -> Iterator[Difference]:
    """Null is reported separately; of the other types, whether one set contains the other."""
    if ("null" in before) != ("null" in after):
        yield "may be null now" if "null" in after else "may not be null any more", place, ""
    old, new = before - {"null"}, after - {"null"}
    detail = _from_to(" | ".join(sorted(old)), " | ".join(sorted(new)))
    if old == new:
        return
    if ANYTHING in new or old < new:
        yield "type widened", place, detail
    elif ANYTHING in old or new < old:
        yield "type narrowed", place, detail
    else:
        yield "type changed", place, detail


def _details(old: Document, new: Document, place: str) -> Iterator[Difference]:
    """The differences inside a kind of value that both schemas allow."""
    yield from _enums(old.get("enum"), new.get("enum"), place)
    limits = [name for name in LIMITS if old.get(name) != new.get(name)]
    if limits:
        yield "limits changed", place, ", ".join(f"{name}: {_from_to(old.get(name), new.get(name))}" for name in limits)
    if "items" in old or "items" in new:
        yield from compare_schemas(old.get("items") or {}, new.get("items") or {}, f"{place}[]")
    yield from _additional(old.get("additionalProperties", True), new.get("additionalProperties", True), f"{place}.*")
    yield from _properties(_merged(old), _merged(new), place)


def _additional(old: Any, new: Any, place: str) -> Iterator[Difference]:
    """The differences in additionalProperties: any value, those of a schema, or none."""
    if (old is False) != (new is False):
        yield "field removed" if new is False else "optional field added", place, "additional properties"
    elif old != new:
        yield from compare_schemas(old if isinstance(old, dict) else {}, new if isinstance(new, dict) else {}, place)


def _merged(schema: Document) -> Document:
    """The fields of an object with those of inline allOf parts; an allOf part that is a reference counts as a field."""
    merged: Document = {
        "properties": dict(schema.get("properties") or {}),
        "required": list(schema.get("required") or []),
    }
    for part in schema.get("allOf", []):
        if "$ref" in part:
            merged["properties"][f"(all of {part['$ref'].rpartition('/')[2]})"] = part
        else:
            inner = _merged(part)
            merged["properties"].update(inner["properties"])
            merged["required"] += inner["required"]
    return merged


def _properties(old: Document, new: Document, place: str) -> Iterator[Difference]:
    before, after = old["properties"], new["properties"]
    for name in sorted({*before, *after}):
        where = f"{place}.{name}"
        was, now = name in old["required"], name in new["required"]
        if name not in after:
            yield "field removed", where, ""
        elif name not in before:
            yield "required field added" if now else "optional field added", where, ""
        else:
            if was != now:
                yield "field became required" if now else "field became optional", where, ""
            yield from compare_schemas(before[name], after[name], where)


def _enums(old: Any, new: Any, place: str) -> Iterator[Difference]:
    if old == new:
        return
    if old is None or new is None:
        yield "enum instead of text" if old is None else "text instead of enum", place, ""
        return
    for value in new:
        if value not in old:
            yield "enum value added", place, str(value)
    for value in old:
        if value not in new:
            yield "enum value removed", place, str(value)


def _from_to(old: Any, new: Any) -> str:
    return f"{'nothing' if old is None else old} → {'nothing' if new is None else new}"
