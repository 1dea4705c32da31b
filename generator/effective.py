"""The effective spec: the vendor's words with our overlay on them, checked, in one dialect."""

from pathlib import Path

from generator.lint import lint, lint_references, told
from generator.load import load_spec
from generator.mend import mend
from generator.normalise import normalise
from generator.overlay import apply_file
from generator.places import ROOT, SPECS
from generator.pointers import Document


def effective_spec(service: str) -> Document:
    """The spec of *service* as its client is made of it."""
    return read(SPECS / service / "openapi.yaml", SPECS / service / "overlay.yaml")


def read(spec: Path, overlay: Path | None = None) -> Document:
    """Load *spec*, apply *overlay*, mend, lint and normalise."""
    return examined(spec, overlay)[0]


def examined(spec: Path, overlay: Path | None = None) -> tuple[Document, list[str]]:
    """The same, and what was mended, as sentences with file and place."""
    document = load_spec(spec)
    if overlay is not None:
        document = apply_file(document, overlay)
    lint_references(document, shown(spec))
    mended = mend(document)
    lint(document, shown(spec))
    return normalise(document), told(mended, shown(spec))


def shown(spec: Path) -> str:
    """A spec of ours by its place in the repository, any other by its name: never a path of this machine."""
    spec = spec.resolve()
    return spec.relative_to(ROOT).as_posix() if spec.is_relative_to(ROOT) else spec.name
