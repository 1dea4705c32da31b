"""Repairs enums: values of one type each, none twice, none that no Python member can have, and unique member names."""

import json
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import snake_case

from generator.errors import Finding
from generator.spec.pointers import Document, joined, schemas

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]")
CONSTANT = frozenset({"const", "title", "description", "type", "deprecated"})  # the keywords of a described constant
# Where vendors describe each value: a list in the order of the values, or a map.
DESCRIPTIONS = ("x-enum-descriptions", "x-enumDescriptions", "x-enum-description", "x-enumDescription")


def enums(document: Document) -> Iterator[Finding]:
    """Repair every enum of *document* in place; the places and what was done there."""
    for pointer, node in schemas(document):
        _join_constants(node)
        _describe_values(node)
        yield from _enum_values(joined(pointer, "enum"), node) if _is_enum(node) else ()
        yield from _members(pointer, node)


def _join_constants(node: Document) -> None:
    """A union of described constants, as OpenAPI 3.1 writes an enum with words, becomes an enum with these words."""
    for keyword in ("oneOf", "anyOf"):
        members = node.get(keyword) or [{}]
        kinds = {type(one.get("const")) for one in members}
        if kinds in ({str}, {int}) and "enum" not in node and all(set(one) <= CONSTANT for one in members):
            del node[keyword]
            node["enum"] = [one["const"] for one in members]
            node.setdefault("type", "string" if kinds == {str} else "integer")
            words = [one.get("description") or one.get("title") or "" for one in members]
            node["x-enum-descriptions"] = [text for text in words if text] and words


def _describe_values(node: Document) -> None:
    """Write what extensions say about each value as a list in the description, where the emitters read it."""
    found: Any = next((node[key] for key in DESCRIPTIONS if key in node), None)
    values = node.get("enum")
    if not isinstance(values, list) or not found:
        return
    if isinstance(found, list):
        found = dict(zip(map(str, values), found, strict=False)) if len(found) == len(values) else {}
    if isinstance(found, dict):
        lines = [f"- {value}: {found[str(value)]}" for value in values if isinstance(found.get(str(value)), str)]
        given = str(node.get("description", ""))
        node["description"] = "\n".join([given, *([""] if given else []), *lines]).strip()


def _enum_values(place: str, node: Document) -> Iterator[Finding]:
    """Enum values are of the schema's type; those of several types become a union of enums."""
    yield from _retyped(place, node)
    values = [value for value in node["enum"] if value is not None]
    kinds = {type(value) for value in values}
    if any(isinstance(value, str) and CONTROL.search(value) for value in values):
        del node["enum"]
        yield place, "a value contains control characters; any string is accepted"
    elif kinds == {str, int} and not {"anyOf", "oneOf", "const"} & set(node):
        nothing = [{"type": "null"}] if None in node.pop("enum") else []
        node.pop("type", None)
        node.pop("x-enum-varnames", None)
        texts, numbers = ([value for value in values if isinstance(value, kind)] for kind in (str, int))
        node["anyOf"] = [{"type": "string", "enum": texts}, {"type": "integer", "enum": numbers}, *nothing]
    elif kinds == {bool}:
        kind = "boolean" if None not in node.pop("enum") else ["boolean", "null"]
        node.setdefault("type", kind)
        if len(set(values)) == 1:
            node["description"] = f"{node.get('description', '')} Always {json.dumps(values[0])}.".strip()
            yield place, f"that it is always {json.dumps(values[0])} is described and not checked"
    elif kinds and kinds not in ({str}, {int}):
        del node["enum"]
        if kinds <= {int, float}:
            node.setdefault("type", "number")
            yield place, "the values are not all integers; any number is accepted"
        else:
            yield place, "the values are neither all strings nor all integers; any value is accepted"
    elif len(set(values)) < len(values):
        node["enum"] = list(dict.fromkeys(node["enum"]))
        yield place, "a value occurs twice; the second one is removed"


def _retyped(place: str, node: Document) -> Iterator[Finding]:
    """Write the values in the type that the schema states: YAML reads a bare 7 as a number."""
    convert = {"string": _as_text, "integer": _as_integer}.get(str(_only_type(node)))
    if convert:
        values = [value if value is None else convert(value) for value in node["enum"]]
        if [*map(type, values)] != [*map(type, node["enum"])]:
            node["enum"] = values
            yield place, f"the values are of another type than they should be; they are written as {_only_type(node)}s"


def _only_type(node: Document) -> Any:
    """The type of *node* beside null."""
    types = node.get("type")
    rest = [one for one in types if one != "null"] if isinstance(types, list) else [types]
    return rest[0] if len(rest) == 1 else None


def _as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _as_integer(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?(0|[1-9]\d{0,17})", value, re.ASCII) else value


def _is_enum(node: Document) -> bool:
    return isinstance(node.get("enum"), list)


def _members(pointer: str, node: Document) -> Iterator[Finding]:
    """Values whose enum members would have the same name get unique names."""
    values = [value for value in node["enum"] if value is not None] if _is_enum(node) else []
    given = node.pop("x-enum-varnames", None)
    chosen = given if isinstance(given, list) and len(given) == len(values) else None
    texts = chosen or [value for value in values if isinstance(value, str)]
    names = [_member(name, index) for index, name in enumerate(texts)]
    if chosen or len(set(names)) < len(names):
        unique = [name if name not in names[:index] else f"{name}_{index}" for index, name in enumerate(names)]
        node["x-enum-varnames"] = unique
        if unique != chosen:
            yield joined(pointer, "enum"), f"the values are given the member names {', '.join(unique)}"


def _member(value: Any, index: int) -> str:
    name = snake_case(str(value)).upper() if str(value)[:1].isalpha() else f"VALUE_{index}"
    return name if name.isidentifier() else f"VALUE_{index}"
