"""Plain forms of `allOf`: parts that only describe are moved out, and parts that are no objects become one schema."""

from collections.abc import Iterator
from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, resolved
from generator.spec.shape import kinds_of

# Keywords that decide the Python type of a schema; all others describe or limit its values.
DECISIVE = frozenset(
    {
        *("$ref", "type", "format", "enum", "const", "items", "prefixItems", "properties", "patternProperties"),
        *("additionalProperties", "required", "allOf", "anyOf", "oneOf", "not", "discriminator"),
    }
)
OBJECTS = frozenset({"properties", "patternProperties", "additionalProperties", "anyOf", "oneOf"})
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", list: "array"}
SCALARS = frozenset({"string", "number", "integer", "boolean", "array"})


def merge_scalar_parts(document: Document) -> Iterator[Finding]:
    """Merge each `allOf` that describes or limits one type which is no object into that type."""
    pointers = [pointer for pointer, kind in kinds_of(document).items() if kind == "schema"]
    for pointer in reversed(pointers):  # inner ones first
        schema = at(document, pointer)
        if isinstance(schema, dict) and isinstance(schema.get("allOf"), list) and "properties" not in schema:
            _move_descriptions(schema)
            yield from _merge(document, pointer, schema)


def _move_descriptions(schema: Document) -> None:
    """A part without a decisive keyword belongs to the schema itself."""
    for part in list(schema["allOf"]):
        if not DECISIVE & set(part) and len(schema["allOf"]) > 1:
            schema["allOf"].remove(part)
            schema.update({key: value for key, value in part.items() if key not in schema})


def _merge(document: Document, pointer: str, schema: Document) -> Iterator[Finding]:
    parts = [_flat(document, part) for part in schema["allOf"]]
    own = {key: value for key, value in schema.items() if key != "allOf"}
    kinds = {kind for one in (*parts, own) for kind in _types(one)}
    if not kinds or not kinds <= SCALARS or any(OBJECTS & set(part) for part in parts) or OBJECTS & set(schema):
        return
    kind = _common(kinds)
    named = [part for part in schema["allOf"] if "$ref" in part]
    others = [part for part in schema["allOf"] if "$ref" not in part]
    if kind is None:
        schema.pop("allOf")
        schema.pop("type", None)
        yield joined(pointer, "allOf"), f"no value is {' and '.join(sorted(kinds))} at once; any JSON is accepted"
    elif len(named) == 1 and all(set(part) & DECISIVE <= {"type"} for part in others):
        schema.update({key: value for part in others for key, value in part.items() if key not in {*schema, "type"}})
        schema["allOf"] = named
    else:
        schema.clear()
        schema.update(_merged([*parts, own]) | {"type": [kind, "null"] if all(map(_allows_null, parts)) else kind})


def _flat(document: Document, part: Any) -> Document:
    """*part* with its reference followed and with its own parts that are no objects merged."""
    found: Document = resolved(document, part)
    inner = found.get("allOf")
    if not isinstance(inner, list) or len(inner) != 1:
        return found
    return {**resolved(document, inner[0]), **{key: value for key, value in found.items() if key != "allOf"}}


def _types(schema: Document) -> set[str]:
    """The types that *schema* states; `object` where it can only be one."""
    stated = schema.get("type")
    if isinstance(stated, list):
        return set(stated) - {"null"}
    if isinstance(stated, str):
        return {stated}
    values = [one for one in schema.get("enum", [schema.get("const")]) if one is not None]
    if values and "properties" not in schema:
        return {TYPES.get(type(one), "object") for one in values}
    return {"object"} if OBJECTS & set(schema) or "allOf" in schema else set()


def _allows_null(schema: Document) -> bool:
    return schema.get("nullable") is True or "null" in (schema.get("type") or ())


def _common(kinds: set[str]) -> str | None:
    """The type of values that have all of *kinds*."""
    if kinds == {"integer", "number"}:
        return "integer"
    return next(iter(kinds)) if len(kinds) == 1 else None


def _merged(parts: list[Document]) -> Document:
    """One schema of all *parts*; the values of an enum are those that all enums have."""
    merged: Document = {}
    for part in parts:
        for key, value in part.items():
            if key == "enum" and "enum" in merged:
                merged["enum"] = [one for one in merged["enum"] if one in value] or merged["enum"]
            else:
                merged[key] = value
    return merged
