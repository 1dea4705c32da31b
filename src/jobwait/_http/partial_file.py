"""A file that arrives over several requests: its missing bytes, where they are written, and by which process."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from jobwait._files import kind_of, open_plain, try_lock
from jobwait._http.file_version import (
    ContentRange,
    FileVersion,
    content_range,
    forget,
    read_version,
    validator_of,
    write_version,
)
from jobwait._httpx import httpx

OVERLAP: Final = 1024  # bytes that are fetched again and compared, whatever the server says of its file
_LONGEST_SIZE: Final = 18  # digits


def range_headers(path: Path | None) -> dict[str, str]:
    """
    The headers of a request for the bytes that *path* lacks; empty: all are requested.

    The rest is requested only of the version that *path* has the beginning of; of another one the server sends all.
    """
    size = 0 if path is None else size_of(path)
    if path is None or size <= OVERLAP:
        return {}
    version = read_version(path)
    return {"range": f"bytes={size - OVERLAP}-", "if-range": version.validator} if version else {}


def size_of(path: Path) -> int:
    """The size of *path* in bytes; 0 if there is no such file."""
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0


def discard(path: Path) -> None:
    """Empty the partial file *path*, so that all of it is requested next."""
    forget(path)
    os.close(open_plain(path, os.O_WRONLY | os.O_TRUNC))


class Growing:
    """
    The partial file *path*, open for the body of a response: all of the file, or what follows the bytes in it.

    *wanted* is the Range of the request, as range_headers() made it. Raises httpx.DecodingError if the response does
    not fit; what had arrived is then discarded, so that the next request is for all of the file.
    """

    def __init__(self, path: Path, status: int, headers: httpx.Headers, wanted: str | None) -> None:
        self._path, self._overlap = path, b""
        self._end: int | None = None  # where the bytes of a partial response end
        encoded = headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}
        partial = status == httpx.codes.PARTIAL_CONTENT
        found = content_range(headers) if partial and not encoded else None
        if partial and found is None and wanted is None:
            raise httpx.DecodingError("a partial response without a valid Content-Range")
        self.file: BinaryIO = os.fdopen(open_plain(path, os.O_RDWR), "r+b")
        try:
            if partial and wanted is not None:
                self._continue(int(wanted.removeprefix("bytes=").removesuffix("-")), found, headers)
            else:
                self._begin(found, headers, encoded=encoded)
        except BaseException:
            self.file.close()
            raise

    def _begin(self, found: ContentRange | None, headers: httpx.Headers, *, encoded: bool) -> None:
        """Begin anew, with a response that is all of the file, or its beginning if it is *found* to be partial."""
        self._size = found.size if found is not None else None if encoded else _length(headers)
        if found is not None:
            self._end = found.end
            if found.start:
                raise httpx.DecodingError("a partial response that was not requested")
        forget(self._path)
        self.file.truncate(0)
        validator = None if encoded else validator_of(headers)  # offsets in an encoded file are others
        if validator is not None:
            write_version(self._path, FileVersion(validator, self._size))

    def _continue(self, start: int, found: ContentRange | None, headers: httpx.Headers) -> None:
        """Go on with a response that begins at *start*, if it is of the same version."""
        version, here = read_version(self._path), size_of(self._path)
        if version is None or version.validator not in {headers.get("etag"), headers.get("last-modified")}:
            self._refuse("a partial response of another version of the file")
        if found is None or found.start != start or found.size < here or version.size not in {None, found.size}:
            self._refuse("a partial response whose Content-Range is not what was requested")
        self._size, self._end = found.size, found.end
        self.file.seek(start)
        self._overlap = self.file.read()
        self.file.seek(start)

    def _refuse(self, reason: str) -> NoReturn:
        forget(self._path)
        self.file.truncate(0)
        raise httpx.DecodingError(reason)

    def write(self, data: bytes) -> None:
        """Write *data*; raises httpx.DecodingError if the bytes that are here already differ, or if it is too long."""
        if self._overlap:
            again = data[: len(self._overlap)]
            if not self._overlap.startswith(again):
                self._refuse("the file is not the one that was partly fetched before")
            self._overlap = self._overlap[len(again) :]
        if self._end is not None and self.file.tell() + len(data) > self._end:
            self._refuse("a partial response with more bytes than it states")
        self.file.write(data)
        self.file.flush()  # a killed process does not close its files

    def end(self) -> None:
        """Raise httpx.RemoteProtocolError if the file is incomplete: a store may send less than was requested."""
        if self._overlap or (self._size is not None and self.file.tell() < self._size):
            raise httpx.RemoteProtocolError("the response held only a part of the missing bytes")
        self.file.truncate()


def _length(headers: httpx.Headers) -> int | None:
    """The Content-Length, which is the size of the file if nothing is encoded."""
    stated = headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) <= _LONGEST_SIZE else None


@contextmanager
def partial_path(path: Path) -> Iterator[Path]:
    """
    A hidden file beside *path* until it is complete, which later runs continue.

    A temporary one if another process has locked it, or if it is no plain file of this user: whoever planted it could
    change it later.
    """
    part = path.parent / f".{path.name}.part"
    with _lock(part) as locked:
        if locked:
            yield part
            return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        forget(Path(name))
        Path(name).unlink(missing_ok=True)


@contextmanager
def _lock(part: Path) -> Iterator[bool]:
    """Create and lock *part*, and delete it at the end if it is empty; False if it is another's."""
    try:
        handle = open_plain(part, os.O_RDWR | os.O_CREAT)
        if (lock := _lock_file(part)) != part:
            os.close(handle)
            handle = open_plain(lock, os.O_RDWR | os.O_CREAT)
    except OSError:
        if kind_of(part) is None:
            raise  # the folder cannot be written
        yield False
        return
    locked = False
    try:
        locked = _is_mine(handle) and try_lock(handle) and (lock != part or _is_at(handle, part))
        yield locked
    finally:
        if locked and (lock != part or _is_at(handle, part)) and not size_of(part):
            forget(part)
            part.unlink(missing_ok=True)
        os.close(handle)
        if lock != part:
            with suppress(OSError):  # another process has opened it
                lock.unlink()


def _lock_file(part: Path) -> Path:
    """The file that is locked: *part* itself, except where an open file cannot be renamed."""
    return part.with_name(f"{part.name}.lock") if sys.platform == "win32" else part


def _is_mine(handle: int) -> bool:
    if sys.platform == "win32":
        return True  # the user of a file is not its owner's number there
    else:  # noqa: RET505 - a type checker reads one branch for each system
        return os.fstat(handle).st_uid == os.geteuid()


def _is_at(handle: int, part: Path) -> bool:
    """Whether *part* is the open file still: another process may have completed and renamed it."""
    try:
        return os.path.samestat(os.fstat(handle), part.lstat())
    except FileNotFoundError:
        return False
