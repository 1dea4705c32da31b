"""Result files behind signed links: into memory, or into a folder under names of our own."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from jobwait._http import signed_links as _links
from jobwait._http.partial_file import part_of
from jobwait._http.redaction import Link
from jobwait._model.size_limit import SizeLimit, SizeLimitReached
from jobwait._polling.commands import Gather, Operation
from jobwait._polling.job_state import JobState
from jobwait.errors import CallFailed, DownloadFailed

R = TypeVar("R")

BESIDE: Final = 4  # files at once: enough to hide the way to the store, few enough to be no burden there
_EXPIRED = frozenset({400, 401, 403, 404})  # how stores answer to a link that has died
_BEYOND = 416  # how they answer where what is there is longer than what they have


def fetched(
    job_state: JobState[Any], links: Sequence[Link], cap: SizeLimit | None = None
) -> Operation[list[bytes] | None]:
    """What lies at *links*, within *cap*; None where a link has died and a new list is needed."""
    return (yield from _all(_one(job_state, link, place, None, cap) for link, place in _placed(links)))


def delivered(
    job_state: JobState[Any], links: Sequence[Link], folder: Path, cap: SizeLimit | None = None
) -> Operation[list[Path] | None]:
    """
    What lies at *links*, within *cap*, as files in *folder*, each there whole or not at all.

    None where a link has died and a new list is needed.
    """
    name = _plain(job_state.job_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(job_state, folder, error) from error
    return (
        yield from _all(
            _delivery(job_state, link, place, folder / f"{name}-{number:03}.jsonl", cap)
            for number, (link, place) in enumerate(_placed(links), 1)
        )
    )


def _placed(links: Sequence[Link]) -> Iterator[tuple[Link, str]]:
    """Each of *links*, and which one it is."""
    return ((link, f"{number} of {len(links)}") for number, link in enumerate(links, 1))


def _all(operations: Iterable[Operation[R | None]]) -> Operation[list[R] | None]:
    """What all of *scripts* come to; None where one of them came to None."""
    answer = yield Gather(list(operations), BESIDE)
    assert isinstance(answer.value, list), "a driver answers a Beside"  # noqa: S101
    return None if None in answer.value else answer.value


def _delivery(
    job_state: JobState[Any], link: Link, place: str, path: Path, cap: SizeLimit | None
) -> Operation[Path | None]:
    """*path*, where what lies at *link* is now; None where its link has died."""
    if path.exists() and not path.is_symlink():
        return path
    try:
        with part_of(path) as part:
            if (yield from _one(job_state, link, place, part, cap)) is None:
                return None
            _settle(part, path)
    except OSError as error:
        raise _unwritable(job_state, path.parent, error) from error
    return path


def _unwritable(job_state: JobState[Any], folder: Path, error: OSError) -> DownloadFailed:
    return DownloadFailed(
        f"{job_state.service.name} job {job_state.job_id}: {folder} cannot be written ({error.strerror}). "
        "What had arrived is kept; make room, or name another folder, and download again.",
        service=job_state.service.name,
        job_id=job_state.job_id,
    )


def _one(
    job_state: JobState[Any], link: Link, place: str, into: Path | None, cap: SizeLimit | None
) -> Operation[bytes | None]:
    try:
        return (yield from _links.get(job_state.service, job_state.client, link, job_state.job_id, into, cap))
    except CallFailed as error:
        if error.status in _EXPIRED:
            return None
        if error.status == _BEYOND and into is not None and into.stat().st_size:
            into.write_bytes(b"")
            return (yield from _one(job_state, link, place, into, cap))
        if isinstance(error.__cause__, SizeLimitReached):
            raise _too_large(job_state, place, error.__cause__) from error
        raise DownloadFailed(
            f"{job_state.service.name} job {job_state.job_id}: result file {place} could not be fetched: "
            f"{error.status or 'no answer came'}. Download again later.",
            service=job_state.service.name,
            job_id=job_state.job_id,
            status=error.status,
        ) from error


def _too_large(job_state: JobState[Any], place: str, reached: SizeLimitReached) -> DownloadFailed:
    return DownloadFailed(
        f"{job_state.service.name} job {job_state.job_id}: result file {place} was not fetched to its end, "
        f"as {reached}. Allow more, and download again: what has arrived is kept.",
        service=job_state.service.name,
        job_id=job_state.job_id,
    )


def _plain(job_id: str) -> str:
    """*job_id* as part of a file's name; one that had to be changed keeps a sum that tells it from others."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_") else "_" for char in job_id)[:80]
    return (
        f"results-{plain}"
        if plain == job_id
        else f"results-{plain}-{zlib.crc32(job_id.encode('utf-8', 'replace')):08x}"
    )


def _settle(part: Path, path: Path) -> None:
    """Make a file that arrived whole appear under its name at once, and stay there through a power cut."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
