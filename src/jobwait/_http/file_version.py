"""Which version of a file a partial file is the beginning of, kept in a small file beside it."""

import json
import os
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from attrs import frozen

from jobwait._files import open_plain
from jobwait._httpx import httpx

# A weak ETag (W/"…") may stay while bytes change, and an unquoted one is none.
_ETAG: Final = re.compile(r'"[\x21\x23-\x7e]{0,500}"')
_DATE: Final = re.compile(r"[A-Za-z]{3}, \d\d [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d GMT", re.ASCII)
_SETTLED: Final = (
    60.0  # seconds after which no other version can have the same Last-Modified, clocks that differ included
)
_RANGE: Final = re.compile(r"\s*bytes\s+(\d{1,18})-(\d{1,18})/(\d{1,18})\s*", re.ASCII | re.IGNORECASE)


@frozen
class FileVersion:
    """A strong *validator*, an ETag or a Last-Modified as the server wrote it, and the file's *size* if it is known."""

    validator: str
    size: int | None


@frozen
class ContentRange:
    """The bytes of a partial response: from *start* to before *end*, of *size*."""

    start: int
    end: int
    size: int


def validator_of(headers: httpx.Headers) -> str | None:
    """What names the version of a file, so that its rest can be requested later; None if nothing in *headers* does."""
    etag: str = headers.get("etag", "")
    modified: str = headers.get("last-modified", "")
    if _ETAG.fullmatch(etag):
        return etag
    try:
        age = parsedate_to_datetime(headers.get("date", "")) - parsedate_to_datetime(modified)
        settled = age.total_seconds() >= _SETTLED
    except (TypeError, ValueError, OverflowError):
        return None
    return modified if settled and _DATE.fullmatch(modified) else None


def content_range(headers: httpx.Headers) -> ContentRange | None:
    """The Content-Range in *headers*; None if there is none in bytes with the file's size."""
    found = _RANGE.fullmatch(headers.get("content-range", ""))
    if found is None:
        return None
    start, last, size = map(int, found.groups())
    return ContentRange(start, last + 1, size) if start <= last < size else None


def read_version(partial: Path) -> FileVersion | None:
    """What write_version() wrote of *partial*; None if it did not, or if it cannot be read."""
    try:
        with os.fdopen(open_plain(_beside(partial), os.O_RDONLY), "rb") as file:
            validator, size = json.loads(file.read(2000))
        known = size is None or (type(size) is int and size >= 0)
        known = known and bool(_ETAG.fullmatch(validator) or _DATE.fullmatch(validator))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return FileVersion(validator, size) if known else None


def write_version(partial: Path, version: FileVersion) -> None:
    """Keep *version* beside *partial*, where nothing is; one that was cut short is not read."""
    with _beside(partial).open("x", encoding="ascii") as file:
        json.dump([version.validator, version.size], file)


def forget(partial: Path) -> None:
    """Delete what write_version() wrote of *partial*."""
    _beside(partial).unlink(missing_ok=True)


def _beside(partial: Path) -> Path:
    return partial.with_name(f"{partial.name}.version")
