"""Writes a file whole: after any interruption the old or the new one is in place."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from generator.publish.swap import locked


def write_whole(path: Path, text: str) -> None:
    """Replace the file *path* by *text*, with the permissions that it has. What killed runs have left is deleted."""
    with locked(path.parent):  # so that no other run is about to write the same file
        for leftover in path.parent.glob(f".{path.name}-new-*"):
            leftover.unlink(missing_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-new-", dir=path.parent)
        new = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            new.chmod(path.stat().st_mode)
            new.replace(path)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise
