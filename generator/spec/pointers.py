"""JSON pointers and local references: how a place in a document is written, and which value is there."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
DATA = frozenset({"example", "examples", "default", "enum", "const"})  # their values are data, not schemas
NAMED = frozenset({"properties", "patternProperties", "schemas", "responses", "parameters", "paths"})


def joined(pointer: str, *steps: object) -> str:
    """*pointer* with *steps* appended, escaped as RFC 6901 requires."""
    return "".join([pointer, *("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)])


def steps(pointer: str) -> list[str]:
    """The steps of *pointer*, unescaped."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def at(document: Any, pointer: str) -> Any:
    """The value at *pointer*; LookupError if there is none."""
    for step in steps(pointer):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def objects(document: Any) -> Iterator[tuple[str, Document]]:
    """Every object of *document* with its pointer, outermost first; examples and defaults are data and left out."""
    waiting: list[tuple[str, Any, bool]] = [("", document, False)]
    while waiting:
        pointer, node, named = waiting.pop()
        if isinstance(node, dict):
            yield pointer, node
            inner = [
                (joined(pointer, key), value, key in NAMED and not named)
                for key, value in node.items()
                if named or (key not in DATA and not key.startswith("x-"))
            ]
        else:
            inner = [(joined(pointer, index), value, False) for index, value in enumerate(node)]
        waiting.extend(entry for entry in reversed(inner) if isinstance(entry[1], dict | list))


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
