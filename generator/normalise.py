"""Normalise: say the same thing the same way, so that the tools behind it need to know one dialect only."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from generator.discriminators import explicit, moved
from generator.lint import operations
from generator.names import TAKEN_CLASSES, class_name
from generator.pointers import Document, objects, references

NULL = {"type": "null"}
ANNOTATIONS = (
    "title",
    "description",
    "discriminator",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "example",
    "examples",
)
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def normalise(document: Document) -> Document:
    """A copy of *document* that means the same, in the one dialect of this project."""
    document = deepcopy(document)
    for step in STEPS:
        step(document)
    return document


def _security_stands_on_operations(document: Document) -> None:
    inherited = document.pop("security", [])
    for _, _, _, operation in operations(document):
        operation.setdefault("security", deepcopy(inherited))


def _nullable_is_any_of(document: Document) -> None:
    """`nullable: true`, `type: [X, "null"]` and `oneOf: [X, null]` all become `anyOf: [X, null]`."""
    for _, schema in list(objects(document)):
        types = schema.get("type")
        if schema.pop("nullable", None) is True:
            _make_nullable(schema)
        elif isinstance(types, list) and "null" in types and len(types) > 1:
            rest = [one for one in types if one != "null"]
            schema["type"] = rest[0] if len(rest) == 1 else rest
            _make_nullable(schema)
        elif NULL in schema.get("oneOf", []) and "anyOf" not in schema:
            schema["anyOf"] = schema.pop("oneOf")
    document["openapi"] = "3.1.0"


def _make_nullable(schema: Document) -> None:
    """Put the schema itself beside null; what describes the field and not its value stays outside."""
    inner = {key: value for key, value in schema.items() if key not in ANNOTATIONS}
    if isinstance(inner.get("enum"), list):
        inner["enum"] = [value for value in inner["enum"] if value is not None]
    for key in inner:
        del schema[key]
    alternatives = inner.pop("anyOf", None) or inner.pop("oneOf", None) if set(inner) & {"anyOf", "oneOf"} else None
    schema["anyOf"] = [*(alternatives or [inner]), dict(NULL)]


def _null_comes_last(document: Document) -> None:
    """One order, and one null: two specs that differ in nothing else give one client."""
    for _, schema in objects(document):
        if NULL in schema.get("anyOf", []):
            schema["anyOf"] = [one for one in schema["anyOf"] if one != NULL] + [dict(NULL)]


def _exclusive_limits_are_numbers(document: Document) -> None:
    """OpenAPI 3.0 has a flag where 3.1 has the limit itself."""
    for _, schema in objects(document):
        for flag, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if schema.get(flag) is True and limit in schema:
                schema[flag] = schema.pop(limit)
            elif schema.get(flag) is False:
                del schema[flag]


def _titled_objects_are_components(document: Document) -> None:
    """A vendor that writes its models inline gives them a title: that is their name in both tools."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for pointer, schema in reversed(list(objects(document))):
        title = str(schema.get("title", ""))
        inline = not re.fullmatch(r"/components/schemas/[^/]+", pointer)
        if not inline or schema.get("type") != "object" or "properties" not in schema or not _is_name(title):
            continue
        body = dict(schema)
        if title not in schemas and class_name(title) in {*TAKEN_CLASSES, *map(class_name, schemas)}:
            continue
        if schemas.setdefault(title, body) == body:
            schema.clear()
            schema["$ref"] = f"#/components/schemas/{title}"


def _discriminators_are_explicit(document: Document) -> None:
    for _, schema in objects(document):
        if "discriminator" in schema:
            explicit(schema)


def _components_bear_short_names(document: Document) -> None:
    """A name such as api__features__schemas__POIInfo gives way to its title, if no other bears that."""
    schemas = document["components"]["schemas"]
    titles = [schema.get("title") for schema in schemas.values()]
    renamed = {
        key: schema["title"]
        for key, schema in schemas.items()
        if "__" in key and _is_name(schema.get("title")) and titles.count(schema["title"]) == 1
    }
    renamed = {key: title for key, title in renamed.items() if title not in schemas}
    document["components"]["schemas"] = {renamed.get(key, key): schema for key, schema in schemas.items()}
    places = {f"#/components/schemas/{key}": f"#/components/schemas/{title}" for key, title in renamed.items()}
    for pointer, reference in list(references(document)):
        if reference in places:
            _at_object(document, pointer)["$ref"] = places[reference]
    moved(document, places)


def _components_need_no_title(document: Document) -> None:
    """The key is the name; one of the tools would take the title instead."""
    for schema in document["components"]["schemas"].values():
        schema.pop("title", None)


def _at_object(document: Document, pointer: str) -> Document:
    return next(node for place, node in objects(document) if place == pointer)


def _is_name(title: Any) -> bool:
    return isinstance(title, str) and NAME.fullmatch(title) is not None


STEPS: tuple[Callable[[Document], None], ...] = (
    _security_stands_on_operations,
    _exclusive_limits_are_numbers,
    _nullable_is_any_of,
    _null_comes_last,
    _titled_objects_are_components,
    _discriminators_are_explicit,
    _components_bear_short_names,
    _components_need_no_title,
)
