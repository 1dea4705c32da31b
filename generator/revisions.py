"""Revisions: the two sides of a comparison, each a file or what git has of it."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.effective import read
from generator.faults import Fault
from generator.places import SPECS
from generator.pointers import Document


def both(old: str, new: Path) -> tuple[Document, Document]:
    """The spec *new*, and *old*: a file, or the git revision of *new* that is meant; overlays of ours included."""
    overlay = new.parent / "overlay.yaml" if service_of(new) else None
    after = read(new, overlay)
    if Path(old).exists():
        before = Path(old)
        return read(before, before.parent / "overlay.yaml" if service_of(before) else None), after
    with _at_revision(old, new) as folder:
        return read(folder / new.name, folder / "overlay.yaml" if overlay else None), after


def service_of(spec: Path) -> str | None:
    """The service whose spec this is, None for a spec from elsewhere."""
    folder = spec.resolve().parent
    return folder.name if folder.parent == SPECS else None


@contextmanager
def _at_revision(revision: str, spec: Path) -> Iterator[Path]:
    """A folder with *spec* and the overlay beside it as they were at *revision*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (spec.name, "overlay.yaml"):
            content = _show(revision, spec.resolve().parent, file)
            if content is not None:
                (folder / file).write_bytes(content)
        if not (folder / spec.name).exists():
            raise Fault(f"{revision} is neither a file nor a git revision that has {spec.name}.")
        yield folder


def _show(revision: str, folder: Path, file: str) -> bytes | None:
    if revision.startswith("-"):
        return None
    command = ["git", "-C", str(folder), "show", f"{revision}:./{file}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # nosec B603  # noqa: S603 - no shell, no option
    except OSError:
        raise Fault("git is not there; name two files.") from None
    return done.stdout if done.returncode == 0 else None
