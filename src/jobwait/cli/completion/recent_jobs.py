"""
The names of the jobs that `jobwait submit`, `run` and `track submit` submitted last, in a file for completion.

The file is the user's alone, and is bounded. It holds no status URL, which may have a secret in it. Nothing depends on
it: what goes wrong here is ignored.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from jobwait._files import new_file, open_plain
from jobwait.errors import InvalidInput

MOST: Final = 50  # jobs
_OFF: Final = "JOBWAIT_NO_RECENT_JOBS"
_LONGEST: Final = 300  # characters of a name
_LARGEST: Final = 64 * 1024  # bytes that are read


def path() -> Path:
    """Where the file is: in the folder for state of the XDG base directories."""
    given = os.environ.get("XDG_STATE_HOME", "")
    folder = Path(given) if given.startswith("/") else Path.home() / ".local" / "state"
    return folder / "jobwait" / "recent-jobs"


def recent_jobs() -> list[str]:
    """The names in the file, the newest first; none if it cannot be read."""
    with suppress(OSError, RuntimeError, ValueError):  # without a home, too
        handle = open_plain(path(), os.O_RDONLY)
        with os.fdopen(handle, "rb") as file:
            lines = file.read(_LARGEST).decode("utf-8", "replace").splitlines()
        return [line for line in lines if _is_name(line)][:MOST]
    return []


def remember(name: str) -> None:
    """Put the *name* of a job first in the file, unless the environment variable JOBWAIT_NO_RECENT_JOBS is set."""
    if os.environ.get(_OFF) or not _is_name(name):
        return
    with suppress(OSError, RuntimeError, ValueError, InvalidInput):
        names = list(dict.fromkeys([name, *recent_jobs()]))[:MOST]
        place = path()
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with new_file(place, overwrite=True) as file:
            os.chmod(file.name, 0o600)  # noqa: PTH101 - the file that is being written
            file.write("".join(f"{one}\n" for one in names).encode())


def _is_name(text: str) -> bool:
    """Whether *text* is a job's name with ids in it, and no URL."""
    return ":" in text and "://" not in text and "?" not in text and len(text) <= _LONGEST and text.isprintable()
