"""Runs the steps of this package in order: from a spec file and its overlay to one checked, normalised document."""

from collections.abc import Collection
from pathlib import Path

from generator import paths
from generator.errors import Finding, finding_sentences
from generator.spec.discriminators import expand_base_types
from generator.spec.lint import lint, lint_references
from generator.spec.load import load_spec
from generator.spec.normalise import normalise
from generator.spec.overlay import apply_file
from generator.spec.pointers import Document, at
from generator.spec.repair import repair
from generator.spec.select import select
from generator.spec.shape import check_shape

ONLY_OPERATIONS = "x-only-operations"  # an overlay lists in it the operations that the client contains


def effective_spec(service: str) -> Document:
    """The normalised document that the client of *service* is generated from."""
    return read_spec(paths.SPECS / service / "openapi.yaml", paths.SPECS / service / "overlay.yaml")


def read_spec(spec: Path, overlay: Path | None = None) -> Document:
    """The normalised document of *spec* with *overlay* applied; GeneratorError for errors that no repair can fix."""
    return read_and_repair(spec, overlay)[0]


def read_and_repair(
    spec: Path, overlay: Path | None = None, wanted: Collection[str] = (), tags: Collection[str] = ()
) -> tuple[Document, list[str]]:
    """The same for the operations that *wanted*, *tags* or the overlay name; and one sentence for each repair."""
    return prepared(load_spec(spec), display_name(spec), overlay, wanted, tags)


def prepared(
    document: Document, name: str, overlay: Path | None = None, wanted: Collection[str] = (), tags: Collection[str] = ()
) -> tuple[Document, list[str]]:
    """The same for a *document* that was loaded already, and is changed; *name* is its name in sentences."""
    if overlay is not None:
        document = apply_file(document, overlay)
    only = [str(one) for one in document.pop(ONLY_OPERATIONS, [])]
    return selected(document, whole(document, name), name, [*wanted, *only], tags)


def selected(
    document: Document, repairs: list[Finding], name: str, wanted: Collection[str], tags: Collection[str] = ()
) -> tuple[Document, list[str]]:
    """The same of a whole document after its *repairs*: only what is selected must be without errors."""
    document = select(document, wanted, tags)
    lint_references(document, name)
    lint(document, name)
    kept = [one for one in repairs if _is_selected(document, one[0])]
    return normalise(document), finding_sentences(kept, name)


def whole(document: Document, name: str) -> list[Finding]:
    """Check and repair all of *document* in place, before any selection; return the places and what was done there."""
    repairs = [*check_shape(document, name), *repair(document)]
    expand_base_types(document)  # before the selection: no reference leads from a base type to its derived types
    return repairs


def _is_selected(document: Document, pointer: str) -> bool:
    """Whether the repaired place is still in *document*: repairs of parts that were not selected are not reported."""
    try:
        at(document, pointer)
    except (LookupError, TypeError, ValueError):
        return pointer.rpartition("/")[2] in {"enum", "required"}
    return True


def display_name(spec: Path) -> str:
    """The path in the repository of a spec in it, the file name of any other: never an absolute path."""
    spec = spec.resolve()
    return spec.relative_to(paths.ROOT).as_posix() if spec.is_relative_to(paths.ROOT) else spec.name
