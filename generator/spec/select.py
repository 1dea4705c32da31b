"""Selects operations by operationId or tag, and drops the components that they do not refer to."""

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass

from generator.errors import GeneratorError
from generator.python_names import module_name
from generator.spec.operations import names_of, operations
from generator.spec.pointers import Document, at, joined, references, steps


@dataclass(frozen=True)
class Selection:
    """Which operations a client has: those of these names or tags, all if both are empty, but none that is skipped."""

    operations: Collection[str] = ()
    tags: Collection[str] = ()
    skipped: Collection[str] = ()


ALL_OPERATIONS = Selection()


def select(document: Document, chosen: Selection = ALL_OPERATIONS) -> Document:
    """A copy of *document* with the *chosen* operations, and the components that they refer to."""
    document = deepcopy(document)
    if any((chosen.operations, chosen.tags, chosen.skipped)):
        known = [operation for _, _, _, operation in operations(document)]
        _check_tags(known, chosen.tags)
        chosen = Selection(_named(known, chosen.operations), chosen.tags, _named(known, chosen.skipped))
        for _, method, path, operation in list(operations(document)):
            if not _is_chosen(operation, chosen):
                del document["paths"][path][method]
        _drop_unreferenced(document)
    return document


def _is_chosen(operation: Document, chosen: Selection) -> bool:
    names = names_of(operation)
    if names & set(chosen.skipped):
        return False
    if not chosen.operations and not chosen.tags:
        return True
    return bool(names & set(chosen.operations) or set(operation.get("tags", [])) & set(chosen.tags))


def _named(known: list[Document], names: Collection[str]) -> list[str]:
    """*names*, those of functions replaced by the operationIds of these; GeneratorError for one that is neither."""
    ids = {name for operation in known for name in names_of(operation)}
    functions: dict[str, list[str]] = {}
    for one in known:
        functions.setdefault(module_name(str(one["operationId"])), []).append(str(one["operationId"]))
    for name in sorted(names):
        if name not in ids and name not in functions:
            raise GeneratorError(f"No operation has the operationId {name}; there are {', '.join(sorted(ids))}.")
    return [one for name in names for one in ([name] if name in ids else functions[name])]


def _check_tags(known: list[Document], tags: Collection[str]) -> None:
    all_tags = {tag for operation in known for tag in operation.get("tags", [])}
    for tag in sorted(set(tags) - all_tags):
        raise GeneratorError(f"No operation has the tag {tag}; there are {', '.join(sorted(all_tags))}.")


def _drop_unreferenced(document: Document) -> None:
    document.pop("webhooks", None)  # what the service sends is no operation of a client
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
