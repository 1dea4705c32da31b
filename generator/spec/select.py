"""Selects operations by operationId or tag, and drops the components that they do not refer to."""

from collections.abc import Collection
from copy import deepcopy

from generator.errors import GeneratorError
from generator.spec.operations import names_of, operations
from generator.spec.pointers import Document, at, joined, references, steps


def select(document: Document, wanted: Collection[str], tags: Collection[str]) -> Document:
    """A copy of *document* with the operations in *wanted* and those with one of *tags*; with all if both are empty."""
    document = deepcopy(document)
    if wanted or tags:
        _check(document, wanted, tags)
        for _, method, path, operation in list(operations(document)):
            if not names_of(operation) & set(wanted) and not set(operation.get("tags", [])) & set(tags):
                del document["paths"][path][method]
        _drop_unreferenced(document)
    return document


def _check(document: Document, wanted: Collection[str], tags: Collection[str]) -> None:
    known = [operation for _, _, _, operation in operations(document)]
    names = {name for operation in known for name in names_of(operation)}
    for name in sorted(set(wanted) - names):
        raise GeneratorError(f"No operation has the operationId {name}; there are {', '.join(sorted(names))}.")
    all_tags = {tag for operation in known for tag in operation.get("tags", [])}
    for tag in sorted(set(tags) - all_tags):
        raise GeneratorError(f"No operation has the tag {tag}; there are {', '.join(sorted(all_tags))}.")


def _drop_unreferenced(document: Document) -> None:
    empty = [path for path, item in document["paths"].items() if not set(item) - {"parameters", "summary"}]
    for path in empty:
        del document["paths"][path]
    reached: set[tuple[str, ...]] = set()
    waiting = [document["paths"]]
    while waiting:
        for _, reference in references(waiting.pop()):
            place = tuple(steps(reference.removeprefix("#")))[:3]
            if place not in reached and place[0] == "components":
                reached.add(place)
                waiting.append(at(document, joined("", *place)))
    for kind, named in document.get("components", {}).items():
        if kind != "securitySchemes":
            for name in [name for name in named if ("components", kind, name) not in reached]:
                del named[name]
