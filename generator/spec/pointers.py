"""JSON pointers and local references: how a place in a document is written, and which value is there."""

import re
from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
DATA = frozenset({"example", "examples", "default", "enum", "const"})  # their values are data, not schemas
# Their values are maps: the keys are names that somebody chose, `type` or `allOf` as well as any other.
NAMED = frozenset(
    {
        *("properties", "patternProperties", "dependentSchemas", "$defs", "definitions"),
        *("paths", "webhooks", "callbacks", "responses", "content", "headers", "encoding", "variables", "links"),
        *("schemas", "parameters", "requestBodies", "securitySchemes", "pathItems", "mapping", "scopes"),
    }
)
SCHEMA_MAPS = frozenset({"schemas"})  # outside a schema: the maps of schemas
NOT_SCHEMAS = frozenset({"discriminator", "xml", "externalDocs", "mapping"})  # parts of a schema that are none
MEMBER = re.compile(r"/(allOf|anyOf|oneOf)/[0-9]+$")


def joined(pointer: str, *steps: object) -> str:
    """*pointer* with *steps* appended, escaped as RFC 6901 requires."""
    for step in steps:
        text = str(step)
        if "~" in text or "/" in text:
            text = text.replace("~", "~0").replace("/", "~1")
        pointer = f"{pointer}/{text}"
    return pointer


def steps(pointer: str) -> list[str]:
    """The steps of *pointer*, unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def at(document: Any, pointer: str) -> Any:
    """The value at *pointer*; LookupError if there is none."""
    for step in steps(pointer):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def objects(document: Any) -> Iterator[tuple[str, Document]]:
    """
    Every object of *document* with its pointer, outermost first.

    Maps of names such as `properties` are left out, their values are not. Examples and defaults are data and left out.
    """
    yield from ((pointer, node) for pointer, node, _ in _walk(document))


def schemas(document: Any) -> Iterator[tuple[str, Document]]:
    """Every schema of *document*, a whole document, with its pointer, outermost first."""
    yield from ((pointer, node) for pointer, node, is_schema in _walk(document) if is_schema)


def _walk(document: Any) -> Iterator[tuple[str, Document, bool]]:
    """Every object, its pointer, and whether it is a schema."""
    waiting: list[tuple[str, Any, bool, bool]] = [("", document, False, False)]
    while waiting:
        pointer, node, named, schema = waiting.pop()
        inner: list[tuple[str, Any, bool, bool]]
        if isinstance(node, list):
            inner = [(f"{pointer}/{index}", one, False, schema) for index, one in enumerate(node) if _is_part(one)]
        elif named:
            inner = [(joined(pointer, key), one, False, schema) for key, one in node.items() if _is_part(one)]
        else:
            yield pointer, node, schema
            inner = [
                (joined(pointer, key), one, key in NAMED and isinstance(one, dict), _holds_schemas(key, schema))
                for key, one in node.items()
                if _is_part(one) and key not in DATA and not key.startswith("x-")
            ]
        waiting.extend(reversed(inner))


def _is_part(value: Any) -> bool:
    return isinstance(value, dict | list)


def _holds_schemas(key: str, in_schema: bool) -> bool:
    return key not in NOT_SCHEMAS if in_schema else key == "schema" or key in SCHEMA_MAPS


def composition_of(pointer: str) -> str:
    """`allOf`, `anyOf` or `oneOf` if the schema at *pointer* is a member of one, else an empty string."""
    found = MEMBER.search(pointer)
    return found[1] if found else ""


def references(document: Any) -> Iterator[tuple[str, str]]:
    """Every `$ref` of *document*: the pointer of the object that contains it, and its value."""
    for pointer, node in objects(document):
        if isinstance(node.get("$ref"), str):
            yield pointer, node["$ref"]


def resolved(document: Document, node: Any) -> Any:
    """*node*, or the value that its local reference leads to."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"] not in seen:
        seen.add(node["$ref"])
        node = at(document, node["$ref"].removeprefix("#"))
    return node
