"""Adds units, limits, deprecation and uses to descriptions, so that the docstrings contain them."""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from generator.spec.operations import operations
from generator.spec.pointers import Document, objects, resolved, steps

COMPONENTS = "#/components/schemas/"
PARAMETER = re.compile(r"/parameters/[0-9]+$|^/components/parameters/[^/]+$")
DEPRECATED = "Deprecated by its service."
HAS_UNIT = re.compile(r"\b(in|per) \w+", re.IGNORECASE)
# Endings of field names that say the unit.
UNITS = {
    "kW": "kW",
    "kWh": "kWh",
    "kg": "kg",
    "km": "km",
    "ms": "milliseconds",
    "sec": "seconds",
    "seconds": "seconds",
    "secs": "seconds",
    "bytes": "bytes",
    "percent": "percent",
    "pct": "percent",
}


def with_full_descriptions(document: Document) -> Document:
    """A copy of the normalised *document* with extended descriptions."""
    document = deepcopy(document)
    for pointer, node in list(objects(document)):
        if isinstance(node.get("properties"), dict):
            _describe_fields(node["properties"])
        if PARAMETER.search(pointer) and isinstance(node.get("schema"), dict):
            _describe_parameter(node)
    for name, uses in _uses(document).items():
        schema = document["components"]["schemas"].get(name)
        if schema is not None and "$ref" not in schema:
            _add(schema, [f"{'; '.join(uses)}."])
    return document


def _describe_fields(fields: Document) -> None:
    for name, schema in fields.items():
        if isinstance(schema, dict) and "$ref" not in schema:
            _add(schema, _additions(name, schema, schema))


def _describe_parameter(parameter: Document) -> None:
    """Copy a parameter's description into its schema, where openapi-python-client reads it, and extend it."""
    schema = parameter["schema"]
    if "$ref" not in schema:
        schema["description"] = parameter.get("description") or schema.get("description") or ""
        _add(schema, _additions(str(parameter.get("name")), schema, {**schema, **parameter}))


def _additions(name: str, schema: Document, described: Document) -> Iterator[str]:
    unit = described.get("x-unit") or UNITS.get(name.rpartition("_")[2])
    if isinstance(unit, str) and not HAS_UNIT.search(str(described.get("description", ""))):
        yield f"In {unit}."
    for limited in [schema, *(one for one in schema.get("anyOf", []) if isinstance(one, dict))]:
        yield from _limits(limited)
    if described.get("deprecated") is True and described.get("description") != DEPRECATED:
        yield DEPRECATED


def _limits(schema: Document) -> Iterator[str]:
    for low, high, words in (
        ("minimum", "maximum", ("From {} to {}.", "At least {}.", "At most {}.")),
        ("exclusiveMinimum", "exclusiveMaximum", ("Between {} and {}, exclusive.", "More than {}.", "Less than {}.")),
        ("minLength", "maxLength", ("{} to {} characters.", "At least {} characters.", "At most {} characters.")),
        ("minItems", "maxItems", ("{} to {} items.", "At least {} items.", "At most {} items.")),
    ):
        least, most = schema.get(low), schema.get(high)
        if least is not None and most is not None:
            yield words[0].format(least, most)
        elif least is not None or most is not None:
            yield words[1 if most is None else 2].format(least if most is None else most)
    if "multipleOf" in schema:
        yield f"A multiple of {schema['multipleOf']}."
    if isinstance(schema.get("pattern"), str):
        yield f"Matches {schema['pattern']}."


def _uses(document: Document) -> dict[str, list[str]]:
    """For each component that is a request or response body: the operations, as phrases."""
    uses: dict[str, list[str]] = {}
    for _, _, _, operation in operations(document):
        for role, holder in _bodies(document, operation):
            for name in _component_names(holder):
                phrases = uses.setdefault(name, [])
                phrase = f"{role} of {operation.get('operationId')}"
                if phrase not in phrases:
                    phrases.append(phrase)
    return uses


def _bodies(document: Document, operation: Document) -> Iterator[tuple[str, Any]]:
    yield "Body", resolved(document, operation.get("requestBody", {}))
    for code, response in operation["responses"].items():
        if code.startswith("2"):
            yield "Answer", resolved(document, response)


def _component_names(holder: Any) -> Iterator[str]:
    for media in (holder.get("content") or {}).values():
        schema = media.get("schema") or {}
        for one in (schema, schema.get("items") or {}):
            if isinstance(one, dict) and str(one.get("$ref", "")).startswith(COMPONENTS):
                yield steps(one["$ref"])[-1]


def _add(schema: Document, additions: Iterable[str]) -> None:
    added = " ".join(additions)
    if added:
        given = str(schema.get("description") or "").rstrip()
        closed = given if not given or given.endswith((".", "!", "?", ":")) else f"{given}."
        schema["description"] = f"{closed} {added}".strip()
