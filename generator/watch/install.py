"""Puts a tried document and the clients made of it in place: after a failure all is as it was."""

from collections.abc import Mapping
from pathlib import Path

from generator import paths
from generator.errors import GeneratorError
from generator.publish import manifest
from generator.publish.swap import swap
from generator.publish.whole_file import write_whole


def install(tried: Path, candidate: Path) -> None:
    """
    Replace the files of a service by those in *tried*, its folder in a copy of specs/, and generated/ by *candidate*.

    A file that *tried* lacks is deleted.
    """
    if not manifest.is_current(paths.GENERATED):
        raise GeneratorError("specs/ or generated/ changed while the checks ran; nothing was written. Run it again.")
    folder = paths.SPECS / tried.name
    before = {path: _text(path) for path in folder.glob("*.yaml")}
    after = {folder / path.name: _text(path) for path in tried.glob("*.yaml")}
    try:
        _write(after, before)
        manifest.Manifest.of(candidate).write(candidate)
        swap(candidate, paths.GENERATED)
    except BaseException:
        _write(before, after)
        raise


def _write(files: Mapping[Path, str], others: Mapping[Path, str]) -> None:
    """Write what differs in *files* from what is there, and delete those of *others* that are not among them."""
    for path, text in files.items():
        if not path.exists() or _text(path) != text:
            path.touch()
            write_whole(path, text)
    for path in [one for one in others if one not in files]:
        path.unlink(missing_ok=True)


def _text(path: Path) -> str:
    """The text of *path* with its line ends as they are."""
    return path.read_bytes().decode()
