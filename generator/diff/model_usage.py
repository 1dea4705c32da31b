"""Which operations use each model, and whether the model is sent or read; references are followed."""

from dataclasses import dataclass
from typing import Any

from generator.spec.operations import operations
from generator.spec.pointers import Document, at, references, steps

SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True)
class ModelUsage:
    """The operations that use each model, and the models that are `sent` and `read`."""

    operations: dict[str, set[str]]
    directions: dict[str, set[str]]

    def uses(self, model: str, direction: str) -> bool:
        """Whether *model* is `sent` or `read`, as *direction* says."""
        return model in self.directions[direction]


def model_usage(document: Document) -> ModelUsage:
    """The models that the operations of the normalised *document* use."""
    found = ModelUsage({}, {"sent": set(), "read": set()})
    for _, _, path, operation in operations(document):
        shared = document["paths"][path].get("parameters", [])
        parts = {
            "sent": [shared, operation.get("parameters"), operation.get("requestBody")],
            "read": [operation["responses"]],
        }
        for direction, part in parts.items():
            for model in referenced_models(document, part):
                found.operations.setdefault(model, set()).add(operation["operationId"])
                found.directions[direction].add(model)
    return found


def referenced_models(document: Document, start: Any) -> set[str]:
    """The models that *start* refers to, directly or through other models."""
    seen: set[str] = set()
    waiting = [{"start": start}]
    while waiting:
        for _, reference in references(waiting.pop()):
            if reference not in seen:
                seen.add(reference)
                waiting.append({"start": at(document, reference.removeprefix("#"))})
    return {steps(reference)[-1] for reference in seen if reference.startswith(SCHEMAS)}
