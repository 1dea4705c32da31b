"""Reach: which models an operation sends and reads, through whatever they hold."""

from dataclasses import dataclass
from typing import Any

from generator.lint import operations
from generator.pointers import Document, at, references, steps

SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True)
class Reach:
    """The operations that use each model, and the models that are sent and read."""

    operations: dict[str, set[str]]
    directions: dict[str, set[str]]


def reach(document: Document) -> Reach:
    """What the operations of the normalised *document* reach."""
    found = Reach({}, {"sent": set(), "read": set()})
    for _, _, path, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        parts = {
            "sent": [shared, operation.get("parameters"), operation.get("requestBody")],
            "read": [operation["responses"]],
        }
        for direction, held in parts.items():
            for model in reached(document, held):
                found.operations.setdefault(model, set()).add(operation["operationId"])
                found.directions[direction].add(model)
    return found


def reached(document: Document, start: Any) -> set[str]:
    """The models that *start* refers to, and those that they refer to."""
    seen: set[str] = set()
    waiting = [{"start": start}]
    while waiting:
        for _, reference in references(waiting.pop()):
            if reference not in seen:
                seen.add(reference)
                waiting.append({"start": at(document, reference.removeprefix("#"))})
    return {steps(reference)[-1] for reference in seen if reference.startswith(SCHEMAS)}
