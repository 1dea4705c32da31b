"""Normalises a document: equal meanings get one form, so that the emitters support one dialect of OpenAPI."""

import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.names.shared_titles import tell_titles_apart
from generator.spec.operations import operations
from generator.spec.pointers import Document, objects, schemas
from generator.spec.requests.keys import UNSENDABLE
from generator.spec.requests.media_types import json_first
from generator.spec.requests.parameter_styles import STYLES
from generator.spec.schemas.directions import separate_directions, separate_files
from generator.spec.schemas.discriminators import make_explicit, rename_mappings

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
    """A copy of *document* with the same meaning, as OpenAPI 3.1 in the one form that the emitters support."""
    document = deepcopy(document)
    for step in STEPS:
        step(document)
    return document


def _move_security_to_operations(document: Document) -> None:
    inherited, unsendable = document.pop("security", []), document.pop(UNSENDABLE, None)
    for _, _, _, operation in operations(document):
        if unsendable and "security" not in operation:
            operation[UNSENDABLE] = True
        operation.setdefault("security", deepcopy(inherited))


def _nullable_to_any_of(document: Document) -> None:
    """`nullable: true`, `type: [X, "null"]` and `oneOf: [X, null]` become `anyOf: [X, null]`."""
    for _, schema in list(schemas(document)):
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
    """Replace *schema* by anyOf of itself and null; annotations of the field stay on the outer schema."""
    inner = {key: value for key, value in schema.items() if key not in ANNOTATIONS}
    if isinstance(inner.get("enum"), list):
        inner["enum"] = [value for value in inner["enum"] if value is not None]
    for key in inner:
        del schema[key]
    alternatives = inner.pop("anyOf", None) or inner.pop("oneOf", None) if set(inner) & {"anyOf", "oneOf"} else None
    schema["anyOf"] = [*(alternatives or [inner]), dict(NULL)]


def _null_last(document: Document) -> None:
    """Null is listed once and last, so that specs that differ only in its position give the same client."""
    for _, schema in schemas(document):
        if NULL in schema.get("anyOf", []):
            schema["anyOf"] = [one for one in schema["anyOf"] if one != NULL] + [dict(NULL)]


def _exclusive_limits_to_numbers(document: Document) -> None:
    """OpenAPI 3.0 has a boolean where 3.1 has the limit itself."""
    for _, schema in schemas(document):
        for flag, limit in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if schema.get(flag) is True and limit in schema:
                schema[flag] = schema.pop(limit)
            elif schema.get(flag) is False:
                del schema[flag]


def _titled_objects_to_components(document: Document) -> None:
    """An inline object schema with a title becomes a component of that name."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for pointer, schema in reversed(list(schemas(document))):
        title = str(schema.get("title", ""))
        inline = not re.fullmatch(r"/components/schemas/[^/]+", pointer)
        if not inline or schema.get("type") != "object" or "properties" not in schema or not _is_name(title):
            continue
        body = dict(schema)
        if title not in components and class_name(title) in {*RESERVED_CLASSES, *map(class_name, components)}:
            continue
        if components.setdefault(title, body) == body:
            schema.clear()
            schema["$ref"] = f"#/components/schemas/{title}"


def _explicit_discriminators(document: Document) -> None:
    for _, schema in list(schemas(document)):
        if "discriminator" in schema:
            make_explicit(document, schema)


def _shorten_component_names(document: Document) -> None:
    """A component such as api__features__schemas__POIInfo is renamed to its title if that is unique."""
    components = document["components"]["schemas"]
    titles = [schema.get("title") for schema in components.values()]
    renamed = {
        key: schema["title"]
        for key, schema in components.items()
        if "__" in key and _is_name(schema.get("title")) and titles.count(schema["title"]) == 1
    }
    renamed = {key: title for key, title in renamed.items() if title not in components}
    document["components"]["schemas"] = {renamed.get(key, key): schema for key, schema in components.items()}
    places = {f"#/components/schemas/{key}": f"#/components/schemas/{title}" for key, title in renamed.items()}
    for _, node in list(objects(document)):
        if node.get("$ref") in places:
            node["$ref"] = places[node["$ref"]]
    rename_mappings(document, places)


def _remove_component_titles(document: Document) -> None:
    """The component's key is its name; datamodel-code-generator would prefer the title."""
    for schema in document["components"]["schemas"].values():
        schema.pop("title", None)


def _is_name(title: Any) -> bool:
    return isinstance(title, str) and NAME.fullmatch(title) is not None


def _usual_styles_left_out(document: Document) -> None:
    """A style that is the default of its place means the same as none."""
    for pointer, node in objects(document):
        place = node.get("in") if pointer.rpartition("/")[0].endswith("/parameters") else None
        if place in STYLES and node.get("style") == STYLES[place][0]:
            del node["style"]
        if place in STYLES and node.get("explode") == (node.get("style", STYLES[place][0]) == "form"):
            del node["explode"]
        if place in STYLES and node.get("allowReserved") is False:
            del node["allowReserved"]


STEPS: tuple[Callable[[Document], None], ...] = (
    json_first,
    _usual_styles_left_out,
    _move_security_to_operations,
    _exclusive_limits_to_numbers,
    _nullable_to_any_of,
    _null_last,
    _titled_objects_to_components,
    tell_titles_apart,
    _explicit_discriminators,
    _shorten_component_names,
    _remove_component_titles,
    separate_directions,
    separate_files,
)
