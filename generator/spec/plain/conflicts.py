"""Parts of an `allOf` that define one field in two ways, or that are no objects."""

from collections.abc import Iterator
from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, resolved

NUMBERS = frozenset({"integer", "number"})
MAX_DEPTH = 20  # parts of parts that are followed
Fields = dict[str, Any]


def drop_conflicts(document: Document, pointer: str) -> list[Finding]:
    """
    Make the parts of `allOf` of the schema at *pointer* agree: the first definition of a field is kept.

    A value must fit all parts, so it fits the first one too. A part that is no object is left out.
    """
    schema = at(document, pointer)
    if not isinstance(schema, dict) or "allOf" not in schema:
        return []
    return [*_drop_scalars(document, pointer, schema), *_drop_fields(document, pointer, schema)]


def _drop_scalars(document: Document, pointer: str, schema: Document) -> Iterator[Finding]:
    for index, part in enumerate(schema["allOf"]):
        plain = resolved(document, part)
        is_object = plain.get("type") == "object" or {"properties", "allOf"} & set(plain)
        if "$ref" in part and not is_object:
            schema["allOf"][index] = {}
            place = joined(pointer, "allOf", index)
            yield place, f"{part['$ref']} is no object; its fields are in additional_properties"


def _drop_fields(document: Document, pointer: str, schema: Document) -> Iterator[Finding]:
    known: Fields = {}
    parts = list(enumerate(schema["allOf"]))
    for index, part in [one for one in parts if "$ref" in one[1]]:
        fields = _fields(document, part)
        wrong = [name for name, one in fields.items() if not _agree(document, known.get(name, {}), one)]
        if wrong:
            kept = {name: one for name, one in fields.items() if name not in wrong}
            required = [one for one in _required(document, part) if one in kept]
            schema["allOf"][index] = {"type": "object", "properties": kept} | (
                {"required": required} if required else {}
            )
        for name in wrong:
            yield (
                joined(pointer, "allOf", index),
                f"an earlier part defines the field {name} in another way, which is kept",
            )
        known = {**fields, **known}
    inline = [(joined(pointer, "allOf", index), part) for index, part in parts if "$ref" not in part]
    for place, part in [(pointer, schema), *inline]:
        for name, one in list(part.get("properties", {}).items()):
            if not _agree(document, known.get(name, {}), one):
                del part["properties"][name]
                yield joined(place, "properties", name), "another part of allOf defines this field, which is kept"
            known.setdefault(name, one)


def _fields(document: Document, part: Any, depth: int = 0) -> Fields:
    """All fields of *part*, with those of its own parts."""
    plain = resolved(document, part)
    found: Fields = {}
    for inner in plain.get("allOf", []) if depth < MAX_DEPTH else ():
        found = {**_fields(document, inner, depth + 1), **found}
    return {**plain.get("properties", {}), **found}


def _required(document: Document, part: Any, depth: int = 0) -> list[str]:
    plain = resolved(document, part)
    inner = plain.get("allOf", []) if depth < MAX_DEPTH else []
    return [*plain.get("required", []), *(name for one in inner for name in _required(document, one, depth + 1))]


def _agree(document: Document, first: Any, second: Any) -> bool:
    """Whether openapi-python-client can make one field of two definitions."""
    if first == second or not first or not second:
        return True
    one, other = resolved(document, first), resolved(document, second)
    if any({"enum", "anyOf", "oneOf", "allOf", "properties", "const"} & set(each) for each in (one, other)):
        return bool(one == other)
    kinds = {str(one.get("type")), str(other.get("type"))}
    if kinds == {"array"}:
        return _agree(document, one.get("items", {}), other.get("items", {}))
    formats = {each["format"] for each in (one, other) if "format" in each}
    return kinds <= NUMBERS or (len(kinds) == 1 and (kinds != {"string"} or len(formats) <= 1))
