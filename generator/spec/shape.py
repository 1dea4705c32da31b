"""Gives each part of a document the type that OpenAPI requires there; later steps rely on it."""

import json
import math
from collections.abc import Generator, Iterator
from typing import Any

from generator.errors import Finding
from generator.spec.operations import METHODS
from generator.spec.pointers import Document, joined

SHOWN = 40  # characters of a wrong value in a message
# A kind is a key of SCALARS or OBJECTS, or `list of` or `map of` a kind.
SCALARS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "flag": (bool,),
    "number": (int, float),
    "list": (list,),
    "map": (dict,),
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
        "webhooks": "map",
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
        "callbacks": "map",
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
    "response": {**DESCRIBED, **dict.fromkeys(("headers", "links"), "map"), "content": "map of media"},
    "media": {"schema": "schema", "encoding": "map"},
    "schema": SCHEMA,
    "discriminator": {"propertyName": "text", "mapping": "map of text"},
    "components": {
        "schemas": "map of schema",
        "parameters": "map of parameter",
        "requestBodies": "map of body",
        "responses": "map of response",
        "pathItems": "map of path",
        "securitySchemes": "map of scheme",
        **dict.fromkeys(("examples", "headers", "links", "callbacks"), "map"),
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
    "map": "an object",
    "types": "a string or a list of strings",
}


Part = tuple[str, str, Any]  # a JSON pointer, the expected kind, and the value
WRONG = object()  # stands for a value that nothing can be made of


def repair_shape(document: Document) -> list[Finding]:
    """Give each part of *document* the type it must have, or remove it; return the places and what was done there."""
    return list(_repair_inner("", "document", document))


def kinds_of(document: Document) -> dict[str, str]:
    """The kind of part, such as `schema`, that is expected at each pointer of *document*."""
    return {pointer: kind.removesuffix(" or flag") for pointer, kind, _ in _parts("", "document", document)}


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


def _repair_inner(pointer: str, kind: str, value: Any) -> Iterator[Finding]:
    """Repair the parts of *value*, whose own type is right."""
    if isinstance(value, list):
        kept = []
        for index, one in enumerate(value):
            inner = _inner(kind, index)
            fitting = yield from _repaired(joined(pointer, index), inner, one) if inner else _unchanged(one)
            if fitting is not WRONG:
                kept.append(fitting)
        value[:] = kept
    elif isinstance(value, dict):
        for key in list(value):
            inner = _inner(kind, key)
            if inner and value[key] is None:
                del value[key]
                yield pointer, f"{key} has no value; it is removed"
            elif inner:
                fitting = yield from _repaired(joined(pointer, key), inner, value[key])
                value[key] = fitting
                if fitting is WRONG:
                    del value[key]


def _repaired(pointer: str, kind: str, value: Any) -> Generator[Finding, None, Any]:
    """*value* as *kind* requires it, with all that is in it; WRONG if it must be removed."""
    fitting = _fitting(kind, value)
    if fitting is WRONG or fitting is not value:
        made = "it is removed" if fitting is WRONG else f"it is read as {_shortened(fitting)}"
        if (kind, value) not in (("schema", True), ("schema or flag", True)):
            yield pointer, f"expected {_expected(kind)}, got {_shortened(value)}; {made}"
    if fitting is WRONG:
        return WRONG
    yield from _repair_inner(pointer, kind, fitting)
    if isinstance(fitting, dict) and "$ref" not in fitting:
        missing = [key for key in REQUIRED_KEYS.get(kind, ()) if key not in fitting]
        if missing:
            yield pointer, f"{' and '.join(missing)} is missing; the {kind} is removed"
            return WRONG
    return fitting


def _unchanged(value: Any) -> Generator[Finding, None, Any]:
    yield from ()
    return value


def _expected(kind: str) -> str:
    if kind in SCALARS:
        return TYPE_NAMES[kind]
    return "a list" + (" of names" if kind == "list of text" else "") if kind.startswith("list of ") else "an object"


def _fitting(kind: str, value: Any) -> Any:
    """*value*, or what was meant by it, as *kind* requires it; WRONG if nothing can be made of it."""
    if kind in SCALARS:
        return value if _fits(kind, value) else _meant(kind, value)
    if kind.startswith("list of "):
        return value if isinstance(value, list) else [value] if kind == "list of text" and _is_text(value) else WRONG
    if isinstance(value, dict) or (kind.endswith(" or flag") and isinstance(value, bool)):
        return value
    return {} if kind == "schema" and not isinstance(value, list) and value is not False else WRONG


def _meant(kind: str, value: Any) -> Any:
    """What a scalar of another type than *kind* was meant to be."""
    match kind, value:
        case "text", bool() | int() | float():
            return json.dumps(value)
        case "flag", str() if value.strip().lower() in {"true", "false"}:
            return value.strip().lower() == "true"
        case "number", str():
            try:
                number = float(value)
            except ValueError:
                return WRONG
            return WRONG if not math.isfinite(number) else int(number) if number.is_integer() else number
        case "types", list():
            return [one for one in value if isinstance(one, str)] or WRONG
        case _:
            return WRONG


def _fits(kind: str, value: Any) -> bool:
    if kind == "types" and isinstance(value, list):
        return bool(value) and all(isinstance(one, str) for one in value)
    if kind == "number" and isinstance(value, bool):
        return False
    return isinstance(value, SCALARS[kind])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _shortened(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
