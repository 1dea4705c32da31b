"""Leaves out defaults that are no value of their schema."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.parser.errors import PropertyError
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, resolved
from generator.spec.shape import kinds_of

SHOWN = 40  # characters of a default in a message
MAX_DEPTH = 20  # references that are followed
SCALARS: dict[str, Any] = {"integer": IntProperty, "number": FloatProperty, "boolean": BooleanProperty}
FORMATS: dict[str, Any] = {"date": DateProperty, "date-time": DateTimeProperty, "uuid": UuidProperty}

PLAIN = re.compile(r"(?!.*(nan|inf))[\w:.+-]{1,40}", re.IGNORECASE)  # no text that is more than a number or time


def leave_out_defaults(document: Document) -> Iterator[Finding]:
    """Remove each default that does not fit its schema, or that calls would share: the argument or field has none."""
    for pointer in [pointer for pointer, kind in kinds_of(document).items() if kind == "schema"]:
        schema = at(document, pointer)
        if isinstance(schema, dict) and schema.get("default") is not None and "$ref" not in schema:
            default = schema["default"] = _meant(schema, schema["default"])
            if isinstance(default, dict | list):
                del schema["default"]
                yield joined(pointer, "default"), "a default that is an object or an array is left out"
            elif not _fits(document, schema, default):
                del schema["default"]
                said = f"the default {_shortened(default)} is no value of this schema; it is left out"
                yield joined(pointer, "default"), said


def _meant(schema: Document, value: Any) -> Any:
    """*value* in the type of *schema*: a text of digits may have been read as a number."""
    if schema.get("type") == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if schema.get("type") == "string" and isinstance(value, bool | int | float):
        return json.dumps(value)
    return value


def _fits(document: Document, schema: Any, value: Any, depth: int = 0) -> bool:
    """Whether *value* can be the default of *schema* in Python."""
    schema = resolved(document, schema)
    if depth > MAX_DEPTH or not isinstance(schema, dict):
        return False
    if schema.get("enum"):
        return any(value == one and type(value) is type(one) for one in schema["enum"])
    if "const" in schema:
        return bool(value == schema["const"] and type(value) is type(schema["const"]))
    unions = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if unions:
        return any(_fits(document, one, value, depth + 1) for one in unions)
    if schema.get("allOf"):
        return all(_fits(document, one, value, depth + 1) for one in schema["allOf"])
    stated = schema.get("type")
    kinds = stated if isinstance(stated, list) else [stated]
    return any(_is_value(kind, schema, value) for kind in kinds)


def _is_value(kind: str | None, schema: Document, value: Any) -> bool:
    if kind in {"array", "object"} or "properties" in schema:
        return False
    if kind == "string":
        reader = FORMATS.get(str(schema.get("format")))
        return isinstance(value, str) and (reader is None or _reads(reader, value))
    return kind is None or (kind in SCALARS and _reads(SCALARS[kind], value))


def _reads(reader: Any, value: Any) -> bool:
    if isinstance(value, str) and not PLAIN.fullmatch(value):
        return False
    try:
        read = reader.convert_value(value)
    except OverflowError:
        return False
    return not isinstance(read, PropertyError) and (reader is not FloatProperty or math.isfinite(float(value)))


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
