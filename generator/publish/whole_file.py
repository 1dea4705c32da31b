"""Writes a file whole: after any interruption the old or the new one is in place."""

import os
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
