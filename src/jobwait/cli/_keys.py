"""Keys that do not come from the environment: from a file that nobody else can read, or from stdin."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

from jobwait.errors import InvalidInput

_LONGEST: Final = 64 * 1024  # bytes


def from_file(path: Path) -> str:
    """
    The first line of *path*.

    Raises:
        InvalidInput: others can read it, or there is no key in it.

    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and stat.S_ISREG(mode) and mode & 0o077:
                raise InvalidInput(f"{path}: others can read this key; run `chmod 600 {path}` and think of a new key.")
            return _key(file.read(_LONGEST), str(path))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a file that holds the key.") from error


def from_stdin() -> str:
    """
    The first line of stdin.

    Raises:
        InvalidInput: there is no key in it.

    """
    return _key(sys.stdin.buffer.readline(_LONGEST), "stdin")


def _key(content: bytes, place: str) -> str:
    key = content.decode("utf-8", "replace").partition("\n")[0].strip()
    if not key:
        raise InvalidInput(f"{place}: there is no key in it; its first line must be the key.")
    return key
