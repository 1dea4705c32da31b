"""Keys in files, which nobody else may read."""

import os
import stat
from pathlib import Path
from typing import Final

from jobwait._http.api_key import Hidden
from jobwait.errors import InvalidInput

LONGEST: Final = 64 * 1024  # bytes


def key_in_file(path: Path) -> Hidden:
    """The first line of *path*; InvalidInput if others can read the file, or there is no key in it."""
    try:
        with path.open("rb") as file:
            if others_can_read(file.fileno()):
                raise InvalidInput(f"{path}: others can read this key; run `chmod 600 {path}` and replace the key.")
            return key_in(file.read(LONGEST), str(path))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a file that holds the key.") from error


def key_in(content: bytes, place: str) -> Hidden:
    """The first line of *content*; InvalidInput that names its *place* if there is no key in it."""
    key = Hidden(content.decode("utf-8", "replace").partition("\n")[0].strip())
    if not key.value:
        raise InvalidInput(f"{place}: there is no key in it; its first line must be the key.")
    return key


def others_can_read(file: int) -> bool:
    """Whether others than its owner can read the open *file*; False where the system does not say."""
    mode = os.fstat(file).st_mode
    return os.name == "posix" and stat.S_ISREG(mode) and bool(mode & 0o077)
