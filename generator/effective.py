"""The effective spec: the vendor's words with our overlay on them, checked, in one dialect."""

from pathlib import Path

from generator.lint import lint
from generator.load import load_spec
from generator.normalise import normalise
from generator.overlay import apply_file
from generator.places import ROOT, SPECS
from generator.pointers import Document


def effective_spec(service: str) -> Document:
    """The spec of *service* as its client is made of it."""
    return read(SPECS / service / "openapi.yaml", SPECS / service / "overlay.yaml")


def read(spec: Path, overlay: Path | None = None) -> Document:
    """Load *spec*, apply *overlay*, lint and normalise."""
    document = load_spec(spec)
    if overlay is not None:
        document = apply_file(document, overlay)
    lint(document, shown(spec))
    return normalise(document)


def shown(spec: Path) -> str:
    """A spec of ours by its place in the repository, any other by its name: never a path of this machine."""
    spec = spec.resolve()
    return spec.relative_to(ROOT).as_posix() if spec.is_relative_to(ROOT) else spec.name
