"""Finds the changes between two normalised documents that callers of the client may notice."""

from collections.abc import Callable, Iterator

from generator.diff.addresses import address_changes, key_changes, server_changes
from generator.diff.endpoint_changes import endpoint_changes
from generator.diff.endpoints import pairs
from generator.diff.model_usage import ModelUsage, model_usage
from generator.diff.rules import WORDS, Change
from generator.diff.schema_changes import directed
from generator.diff.values.effective_schema import is_class
from generator.diff.values.schemas import Comparison
from generator.python_names import class_name
from generator.spec.pointers import Document


def changes(old: Document, new: Document) -> list[Change]:
    """Every change from *old* to *new* once, the worst first and those of words last."""
    found = dict.fromkeys(change for stage in STAGES for change in stage(old, new))
    return sorted(found, key=lambda change: (-change.rule.verdict, change.kind == WORDS))


def _document(old: Document, new: Document) -> Iterator[Change]:
    if old["info"] != new["info"]:
        yield Change(WORDS, "info")


def _operations(old: Document, new: Document) -> Iterator[Change]:
    both = []
    for before, after in pairs(old, new):
        if before and after:
            both.append((before, after))
        elif before:
            yield Change("operation removed", before.title, operations=(before.name,))
        elif after:
            yield Change("operation added", after.title, operations=(after.name,))
    yield from address_changes(both)
    yield from server_changes(old, new) if both else ()
    yield from key_changes(both)
    for one in both:
        yield from endpoint_changes(*one)


def _models(old: Document, new: Document) -> Iterator[Change]:
    """The changes of each component by the name of its class; one that is no class is compared where it is used."""
    sides = [_by_class(old), _by_class(new)]
    uses = [model_usage(old), model_usage(new)]
    for name in sorted({*sides[0], *sides[1]}):
        keys = [side[name] for side in sides if name in side]
        concerned = {operation for use in uses for key in keys for operation in use.operations.get(key, ())}
        for change in _model((old, sides[0].get(name)), (new, sides[1].get(name)), uses):
            yield Change(change.kind, change.place, change.detail, tuple(sorted(concerned)))


def _by_class(document: Document) -> dict[str, str]:
    schemas = document["components"]["schemas"]
    return {class_name(key): key for key, schema in schemas.items() if is_class(document, schema)}


Side = tuple[Document, str | None]  # a document, and the key of a component in it


def _model(old: Side, new: Side, uses: list[ModelUsage]) -> Iterator[Change]:
    (before, was), (after, now) = old, new
    if was is None or now is None:
        yield Change("model removed" if now is None else "model added", str(was or now))
        return
    directions = [way for way in ("sent", "read") if uses[0].uses(was, way) or uses[1].uses(now, way)]
    schemas = before["components"]["schemas"][was], after["components"]["schemas"][now]
    for direction in directions or ["read"]:
        for difference in Comparison(before, after, direction).models(*schemas, was):
            yield directed(*difference, direction)


STAGES: tuple[Callable[[Document, Document], Iterator[Change]], ...] = (_document, _operations, _models)
