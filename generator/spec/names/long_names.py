"""Shortens names that would be too long for a file: of components, operations and tags."""

import hashlib
from collections.abc import Iterator

from generator.errors import Finding
from generator.spec.operations import DOCUMENTED_ID, operations
from generator.spec.pointers import Document, joined, objects

MAX_LETTERS = 200  # a file name has 255 bytes, and Python's byte code needs some of them
KEPT = 160
SHOWN = 40  # letters of a long name in a message


def shorten_names(document: Document) -> list[Finding]:
    """Shorten long names of *document* in place; return the places and what was done there."""
    return [*_components(document), *_operations(document)]


def short_name(name: str) -> str:
    """*name*, or its beginning with a hash of the whole if it is too long; the same for the same name in any run."""
    if len(name.encode()) <= MAX_LETTERS:
        return name
    beginning = name.encode()[:KEPT].decode(errors="ignore")
    return f"{beginning}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _components(document: Document) -> Iterator[Finding]:
    schemas = document.get("components", {}).get("schemas", {})
    long = {key: short_name(key) for key in schemas if short_name(key) != key}
    if not long:
        return
    yield from ((joined("/components/schemas", new), _sentence(new)) for new in long.values())
    document["components"]["schemas"] = {long.get(key, key): schema for key, schema in schemas.items()}
    moved = {joined("#/components/schemas", key): joined("#/components/schemas", new) for key, new in long.items()}
    for _, node in objects(document):
        if isinstance(node.get("$ref"), str):
            node["$ref"] = moved.get(node["$ref"], node["$ref"])
        discriminator = node.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if isinstance(mapping, dict):
            mapping.update({value: moved.get(one, long.get(one, one)) for value, one in mapping.items()})


def _operations(document: Document) -> Iterator[Finding]:
    for pointer, _, _, operation in operations(document):
        name = str(operation.get("operationId", ""))
        if short_name(name) != name:
            operation.setdefault(DOCUMENTED_ID, name)
            operation["operationId"] = short_name(name)
            yield joined(pointer, "operationId"), _sentence(operation["operationId"])
        tags = operation.get("tags") or []
        for index, tag in enumerate(tags):
            if short_name(tag) != tag:
                tags[index] = short_name(tag)
                yield joined(pointer, "tags", index), _sentence(tags[index])


def _sentence(new: str) -> str:
    return f"the name is too long for a file; it is shortened to {new[:SHOWN]}…{new[-8:]}"
