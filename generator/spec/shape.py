"""Checks that each part of a document has the type that OpenAPI requires there; later steps rely on it."""

import json
from collections.abc import Iterator
from typing import Any

from generator.errors import Finding, raise_findings
from generator.spec.operations import METHODS
from generator.spec.pointers import Document, at, joined, references

SHOWN = 40  # characters of a wrong value in a message
# A kind is a key of SCALARS or OBJECTS, or `list of` or `map of` a kind.
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
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), "map of schema"),
    "prefixItems": "list of schema",
    "type": "types",
    "items": "schema or flag",
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties", "unevaluatedItems"), "schema or flag"),
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
# The keys that an object must have unless it is a reference.
REQUIRED_KEYS = {"parameter": ("name", "in"), "scheme": ("type",), "server": ("url",)}
TYPE_NAMES = {
    "text": "a string",
    "flag": "true or false",
    "number": "a number",
    "list": "a list",
    "types": "a string or a list of strings",
}


Part = tuple[str, str, Any]  # a JSON pointer, the expected kind, and the value


def check_shape(document: Document, name: str) -> list[Finding]:
    """Remove empty keywords from *document* and return their places; GeneratorError lists all wrong types."""
    removed = list(_remove_empty(document))
    kinds: dict[str, str] = {}
    wrong: list[Finding] = []
    for pointer, kind, value in _parts("", "document", document):
        kinds[pointer] = kind
        wrong += [(pointer, message) for message in _type_errors(kind, value)]
    wrong += _mistyped_references(document, kinds)
    if wrong:
        raise_findings(wrong, name)
    return removed


def _parts(pointer: str, kind: str, value: Any) -> Iterator[Part]:
    """The value at *pointer* and those below it, outermost first, each with the kind that is expected there."""
    yield pointer, kind, value
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            inner = _inner(kind, key)
            if inner and (isinstance(value, list) or key in value):
                yield from _parts(joined(pointer, key), inner, value[key])


def _inner(kind: str, key: str | int) -> str | None:
    """The kind that is expected at *key* of a value of *kind*; None if any value is allowed."""
    if isinstance(key, int):
        return kind.removeprefix("list of ") if kind.startswith("list of ") else None
    if kind.startswith("map of "):
        return None if key.startswith("x-") and kind == "map of path" else kind.removeprefix("map of ")
    return OBJECTS.get(kind.removesuffix(" or flag"), {}).get(key)


def _remove_empty(document: Document) -> Iterator[Finding]:
    """A keyword without a value, as it may be left in YAML, means the same as no keyword."""
    for pointer, kind, value in _parts("", "document", document):
        if not isinstance(value, dict):
            continue
        for key in list(value):
            inner = _inner(kind, key)
            if inner and value[key] is None:
                del value[key]
                yield pointer, f"{key} has no value; it is removed"
            elif inner == "schema" and value[key] is True:
                value[key] = {}  # short for: any value
            elif kind == "schema" and key == "required" and isinstance(value[key], bool):
                del value[key]
                yield pointer, "required must be a list of names; it is removed"


def _type_errors(kind: str, value: Any) -> Iterator[str]:
    """What is wrong with *value* where *kind* is expected."""
    if kind in SCALARS:
        if not _fits(kind, value):
            yield f"expected {TYPE_NAMES[kind]}, got {_shortened(value)}"
    elif kind.startswith("list of "):
        if not isinstance(value, list):
            yield f"expected a list, got {_shortened(value)}"
    elif not isinstance(value, dict):
        if not (kind.endswith(" or flag") and isinstance(value, bool)):
            yield f"expected an object, got {_shortened(value)}"
    elif "$ref" not in value:
        yield from (f"{key} is missing" for key in REQUIRED_KEYS.get(kind, ()) if key not in value)


def _fits(kind: str, value: Any) -> bool:
    if kind == "types" and isinstance(value, list):
        return bool(value) and all(isinstance(one, str) for one in value)
    if kind == "number" and isinstance(value, bool):
        return False
    return isinstance(value, SCALARS[kind])


def _mistyped_references(document: Document, kinds: dict[str, str]) -> Iterator[Finding]:
    """References to a part of another kind."""
    for pointer, reference in references(document):
        kind, target = kinds.get(pointer), kinds.get(reference.removeprefix("#"))
        plain = [one.removesuffix(" or flag") if one else None for one in (kind, target)]
        if kind and reference.startswith("#/") and plain[0] != plain[1] and _exists(document, reference):
            yield pointer, f"$ref to {reference}, which is not a {plain[0]}"


def _exists(document: Document, reference: str) -> bool:
    try:
        at(document, reference.removeprefix("#"))
    except (LookupError, ValueError, TypeError):
        return False
    return True


def _shortened(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
