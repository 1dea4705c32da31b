"""The effective spec: the vendor's words with our overlay on them, checked, in one dialect."""

from collections.abc import Collection
from pathlib import Path

from generator.discriminators import on_bases
from generator.lint import lint, lint_references, told
from generator.load import load_spec
from generator.mend import mend
from generator.normalise import normalise
from generator.overlay import apply_file
from generator.places import ROOT, SPECS
from generator.pointers import Document, at
from generator.select import select
from generator.shape import shape

ONLY = "x-only-operations"  # where an overlay says which operations the client is to have


def effective_spec(service: str) -> Document:
    """The spec of *service* as its client is made of it."""
    return read(SPECS / service / "openapi.yaml", SPECS / service / "overlay.yaml")


def read(spec: Path, overlay: Path | None = None) -> Document:
    """Load *spec*, apply *overlay*, mend, select, lint and normalise."""
    return examined(spec, overlay)[0]


def examined(
    spec: Path, overlay: Path | None = None, wanted: Collection[str] = (), tags: Collection[str] = ()
) -> tuple[Document, list[str]]:
    """The same for the operations that *wanted*, *tags* or the overlay name; and what was mended, with its place."""
    document = load_spec(spec)
    if overlay is not None:
        document = apply_file(document, overlay)
    only = [str(one) for one in document.pop(ONLY, [])]
    mended = [*shape(document, shown(spec)), *mend(document)]
    on_bases(document)  # before anything is selected: nothing else leads to the models of a base
    document = select(document, [*wanted, *only], tags)
    lint_references(document, shown(spec))
    lint(document, shown(spec))
    return normalise(document), told([place for place in mended if _is_there(document, place[0])], shown(spec))


def _is_there(document: Document, pointer: str) -> bool:
    """Whether what was mended is still of interest: a part that nobody selected is not."""
    try:
        at(document, pointer)
    except (LookupError, TypeError, ValueError):
        return pointer.rpartition("/")[2] in {"enum", "required"}
    return True


def shown(spec: Path) -> str:
    """A spec of ours by its place in the repository, any other by its name: never a path of this machine."""
    spec = spec.resolve()
    return spec.relative_to(ROOT).as_posix() if spec.is_relative_to(ROOT) else spec.name
