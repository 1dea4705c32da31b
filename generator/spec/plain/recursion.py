"""Ends recursion that no Python type can express: a union or a list that contains itself without an object between."""

from collections.abc import Iterator
from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, joined, objects, steps

COMPONENTS = "/components/schemas"
Needed = tuple[str, Document]  # the pointer of a reference, and its object


def end_circular_bases(document: Document) -> Iterator[Finding]:
    """Leave out the part of an `allOf` through which a schema contains itself: it would have no end of fields."""
    parts = {
        name: [
            (joined(COMPONENTS, name, "allOf", index), part)
            for index, part in enumerate(schema.get("allOf", []))
            if "$ref" in part
        ]
        for name, schema in _components(document).items()
    }
    for pointer, node in _back_edges(parts):
        reference = node.pop("$ref")
        yield pointer, f"{steps(reference)[-1]} contains itself through allOf; this part is left out"


def end_recursion(document: Document) -> Iterator[Finding]:
    """Put any JSON where a schema contains itself through unions and lists alone."""
    needed = {
        name: list(_needed(schema, joined(COMPONENTS, name), deferred=True))
        for name, schema in _components(document).items()
    }
    for pointer, node in _back_edges(needed):
        reference = node.pop("$ref")
        yield pointer, f"{steps(reference)[-1]} contains itself without an object between; any JSON is accepted here"


def _components(document: Document) -> Document:
    found: Document = document.get("components", {}).get("schemas", {})
    return found


def _back_edges(edges: dict[str, list[Needed]]) -> Iterator[Needed]:
    """The edges that close a circle, found by a depth-first walk without recursion."""
    finished: set[str] = set()
    for start, first in edges.items():
        if start in finished:
            continue
        path = [start]
        waiting = [iter(first)]
        while waiting:
            edge = next(waiting[-1], None)
            if edge is None:
                finished.add(path.pop())
                waiting.pop()
                continue
            target = steps(edge[1]["$ref"])[-1]
            if target in path:
                yield edge
            elif target in edges and target not in finished:
                path.append(target)
                waiting.append(iter(edges[target]))


def _needed(schema: Any, pointer: str, *, deferred: bool) -> Iterator[Needed]:
    """The references that must be known to make the type of *schema*; fields of a *deferred* object are read later."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield pointer, schema
        return
    members = list(_members(schema, pointer))
    if _is_union(schema) or (len(members) == 1 and "$ref" in members[0][1]):
        for place, one in members:
            yield from _needed(one, place, deferred=False)
    if schema.get("type") == "array" or "prefixItems" in schema:
        items = list(_items(schema, pointer))
        for place, one in items:
            yield from _needed(one, place, deferred=deferred and len(items) == 1)
    elif _is_union(schema) or not deferred:
        yield from _of_fields(schema, pointer)


def _of_fields(schema: Document, pointer: str) -> Iterator[Needed]:
    fields = {key: schema[key] for key in ("properties", "additionalProperties", "allOf") if key in schema}
    for place, node in objects(fields):
        if isinstance(node.get("$ref"), str):
            yield f"{pointer}{place}", node


def _is_union(schema: Document) -> bool:
    """Whether the type of *schema* is a union: its members are read with it."""
    nullable = schema.get("nullable") is True or isinstance(schema.get("type"), list)
    return nullable or "anyOf" in schema or "oneOf" in schema


def _members(schema: Document, pointer: str) -> Iterator[Needed]:
    for key in ("allOf", "anyOf", "oneOf"):
        for index, one in enumerate(schema.get(key, [])):
            yield joined(pointer, key, index), one


def _items(schema: Document, pointer: str) -> Iterator[tuple[str, Any]]:
    yield joined(pointer, "items"), schema.get("items")
    for index, one in enumerate(schema.get("prefixItems", [])):
        yield joined(pointer, "prefixItems", index), one
