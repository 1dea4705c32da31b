"""
Result files behind signed links, or of the service's own, fetched into memory or into a folder.

Both functions take *list_links*, an operation that requests the signed links from the service: a list in the order of
the files, or None while there are none yet. It runs again when a link has expired. An OwnFile needs the key, and does
not expire.
"""

import functools
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from jobwait._files import FILE, kind_of
from jobwait._http.file_version import forget
from jobwait._http.partial_file import discard, partial_path, size_of
from jobwait._http.redaction import Link
from jobwait._http.signed_links import OwnFile, fetch_link, link_fault
from jobwait._jobs.request_sequences import read_until_present
from jobwait._model.checks import whole
from jobwait._model.size_limit import SizeLimit, SizeLimitReached
from jobwait._polling.commands import Gather, Operation, compute
from jobwait._polling.job_state import JobState
from jobwait.errors import CallFailed, DownloadFailed, InvalidInput

R = TypeVar("R")
File: TypeAlias = Link | OwnFile
ListLinks: TypeAlias = Callable[[], Operation[Sequence[File] | None]]

PARALLEL_FILES: Final = 4  # enough to hide the latency of the store, few enough to be no load for it
_EXPIRED: Final = frozenset({400, 401, 403, 404})  # the HTTP statuses with which stores refuse an expired link
_KEPT: Final = "what has arrived is kept"
_RANGE_NOT_SATISFIABLE: Final = 416  # the local partial file is longer than the file


def fetch_files(
    job_state: JobState[Any], list_links: ListLinks, max_bytes: int | None = None
) -> Operation[list[bytes]]:
    """
    The content of each file, in order; at most *max_bytes*, a whole number above 0, of them all.

    Raises ResultIncomplete if *list_links* gave None each time, CallFailed if it failed, or the service refused a file
    of its own, and DownloadFailed if a file could not be fetched, or is larger than allowed.
    """
    cap = _cap(job_state, max_bytes)
    return _all(job_state, list_links, lambda links: [_fetch(job_state, link, file, None, cap) for file, link in links])


def download_files(
    job_state: JobState[Any], list_links: ListLinks, folder: Path, max_bytes: int | None = None
) -> Operation[list[Path]]:
    """
    The paths of the files in *folder*, in order; each is complete, and files that exist are not fetched again.

    Raises as fetch_files() does, and DownloadFailed if a file could not be written; what arrived is kept.
    """
    cap, prefix = _cap(job_state, max_bytes), _file_prefix(job_state.job_id)

    def downloads(links: Sequence[tuple[str, File]]) -> list[Operation[Path | None]]:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(job_state, folder, error) from error
        return [
            _download(job_state, link, file, folder / f"{prefix}-{number:03}.jsonl", cap)
            for number, (file, link) in enumerate(links, 1)
        ]

    return _all(job_state, list_links, downloads)


def _cap(job_state: JobState[Any], max_bytes: int | None) -> SizeLimit | None:
    if max_bytes is None:
        return None
    if whole("max_bytes", max_bytes) <= 0:
        raise InvalidInput(f"max_bytes must be more than 0, not {max_bytes}.", service=job_state.service.name)
    return SizeLimit(max_bytes)


def _all(
    job_state: JobState[Any],
    list_links: ListLinks,
    operations: Callable[[Sequence[tuple[str, File]]], Sequence[Operation[R | None]]],
) -> Operation[list[R]]:
    """Results of *operations* on links, each with a name such as "2 of 5"; if one is None, all links are renewed."""

    def attempt() -> Operation[list[R] | None]:
        links = yield from list_links()
        if links is None:
            return None
        named = [(f"{number} of {len(links)}", link) for number, link in enumerate(links, 1)]
        results = (yield Gather(operations(named), PARALLEL_FILES)).value
        assert isinstance(results, list), "the result of Gather is a list"  # noqa: S101
        return None if None in results else results

    return read_until_present(job_state.service, job_state.job_id, attempt, "its results")


def _download(
    job_state: JobState[Any], link: File, file: str, path: Path, cap: SizeLimit | None
) -> Operation[Path | None]:
    """*path*, which holds the file now; None if the link has expired."""
    try:
        if _is_there(job_state, path):
            return path
        with partial_path(path) as partial:
            if (yield from _fetch(job_state, link, file, partial, cap)) is None:
                return None
            yield from compute(functools.partial(_sync, partial))
            forget(partial)
            _is_there(job_state, path)  # another download may have been faster; anything else is refused
            partial.replace(path)
    except OSError as error:
        raise _unwritable(job_state, path.parent, error) from error
    return path


def _fetch(
    job_state: JobState[Any], link: File, file: str, into: Path | None, cap: SizeLimit | None
) -> Operation[bytes | None]:
    """The content of the file, which is empty if it went *into* a path; None if the link has expired."""
    fault = link_fault(job_state.service, job_state.client, link) if isinstance(link, Link) else None
    if fault is not None:
        raise DownloadFailed.about(job_state.service, job_state.job_id, f"result file {file}: {fault}")
    try:
        return (yield from fetch_link(job_state.service, job_state.client, link, job_state.job_id, into, cap))
    except CallFailed as error:
        if error.status in _EXPIRED and isinstance(link, Link):
            return None
        if error.status == _RANGE_NOT_SATISFIABLE and into is not None and size_of(into):
            discard(into)
            return (yield from _fetch(job_state, link, file, into, cap))
        if error.status in _EXPIRED:
            raise  # its own sentence is about the key, or about a file that is gone
        fact = f"result file {file} could not be fetched: {error.status or 'no response came'}. Download again later."
        if isinstance(error.__cause__, SizeLimitReached):
            fact = f"result file {file} is incomplete, as {error.__cause__}. Allow more, and download again: {_KEPT}."
        raise DownloadFailed.about(job_state.service, job_state.job_id, fact, status=error.status) from error


def _sync(path: Path) -> None:
    """Have the disk keep what *path* holds."""
    with path.open("r+b") as complete:  # Windows refuses it for a file that is open to be read
        os.fsync(complete.fileno())


def _is_there(job_state: JobState[Any], path: Path) -> bool:
    """Whether *path* is a file; DownloadFailed if it is something else, a link for instance."""
    kind = kind_of(path)
    if kind in {None, FILE}:
        return kind == FILE
    fact = f"{path} is {kind} and is not replaced. Remove it, or name another folder, and download again."
    raise DownloadFailed.about(job_state.service, job_state.job_id, fact)


def _unwritable(job_state: JobState[Any], folder: Path, error: OSError) -> DownloadFailed:
    fact = f"{folder} cannot be written ({error.strerror}). What had arrived is kept"
    next_step = "free some space, or name another folder, and download again."
    return DownloadFailed.about(job_state.service, job_state.job_id, f"{fact}; {next_step}")


def _file_prefix(job_id: str) -> str:
    """*job_id* as part of a file name; a checksum keeps ids apart that differ in replaced characters or in case."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in job_id)[:80]
    checksum = "" if plain == job_id == job_id.lower() else f"-{zlib.crc32(job_id.encode('utf-8', 'replace')):08x}"
    return f"results-{plain}{checksum}"
