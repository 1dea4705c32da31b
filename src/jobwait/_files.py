"""
Files in folders that others may write to: nothing is written through a link, and a new file appears whole.

A new file is written beside its place under a random name, which cannot be planted, and renamed. Other names of a file
that is replaced (hard links) keep the old content.
"""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from jobwait.errors import InvalidInput

FILE: Final = "a file"
_KINDS: Final = {
    stat.S_IFREG: FILE,
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
}
# A FIFO without a reader must not block; Windows has none of the first two, the others not the last one.
_PLAIN: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def kind_of(path: Path) -> str | None:
    """What is at *path*, links not followed: "a file", "a symbolic link", …; None: nothing."""
    try:
        return _KINDS.get(stat.S_IFMT(path.lstat().st_mode), "a device")
    except (FileNotFoundError, NotADirectoryError):
        return None


def check_free(path: Path, *, overwrite: bool, hint: str = "overwrite it, or write elsewhere") -> None:
    """Raise InvalidInput if *path* is there, unless it is a plain file and *overwrite* allows to replace it."""
    try:
        kind = kind_of(path)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InvalidInput(f"{str(path)!r} cannot be written ({why}); name another place.") from error
    if kind not in {None, FILE}:
        raise InvalidInput(f"{path} is {kind} and is not replaced; name another place.")
    if kind and not overwrite:
        raise InvalidInput(f"{path} is there already; {hint}.")


@contextmanager
def new_file(path: Path, *, overwrite: bool = False, keep_empty: bool = True) -> Iterator[BinaryIO]:
    """
    A file that appears at *path* at the end of the block, unless it is empty and *keep_empty* is False.

    On an error nothing has changed. Raises InvalidInput as check_free() does, and OSError if it cannot be written.
    """
    import secrets  # noqa: PLC0415 - a wait writes no file

    check_free(path, overwrite=overwrite)
    part = path.with_name(f".jobwait-{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            empty = not file.tell()
        check_free(path, overwrite=overwrite)
        if empty and not keep_empty:
            path.unlink(missing_ok=True)
        else:
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write *text* as new_file() does; lone surrogates, which UTF-8 cannot hold, become escapes that JSON can read."""
    with new_file(path, overwrite=overwrite) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def open_input(path: Path) -> BinaryIO:
    """*path*, open for reading, links followed; raises OSError if it is a FIFO or a device, whose bytes come once."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a file that can be read twice", str(path))
    return path.open("rb")


def open_plain(path: Path, flags: int) -> int:
    """A descriptor of *path*; raises OSError if it is a link, has a second name, or is no plain file."""
    handle = os.open(path, flags | _PLAIN, 0o666)
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode) and found.st_nlink <= 1:
        return handle
    os.close(handle)
    raise OSError(errno.EPERM, "it is not a plain file with one name", str(path))


def try_lock(handle: int) -> bool:
    """Lock the open file *handle*, until it is closed; False if another process has locked it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - not on every system

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
