"""Reads the two documents of a comparison: each is a file, or a git revision of the file."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator import paths
from generator.errors import GeneratorError
from generator.spec.effective import read_spec
from generator.spec.pointers import Document


def both_documents(old: str, new: Path) -> tuple[Document, Document]:
    """
    The normalised documents of *old*, a file or a git revision of *new*, and of *new*, with their overlays.

    A file that has no overlay, as what a vendor has just published, gets that of the other one, so that our additions
    are no changes. What an overlay adds although a document has it is left out: the vendor's own words are compared.
    """
    overlay = _overlay_of(new)
    if Path(old).exists():
        before = _overlay_of(Path(old)) or overlay
        return read_spec(Path(old), before, fitting=True), read_spec(new, overlay or before, fitting=True)
    after = read_spec(new, overlay, fitting=True)
    with _at_revision(old, new) as folder:
        return read_spec(folder / new.name, folder / "overlay.yaml" if overlay else None, fitting=True), after


def _overlay_of(spec: Path) -> Path | None:
    return spec.parent / "overlay.yaml" if service_of_spec(spec) else None


def service_of_spec(spec: Path) -> str | None:
    """The service that *spec* belongs to; None if the file is not in specs/."""
    folder = spec.resolve().parent
    return folder.name if folder.parent == paths.SPECS else None


@contextmanager
def _at_revision(revision: str, spec: Path) -> Iterator[Path]:
    """A temporary folder with *spec* and its overlay as they were at *revision*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (spec.name, "overlay.yaml"):
            content = _show(revision, spec.resolve().parent, file)
            if content is not None:
                (folder / file).write_bytes(content)
        if not (folder / spec.name).exists():
            raise GeneratorError(f"{revision} is neither a file nor a git revision that has {spec.name}.")
        yield folder


def _show(revision: str, folder: Path, file: str) -> bytes | None:
    if revision.startswith("-"):
        return None
    command = ["git", "-C", str(folder), "show", f"{revision}:./{file}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # nosec B603  # noqa: S603 - no shell, no option
    except OSError:
        raise GeneratorError("git is not installed; name two files.") from None
    return done.stdout if done.returncode == 0 else None
