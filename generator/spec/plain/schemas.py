"""Gives schemas that Python's types cannot express their plainest form; reports what is lost, and where."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, joined, objects, resolved, schemas

DATA_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}
LITERALS = 2**62  # mypy takes no integer from here on as a literal type


def plain_schemas(document: Document) -> list[Finding]:
    """Rewrite the schemas of *document* in place; return the places and what was done there."""
    return [finding for rule in RULES for finding in rule(document)]


def _constants(document: Document) -> Iterator[Finding]:
    """Python has literal types for strings, integers and booleans alone."""
    for pointer, schema in schemas(document):
        if "const" not in schema:
            continue
        value = schema["const"]
        if isinstance(value, float) and value.is_integer() and schema.get("type") == "integer":
            value = schema["const"] = int(value)
        if value is None or type(value) in DATA_TYPES:
            schema.setdefault("type", "null" if value is None else DATA_TYPES[type(value)])
        if isinstance(value, str) or (_is_small(value) and schema["type"] == "integer"):
            continue
        del schema["const"]
        if type(value) in DATA_TYPES:
            _describe(schema, f"Always {json.dumps(value)}.")
            yield joined(pointer, "const"), f"that it is always {json.dumps(value)} is described and not checked"
        elif value is not None:
            yield joined(pointer, "const"), "Python has no type of one object or array; any such value is accepted"


def _is_small(value: Any) -> bool:
    """Whether *value* is an integer that mypy takes as a literal."""
    return isinstance(value, int) and -LITERALS < value < LITERALS


def _tuples(document: Document) -> Iterator[Finding]:
    """An array whose items differ by position becomes one of any of these items."""
    for pointer, schema in schemas(document):
        items = schema.get("items", schema.get("unevaluatedItems", True))
        first = schema.pop("prefixItems", None)
        schema.pop("unevaluatedItems", None)
        if first:
            kinds = [one for index, one in enumerate(first) if one not in first[:index]]
            if isinstance(items, dict) and items not in kinds:
                kinds.append(items)
            schema["items"] = {} if items is True else kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
            if items is False:
                schema.setdefault("maxItems", len(first))
            if len(first) > 1 or items is not False:
                yield (
                    joined(pointer, "prefixItems"),
                    "each item may be of any of these types; positions are not checked",
                )
        elif isinstance(items, bool) and ("items" in schema or schema.get("type") == "array"):
            schema["items"] = {}
            if items is False:
                schema["maxItems"] = 0


def _patterns(document: Document) -> Iterator[Finding]:
    """Fields that a pattern names are additional fields."""
    for pointer, schema in schemas(document):
        closing = schema.pop("unevaluatedProperties", None)
        if closing is not None and "additionalProperties" not in schema:
            schema["additionalProperties"] = closing
        patterns = schema.pop("patternProperties", None)
        if not patterns:
            continue
        rest = schema.get("additionalProperties", True)
        kinds = [*patterns.values(), *([rest] if isinstance(rest, dict) else [])]
        kinds = [one for index, one in enumerate(kinds) if one not in kinds[:index]]
        schema.setdefault("type", "object")
        schema["additionalProperties"] = True if rest is True else kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        names = ", ".join(patterns)
        lost = "their type is not checked" if rest is True else "their names are not checked"
        yield joined(pointer, "patternProperties"), f"fields named like {names} are additional fields; {lost}"


def _conditions(document: Document) -> Iterator[Finding]:
    """Conditions are expressed by no type and checked by no decoder, as limits are not."""
    for _, schema in schemas(document):
        for keyword in ("not", "if", "then", "else", "dependentSchemas", "propertyNames", "contains"):
            schema.pop(keyword, None)
    yield from ()


def _items(document: Document) -> Iterator[Finding]:
    """An array without items holds any JSON."""
    for _, schema in schemas(document):
        types = schema.get("type")
        if types == "array" or (isinstance(types, list) and "array" in types):
            schema.setdefault("items", {})
    yield from ()


def _values_of_paths(document: Document) -> Iterator[Finding]:
    """A path cannot contain null."""
    for _, node in list(objects(document)):
        if node.get("in") == "path" and isinstance(node.get("schema"), dict):
            node["schema"] = _not_null(document, node["schema"])
    yield from ()


def _not_null(document: Document, schema: Document) -> Document:
    """*schema* without null, which no path can contain."""
    plain = resolved(document, schema)
    if plain.get("nullable") is True:
        return {key: value for key, value in plain.items() if key != "nullable"}
    if isinstance(plain.get("type"), list) and "null" in plain["type"]:
        rest = [one for one in plain["type"] if one != "null"]
        return {**plain, "type": rest[0] if len(rest) == 1 else rest}
    for key in ("anyOf", "oneOf"):
        rest = [one for one in plain.get(key, []) if one != {"type": "null"}]
        if key in plain and len(rest) < len(plain[key]):
            others = {name: value for name, value in plain.items() if name not in {key, "default"}}
            return {**rest[0], **others} if len(rest) == 1 and "$ref" not in rest[0] else {**others, key: rest}
    return schema


def _describe(schema: Document, sentence: str) -> None:
    schema["description"] = f"{schema.get('description', '')} {sentence}".strip()


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _conditions,
    _constants,
    _tuples,
    _patterns,
    _items,
    _values_of_paths,
)
