"""Shape: whether each part of a spec is the kind of value that OpenAPI has there, so that later stages need not ask."""

import json
from collections.abc import Iterator
from typing import Any

from generator.lint import METHODS, Finding, raise_all
from generator.pointers import Document, at, joined, references

SHOWN = 40  # characters of a value that is not what it should be
# A kind is a name of SCALARS or OBJECTS; `list of` and `map of` a kind are kinds too.
SCALARS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float),
    "list": (list,),
    "types": (str, list),
}
DESCRIBED = {"$ref": "text", "description": "text"}
SCHEMA = {
    **DESCRIBED,
    **dict.fromkeys(("title", "format", "pattern"), "text"),
    **dict.fromkeys(("nullable", "deprecated"), "flag"),
    **dict.fromkeys(("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "multipleOf"), "number"),
    **dict.fromkeys(("allOf", "anyOf", "oneOf"), "list of schema"),
    "properties": "map of schema",
    "type": "types",
    "items": "schema",
    "additionalProperties": "schema or flag",
    "enum": "list",
    "required": "list of text",
    "discriminator": "discriminator",
}
OBJECTS: dict[str, dict[str, str]] = {
    "document": {
        "paths": "map of path",
        "components": "components",
        "security": "list of alternative",
        "servers": "list of server",
    },
    "path": {
        **dict.fromkeys(METHODS, "operation"),
        "$ref": "text",
        "parameters": "list of parameter",
    },
    "operation": {
        **dict.fromkeys(("operationId", "summary", "description"), "text"),
        "tags": "list of text",
        "deprecated": "flag",
        "parameters": "list of parameter",
        "requestBody": "body",
        "responses": "map of response",
        "security": "list of alternative",
    },
    "parameter": {
        **DESCRIBED,
        **dict.fromkeys(("name", "in"), "text"),
        **dict.fromkeys(("required", "deprecated"), "flag"),
        "schema": "schema",
        "content": "map of media",
    },
    "body": {**DESCRIBED, "required": "flag", "content": "map of media"},
    "response": {**DESCRIBED, "content": "map of media"},
    "media": {"schema": "schema"},
    "schema": SCHEMA,
    "discriminator": {"propertyName": "text", "mapping": "map of text"},
    "components": {
        "schemas": "map of schema",
        "parameters": "map of parameter",
        "requestBodies": "map of body",
        "responses": "map of response",
        "securitySchemes": "map of scheme",
    },
    "scheme": {**DESCRIBED, **dict.fromkeys(("type", "name", "in", "scheme"), "text")},
    "alternative": {},
    "server": {"url": "text", "variables": "map of variable"},
    "variable": {"default": "text"},
}
# What an object cannot do without, unless it is a reference.
NEEDED = {"parameter": ("name", "in"), "scheme": ("type",), "server": ("url",)}
WORDS = {
    "text": "text",
    "flag": "true or false",
    "number": "a number",
    "list": "a list",
    "types": "text or a list of texts",
}


Part = tuple[str, str, Any]  # a JSON pointer, the kind that belongs there, and what is there


def shape(document: Document, name: str) -> list[Finding]:
    """Leave out of *document* what is empty and give its places; raise one Fault with all that is of a wrong kind."""
    mended = list(_left_out(document))
    kinds: dict[str, str] = {}
    wrong: list[Finding] = []
    for pointer, kind, value in _parts("", "document", document):
        kinds[pointer] = kind
        wrong += [(pointer, message) for message in _faults(kind, value)]
    wrong += _strangers(document, kinds)
    if wrong:
        raise_all(wrong, name)
    return mended


def _parts(pointer: str, kind: str, value: Any) -> Iterator[Part]:
    """What lies at *pointer* and below it, outermost first, each with the kind that belongs there."""
    yield pointer, kind, value
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            inner = _inner(kind, key)
            if inner and (isinstance(value, list) or key in value):
                yield from _parts(joined(pointer, key), inner, value[key])


def _inner(kind: str, key: str | int) -> str | None:
    """The kind that belongs at *key* of something of *kind*, None where anything may be."""
    if isinstance(key, int):
        return kind.removeprefix("list of ") if kind.startswith("list of ") else None
    if kind.startswith("map of "):
        return None if key.startswith("x-") and kind == "map of path" else kind.removeprefix("map of ")
    return OBJECTS.get(kind.removesuffix(" or flag"), {}).get(key)


def _left_out(document: Document) -> Iterator[Finding]:
    """A keyword with nothing behind it, as people leave it in YAML, means what its absence does."""
    for pointer, kind, value in _parts("", "document", document):
        if not isinstance(value, dict):
            continue
        for key in list(value):
            inner = _inner(kind, key)
            if inner and value[key] is None:
                del value[key]
                yield pointer, f"{key} has nothing behind it; it is left out"
            elif inner == "schema" and value[key] is True:
                value[key] = {}  # the short form of: any value
            elif kind == "schema" and key == "required" and isinstance(value[key], bool):
                del value[key]
                yield pointer, "required wants a list of names; what stands there is left out"


def _faults(kind: str, value: Any) -> Iterator[str]:
    """What is wrong with *value* where *kind* belongs."""
    if kind in SCALARS:
        if not _fits(kind, value):
            yield f"{WORDS[kind]} belongs here, not {_said(value)}"
    elif kind.startswith("list of "):
        if not isinstance(value, list):
            yield f"a list belongs here, not {_said(value)}"
    elif not isinstance(value, dict):
        if not (kind.endswith(" or flag") and isinstance(value, bool)):
            yield f"an object belongs here, not {_said(value)}"
    elif "$ref" not in value:
        yield from (f"{key} is missing" for key in NEEDED.get(kind, ()) if key not in value)


def _fits(kind: str, value: Any) -> bool:
    if kind == "types" and isinstance(value, list):
        return bool(value) and all(isinstance(one, str) for one in value)
    if kind == "number" and isinstance(value, bool):
        return False
    return isinstance(value, SCALARS[kind])


def _strangers(document: Document, kinds: dict[str, str]) -> Iterator[Finding]:
    """References from one kind of part to another."""
    for pointer, reference in references(document):
        kind, target = kinds.get(pointer), kinds.get(reference.removeprefix("#"))
        plain = [one.removesuffix(" or flag") if one else None for one in (kind, target)]
        if kind and reference.startswith("#/") and plain[0] != plain[1] and _exists(document, reference):
            yield pointer, f"$ref to {reference}, where there is no {plain[0]}"


def _exists(document: Document, reference: str) -> bool:
    try:
        at(document, reference.removeprefix("#"))
    except (LookupError, ValueError, TypeError):
        return False
    return True


def _said(value: Any) -> str:
    words = json.dumps(value, ensure_ascii=False)
    return words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
