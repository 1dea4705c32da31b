"""A file that arrives over several requests: its missing bytes, where they are written, and by which process."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from jobwait._httpx import httpx

OVERLAP: Final = 1024  # bytes that are fetched again and compared, as the file may have been replaced
_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,18})-\d{1,18}/(?:(\d{1,18})|\*)\s*", re.ASCII)


def range_header(path: Path | None) -> dict[str, str]:
    """The Range header for the bytes that *path* lacks; empty if it has no bytes yet."""
    size = 0 if path is None else size_of(path)
    return {"range": f"bytes={max(0, size - OVERLAP)}-"} if size else {}


def size_of(path: Path) -> int:
    """The size of *path* in bytes; 0 if there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class Growing:
    """The file *path*, open for the body of a response, which is all of the file or what follows the bytes in it."""

    def __init__(self, path: Path, status: int, headers: httpx.Headers) -> None:
        start, self._total = _content_range(status, headers)
        size = size_of(path)
        if start > size:
            raise httpx.DecodingError(f"the response begins at byte {start}, after the {size} bytes that are here")
        self.file: BinaryIO = path.open("r+b" if start else "wb")
        self._overlap = b""
        if start:
            self.file.seek(start)
            self._overlap = self.file.read(OVERLAP)
            self.file.seek(start)

    def write(self, data: bytes) -> None:
        """Write *data*; if it differs in the overlap, empty the file and raise httpx.DecodingError."""
        if self._overlap:
            again = data[: len(self._overlap)]
            if not self._overlap.startswith(again):
                self.file.truncate(0)
                raise httpx.DecodingError("the file is not the one that was partly fetched before")
            self._overlap = self._overlap[len(again) :]
        self.file.write(data)
        self.file.flush()  # a killed process does not close its files

    def end(self) -> None:
        """Raise httpx.RemoteProtocolError if the file is incomplete: a store may send less than was requested."""
        if self._total is not None and self.file.tell() < self._total:
            raise httpx.RemoteProtocolError("the response held only a part of the missing bytes")


def _content_range(status: int, headers: httpx.Headers) -> tuple[int, int | None]:
    """The offset in the file at which the response begins, and the file's size if a partial response states it."""
    if status != httpx.codes.PARTIAL_CONTENT:
        return 0, None
    found = _RANGE.fullmatch(headers.get("content-range", ""))
    if found is None:
        raise httpx.DecodingError("a partial response without a valid Content-Range")
    return int(found[1]), None if found[2] is None else int(found[2])


@contextmanager
def partial_path(path: Path) -> Iterator[Path]:
    """A hidden file beside *path* until it is complete, which later runs continue; a temporary one if it is locked."""
    part = path.parent / f".{path.name}.part"
    with _lock(part) as locked:
        if locked:
            try:
                yield part
            finally:
                if not size_of(part):
                    part.unlink(missing_ok=True)
            return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def _lock(part: Path) -> Iterator[bool]:
    """Create and lock *part*; False if another process has the lock, or if *part* is a symbolic link."""
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError:
        if not part.is_symlink():
            raise
        yield False
        return
    try:
        yield _flock(handle) and os.path.samestat(os.fstat(handle), part.stat())
    finally:
        os.close(handle)


def _flock(handle: int) -> bool:
    if sys.platform == "win32":
        return True  # there is no flock, but an open file cannot be replaced
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
