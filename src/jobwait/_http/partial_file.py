"""A file that arrives over several requests: what is asked for, where it goes on, and whose turn it is to write it."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from jobwait._httpx import httpx

OVERLAP: Final = 1024  # bytes that are fetched again and must be the same: a store promises nothing about its files
_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,18})-\d{1,18}/(?:(\d{1,18})|\*)\s*", re.ASCII)


def rest_of(path: Path | None) -> dict[str, str]:
    """The header that asks for what *path* lacks; none where there is nothing of it yet."""
    size = 0 if path is None else size_of(path)
    return {"range": f"bytes={max(0, size - OVERLAP)}-"} if size else {}


def size_of(path: Path) -> int:
    """The size of *path* in bytes; 0 where there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


class Growing:
    """*path*, open for the body of a response: for all of it, or for what follows what is there."""

    def __init__(self, path: Path, status: int, headers: httpx.Headers) -> None:
        start, self._total = _place_of(status, headers)
        size = size_of(path)
        if start > size:
            raise httpx.DecodingError(f"an answer that begins at byte {start}, where {size} were there")
        self.file: BinaryIO = path.open("r+b" if start else "wb")
        self._known = b""
        if start:
            self.file.seek(start)
            self._known = self.file.read(OVERLAP)
            self.file.seek(start)

    def write(self, data: bytes) -> None:
        """
        Take the next bytes.

        Raises:
            httpx.DecodingError: they are not those that were there before; the file is empty now.

        """
        if self._known:
            again = data[: len(self._known)]
            if not self._known.startswith(again):
                self.file.truncate(0)
                raise httpx.DecodingError("a file that is not the one of which a part was fetched before")
            self._known = self._known[len(again) :]
        self.file.write(data)
        self.file.flush()  # a program that is interrupted may not come to closing it

    def end(self) -> None:
        """
        Say that this answer is over.

        Raises:
            httpx.RemoteProtocolError: the file is not: a store may send less than was asked for.

        """
        if self._total is not None and self.size < self._total:
            raise httpx.RemoteProtocolError("the answer was a part of what is missing")

    @property
    def size(self) -> int:
        """How much of the file there is."""
        return self.file.tell()

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


def _place_of(status: int, headers: httpx.Headers) -> tuple[int, int | None]:
    """At which byte of the file the response begins, and how many that has in all, where a part of it says so."""
    if status != httpx.codes.PARTIAL_CONTENT:
        return 0, None
    found = _RANGE.fullmatch(headers.get("content-range", ""))
    if found is None:
        raise httpx.DecodingError("a part of a file that does not say which")
    return int(found[1]), None if found[2] is None else int(found[2])


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """
    Where *path* may be written until it is whole: a hidden file beside it, which a later run goes on with.

    While another process writes that file, it is one of this run's own, which is gone at the end.
    """
    part = path.parent / f".{path.name}.part"
    with _turn(part) as ours:
        if ours:
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
def _turn(part: Path) -> Iterator[bool]:
    """Whether *part* is ours to write; a link that somebody planted under its name is not."""
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError:
        if not part.is_symlink():
            raise
        yield False
        return
    try:
        yield _lock(handle) and os.path.samestat(os.fstat(handle), part.stat())
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    if sys.platform == "win32":
        return True  # nothing to lock with; an open file cannot be replaced there anyway
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
