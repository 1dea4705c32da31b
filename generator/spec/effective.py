"""Runs the steps of this package in order: from a spec file and its overlay to one checked, normalised document."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from generator import paths
from generator.errors import Finding, GeneratorError
from generator.spec.declared_jobs import JOB, check_job
from generator.spec.lint import lint
from generator.spec.load import load_spec
from generator.spec.names.long_names import shorten_names
from generator.spec.names.operation_names import shorten_operation_ids
from generator.spec.normalise import normalise
from generator.spec.operations import METHODS, names_of, operations, path_pattern
from generator.spec.overlays.apply import Applied, applied_file
from generator.spec.overlays.errors import action_of, named_in_errors, where_of
from generator.spec.plain.rules import keep_plain
from generator.spec.plain.types import known_types
from generator.spec.pointers import Document, steps
from generator.spec.repair import repair
from generator.spec.requests.keys import remove_unsendable
from generator.spec.requests.prepare import prepare_requests
from generator.spec.schemas.discriminators import expand_base_types, state_implicit_names
from generator.spec.schemas.local_references import localise_references
from generator.spec.select import ALL_OPERATIONS, Selection, select
from generator.spec.shape import repair_shape

# Each relies on those before: parts of the right kind, references to components alone, types that JSON Schema knows.
BEFORE_SELECTION: tuple[Callable[[Document], Iterable[Finding]], ...] = (
    repair_shape,
    localise_references,
    known_types,
    prepare_requests,
    state_implicit_names,
    repair,
    shorten_operation_ids,
    shorten_names,
    remove_unsendable,
)
ONLY_OPERATIONS = "x-only-operations"  # an overlay lists in it the operations that the client contains


def read_spec(spec: Path, overlay: Path | None = None, *, fitting: bool = False) -> Document:
    """
    The normalised document of *spec* with *overlay* applied; GeneratorError for errors that no repair can fix.

    With *fitting*, parts of the overlay that do not fit the document are left out.
    """
    return read_with_findings(spec, overlay, fitting=fitting)[0]


def read_with_findings(
    spec: Path, overlay: Path | None = None, chosen: Selection = ALL_OPERATIONS, *, fitting: bool = False
) -> tuple[Document, list[Finding]]:
    """The same for the *chosen* operations; and what was repaired or put into its plainest form in their parts."""
    return prepared(load_spec(spec), spec, overlay, chosen, fitting=fitting)


def prepared(
    document: Document,
    spec: Path,
    overlay: Path | None = None,
    chosen: Selection = ALL_OPERATIONS,
    *,
    fitting: bool = False,
) -> tuple[Document, list[Finding]]:
    """The same for a *document* that was loaded from *spec* already, and is changed."""
    done = Applied(document) if overlay is None else applied_file(document, overlay, fitting=fitting)
    document, name = done.document, display_name(spec)
    job = document.pop(JOB, None)
    with named_in_errors(done.written, name, where_of(overlay or spec)):
        chosen = with_only(document, chosen, name)
        findings = whole(document)
        if fitting:
            known = {one for _, _, _, operation in operations(document) for one in names_of(operation)}
            chosen = replace(chosen, operations=[one for one in chosen.operations if one in known] or chosen.operations)
        document, findings = selected(document, findings, name, chosen)
    if job is not None:
        check_job(job, document, name)
        document[JOB] = job
    where = where_of(overlay or spec, display_name(overlay or spec))
    return document, [(place, text + action_of(place, done.written, where)) for place, text in findings]


def with_only(document: Document, chosen: Selection, name: str) -> Selection:
    """*chosen*, with the operations that the overlay cuts *document* to, whose name is *name* in errors."""
    only = document.pop(ONLY_OPERATIONS, [])
    if not isinstance(only, list) or not all(isinstance(one, str) for one in only):
        raise GeneratorError(f"{name} has no usable selection:", [f"{name} at /{ONLY_OPERATIONS}: not a list of names"])
    return replace(chosen, operations=[*chosen.operations, *only])


def whole(document: Document) -> list[Finding]:
    """Repair all of *document* in place, before any selection; return the places and what was done there."""
    findings = [finding for step in BEFORE_SELECTION for finding in step(document)]
    expand_base_types(document)  # before the selection: no reference leads from a base type to its derived types
    return findings


def selected(
    document: Document, findings: list[Finding], name: str, chosen: Selection
) -> tuple[Document, list[Finding]]:
    """The normalised part of a whole *document* that is *chosen*, and what was found and done in that part."""
    document = select(document, chosen)
    kept = _places(document)
    findings = [one for one in findings if _is_in(kept, one[0])]
    findings += keep_plain(document)
    lint(document, name)
    return normalise(document), findings


def _places(document: Document) -> set[tuple[str, ...]]:
    """The operations and components of *document*; the names of path parameters, which are repaired, do not matter."""
    patterns = {(path_pattern(path), key) for path, item in document.get("paths", {}).items() for key in [*item, ""]}
    named = {(kind, name) for kind, part in document.get("components", {}).items() for name in part}
    return {*(("paths", *one) for one in patterns), *(("components", *one) for one in named)}


def _is_in(places: set[tuple[str, ...]], pointer: str) -> bool:
    """Whether the operation or component of a finding at *pointer* is in *places*: others are not reported."""
    match steps(pointer):
        case ["paths", path, method, *_] if method in METHODS:
            return ("paths", path_pattern(path), method) in places
        case ["paths", path, *_]:
            return ("paths", path_pattern(path), "") in places
        case ["components", kind, name, *_]:
            return ("components", kind, name) in places
    return True


def display_name(spec: Path) -> str:
    """
    The path in the repository of a spec in it, the file name of any other: never an absolute path.

    Of one in a copy of specs/ that is tried, it is the place for which it is meant.
    """
    spec = spec.resolve()
    if not spec.is_relative_to(paths.ROOT):
        return spec.name
    first, *others = spec.relative_to(paths.ROOT).parts
    return Path(*others if first.startswith(paths.scratch_prefix(paths.SPECS)) else (first, *others)).as_posix()
