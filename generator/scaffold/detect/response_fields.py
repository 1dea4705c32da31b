"""The fields of a JSON response in an unknown spec: their paths, types, and whether they may be absent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.spec.pointers import Document, resolved

PATH = tuple[str, ...]
ITEM = "[]"  # the step of a path into the objects of an array
DEPTH = 3
SCALARS = frozenset({"string", "integer"})


@dataclass(frozen=True)
class Field:
    """
    A field of a response: its path and its schema.

    optional: whether its object may lack it or have null in its place. inherited: the same for an object around.
    """

    path: PATH
    schema: Document
    optional: bool = False
    inherited: bool = False

    @property
    def name(self) -> str:
        """The field's own name, in snake_case, without a sign at its beginning such as that of `$id`."""
        return snake_case(self.path[-1]).lstrip("$@_")


def response_schema(document: Document, operation: Document) -> Document | None:
    """The schema of the JSON in the success response; None if it has no JSON."""
    for code, response in sorted(operation["responses"].items()):
        if code.startswith("2") or code == "default":
            for kind, media in (resolved(document, response).get("content") or {}).items():
                schema = media.get("schema")
                if "json" in kind and isinstance(schema, dict):
                    return schema
    return None


def fields(document: Document, schema: Document, path: PATH = (), *, inherited: bool = False) -> Iterator[Field]:
    """Every field of a response, outermost first; fields of objects in arrays are left out."""
    schema = inner(document, schema)
    needed = required(document, schema)
    below = [
        Field((*path, name), one, name not in needed or is_nullable(document, one), inherited)
        for name, one in properties(document, schema).items()
    ]
    yield from below
    if len(path) < DEPTH - 1:
        for one in below:
            yield from fields(document, one.schema, one.path, inherited=one.inherited or one.optional)


def item_fields(document: Document, arrays: list[Field]) -> Iterator[Field]:
    """The fields of the objects in the arrays among *arrays*; in their paths ITEM stands for each object."""
    for array in arrays:
        items = inner(document, array.schema).get("items")
        if isinstance(items, dict) and len(array.path) < DEPTH:
            for name, schema in properties(document, inner(document, items)).items():
                yield Field((*array.path, ITEM, name), schema, optional=True)


def properties(document: Document, schema: Document, depth: int = 0) -> dict[str, Any]:
    """The properties of *schema*, with those of the parts that it joins."""
    merged = dict(schema.get("properties") or {})
    for part in schema.get("allOf", []) if depth < 10 * DEPTH else []:
        merged.update(properties(document, inner(document, part), depth + 1))
    return {name: one for name, one in merged.items() if isinstance(one, dict)}


def inner(document: Document, schema: Document) -> Document:
    """*schema* without references, and without null as an alternative."""
    schema = resolved(document, schema)
    for key in ("anyOf", "oneOf", "allOf"):
        members = [one for one in schema.get(key, []) if one != {"type": "null"}]
        if len(members) == 1 and "properties" not in schema:
            return {
                **inner(document, members[0]),
                **{name: schema[name] for name in ("description",) if name in schema},
            }
    return schema


def is_nullable(document: Document, schema: Document) -> bool:
    """Whether *schema* allows null."""
    schema = resolved(document, schema)
    unions = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    return schema.get("nullable") is True or "null" in (schema.get("type") or ()) or {"type": "null"} in unions


def kinds(schema: Document) -> frozenset[str]:
    """The types that *schema* allows except null; `anything` if it names none."""
    types = schema.get("type", "anything")
    return frozenset([types] if isinstance(types, str) else types) - {"null"}


def is_scalar(document: Document, schema: Document) -> bool:
    """Whether *schema* is a string, an integer or an enum."""
    schema = inner(document, schema)
    unions = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
    is_enum = "enum" in schema or any("const" in one for one in unions)
    return (is_enum and kinds(schema) != {"boolean"}) or kinds(schema) <= SCALARS


def snake_case(name: str) -> str:
    """*name* in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def required(document: Document, schema: Document, depth: int = 0) -> set[str]:
    """The names of the properties that *schema* and the parts that it joins require."""
    names = {str(name) for name in schema.get("required") or []}
    for part in schema.get("allOf", []) if depth < 10 * DEPTH else []:
        names |= required(document, inner(document, part), depth + 1)
    return names
