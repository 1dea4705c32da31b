"""Writes a file whole: after any interruption the old or the new one is in place. The same for several new files."""

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from generator.publish.swap import scratch_folder


def write_whole(path: Path, text: str) -> None:
    """Replace the file *path* by *text*, with the permissions that it has."""
    with scratch_folder(path) as scratch:
        new = scratch / path.name
        with new.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        new.chmod(path.stat().st_mode)
        new.replace(path)


def write_all(files: Mapping[Path, str | Path], existing: Mapping[Path, str]) -> None:
    """
    Write new *files*, each a text or the copy of another file, and replace those *existing*, or leave all as it was.

    An existing file is replaced when all new ones are there.
    """
    made: list[Path] = []
    try:
        for path, content in files.items():
            missing = [one for one in (path, *path.parents) if not one.exists()]
            made += reversed(missing)
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                shutil.copyfile(content, path)
            else:
                path.write_text(content, encoding="utf-8")
        for path, text in existing.items():
            write_whole(path, text)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        raise
