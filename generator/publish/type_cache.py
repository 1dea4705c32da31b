"""
What the type checker keeps between runs: its cache, and the one name under which a new client is checked.

Its cache knows modules by their path and text. Under one name, with the same first line, the modules that all clients
share are known from the client that was checked before; each other module is checked anew.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from generator import paths

FOLDER = paths.ROOT / ".mypy_cache" / "candidate"
CHECKED = "checked_client"  # the name of a client while its types are checked
FIRST_LINE = re.compile(r"\A# Generated from .*")
SHARED = frozenset(path.name for path in paths.RUNTIME.glob("*.py") if path.stem != "__init__")


@contextmanager
def free_cache() -> Iterator[Path]:
    """A folder for the checker's cache, which no other run uses in the block: its database has one user at a time."""
    try:
        folder, handle = _locked_folder()
    except OSError:  # a repository that cannot be written to, or a disk that has no locks
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    try:
        yield folder
    finally:
        os.close(handle)


def _locked_folder() -> tuple[Path, int]:
    for number in count():
        folder = FOLDER / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        except OSError:
            os.close(handle)
            raise
        else:
            return folder, handle
    raise AssertionError("count() has no end")


def empty(cache: Path) -> None:
    """Delete all that is in *cache*."""
    for one in cache.iterdir():
        if one.is_dir():
            shutil.rmtree(one)
        else:
            one.unlink()


@contextmanager
def under_one_name(package: Path) -> Iterator[Path]:
    """A folder in which *package* is named CHECKED; what it shares with all clients has no first line of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        checked = folder / CHECKED
        checked.mkdir()
        for part in package.resolve().iterdir():
            if part.name in SHARED:
                text = FIRST_LINE.sub("#", part.read_text(encoding="utf-8"))
                (checked / part.name).write_text(text, encoding="utf-8")
            else:
                (checked / part.name).symlink_to(part)
        yield folder
