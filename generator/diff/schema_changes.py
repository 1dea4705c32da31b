"""The changes between two schemas of an operation, as the comparison of values finds them."""

from collections.abc import Iterator

from generator.diff.endpoints import Endpoint
from generator.diff.rules import WORDS, Change
from generator.diff.values.python_names import Naming
from generator.diff.values.schemas import Comparison
from generator.spec.pointers import Document

Side = tuple[Endpoint, Document]  # an operation, and a schema or another part of it


def schema_changes(old: Side, new: Side, place: str, direction: str, names: tuple[Naming, Naming]) -> Iterator[Change]:
    """The changes between the schemas of *old* and *new*; *names* are what their classes are named after."""
    found = Comparison(old[0].document, new[0].document, direction).schemas(old[1], new[1], place, names)
    yield from (directed(*difference, direction) for difference in found)


def directed(kind: str, place: str, detail: str, direction: str) -> Change:
    """The change that a difference between two schemas is, in one direction; words have none."""
    return Change(kind if kind == WORDS else f"{direction}: {kind}", place, detail)


def from_to(old: str, new: str) -> str:
    """The words for a change from *old* to *new*."""
    return f"{old} → {new}"
