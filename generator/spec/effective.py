"""Runs the steps of this package in order: from a spec file and its overlay to one checked, normalised document."""

from collections.abc import Collection
from pathlib import Path

from generator import paths
from generator.errors import GeneratorError, finding_sentences
from generator.spec.discriminators import expand_base_types
from generator.spec.lint import lint, lint_references
from generator.spec.load import load_spec
from generator.spec.long_names import shorten_names
from generator.spec.normalise import normalise
from generator.spec.operations import operations
from generator.spec.overlay import Applied, applied_file
from generator.spec.overlay_errors import named_in_errors, where_of
from generator.spec.pointers import Document, at
from generator.spec.repair import repair
from generator.spec.select import select
from generator.spec.shape import check_shape

ONLY_OPERATIONS = "x-only-operations"  # an overlay lists in it the operations that the client contains


def effective_spec(service: str) -> Document:
    """The normalised document that the client of *service* is generated from."""
    return read_spec(paths.SPECS / service / "openapi.yaml", paths.SPECS / service / "overlay.yaml")


def read_spec(spec: Path, overlay: Path | None = None, *, fitting: bool = False) -> Document:
    """
    The normalised document of *spec* with *overlay* applied; GeneratorError for errors that no repair can fix.

    With *fitting*, parts of the overlay that do not fit the document are left out.
    """
    return read_and_repair(spec, overlay, fitting=fitting)[0]


def read_and_repair(
    spec: Path,
    overlay: Path | None = None,
    wanted: Collection[str] = (),
    tags: Collection[str] = (),
    *,
    fitting: bool = False,
) -> tuple[Document, list[str]]:
    """The same for the operations that *wanted*, *tags* or the overlay name; and one sentence for each repair."""
    done = Applied(load_spec(spec)) if overlay is None else applied_file(load_spec(spec), overlay, fitting=fitting)
    document, name = done.document, display_name(spec)
    with named_in_errors(done.written, name, where_of(overlay or spec)):
        only = _only_operations(document, name)
        repairs = [*check_shape(document, name), *repair(document), *shorten_names(document)]
        if fitting:
            only = [one for one in only if one in _names(document)] or only
        expand_base_types(document)  # before the selection: no reference leads from a base type to its derived types
        document = select(document, [*wanted, *only], tags)
        lint_references(document, name)
        lint(document, name)
    kept = [one for one in repairs if _is_selected(document, one[0])]
    return normalise(document), finding_sentences(kept, name)


def _only_operations(document: Document, name: str) -> list[str]:
    """The operationIds that the overlay cuts the client to; none for all."""
    only = document.pop(ONLY_OPERATIONS, [])
    if not isinstance(only, list) or not all(isinstance(one, str) for one in only):
        raise GeneratorError(f"{name} has no usable selection:", [f"{name} at /{ONLY_OPERATIONS}: not a list of names"])
    return only


def _names(document: Document) -> set[str]:
    return {str(operation.get("operationId")) for _, _, _, operation in operations(document)}


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
