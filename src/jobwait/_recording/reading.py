"""Reads recordings: the polls of each job, from whatever files of whatever runs they are in."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn

import attrs

from jobwait._recording.lines import FORMAT, VERSION, End, Introduction, read_end, read_introduction, read_poll
from jobwait._recording.poll import RecordedPoll
from jobwait._recording.recording import Recording
from jobwait.errors import InvalidInput

SUFFIX: Final = ".jsonl"
_DAMAGED: Final = (ValueError, TypeError, KeyError, OverflowError, RecursionError, StopIteration)
_SKIP: Final = "Remove it, or pass skip_damaged=True, which leaves out what cannot be read."


class _Collected:
    """The lines of one job, of all files."""

    def __init__(self, introduction: Introduction) -> None:
        self.introduction = introduction
        self.polls: dict[float, RecordedPoll] = {}  # by age: a file may have been copied
        self.ends: list[End] = []


def read_all(paths: Iterable[Path], *, skip_damaged: bool) -> list[Recording]:
    """The recordings in the files and folders *paths*, by the time when their jobs started; InvalidInput as read()."""
    jobs: dict[tuple[str, float], _Collected] = {}
    for path in paths:
        for file in _files(path):
            _read_file(file, jobs, skip_damaged=skip_damaged)
    made = [_recording(one) for one in jobs.values() if one.polls]
    return sorted(made, key=lambda recording: (recording.started, recording.service, recording.job_id))


def check_version(path: Path, line: bytes) -> None:
    """Raise InvalidInput unless *line* is the first of a recording that this version of jobwait reads."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping) or found.get("format") != FORMAT:
        raise InvalidInput(
            f"{path} is no recording: its first line does not say so. Name a file of which it does, or a new one."
        )
    if found.get("version") != VERSION:
        by = found.get("written_by")
        fact = (
            f"{path} has version {found.get('version')!r:.20} of the format, and this jobwait reads version {VERSION}"
        )
        raise InvalidInput(f"{fact}. Read it with what wrote it{f' ({by:.40})' if isinstance(by, str) else ''}.")


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        found = sorted(path.glob(f"*{SUFFIX}"))
    except (OSError, ValueError) as error:
        _refuse(path, error)
    if not found:
        raise InvalidInput(f"{path} has no recordings: no file in it ends with {SUFFIX}. Name another folder.")
    return found


def _read_file(path: Path, jobs: dict[tuple[str, float], _Collected], *, skip_damaged: bool) -> None:
    here: dict[str, _Collected] = {}
    try:
        with path.open("rb") as file:
            check_version(path, file.readline())
            for number, line in enumerate(file, 2):
                try:
                    _take(line, here, jobs)
                except _DAMAGED as error:
                    if not skip_damaged:
                        raise InvalidInput(_fault(path, number, line, error)) from error
    except (OSError, ValueError) as error:
        _refuse(path, error)


def _take(line: bytes, here: dict[str, _Collected], jobs: dict[tuple[str, float], _Collected]) -> None:
    """Take one more *line*; *here* has the jobs that the file has introduced so far."""
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("it is no object")  # noqa: TRY004 - of a line, not of an argument
    if "job" in found:
        known = read_introduction(found)
        here[known.job] = of = jobs.setdefault((known.job, known.started), _Collected(known))
        of.introduction = min(of.introduction, known, key=lambda one: one.began)
    elif "poll" in found:
        of = here[found["poll"]]
        poll = read_poll(found, of.introduction.started)
        of.polls.setdefault(poll.age, poll)
    elif "end" in found:
        here[found["end"]].ends.append(read_end(found))
    elif found.get("format") != FORMAT or found.get("version") != VERSION:  # else files were joined
        raise ValueError("it is of no kind that is known")


def _fault(path: Path, number: int, line: bytes, error: Exception) -> str:
    if not line.endswith(b"\n"):
        return f"{path}: line {number}, the last, is cut short: its writer was killed, or the disk was full. {_SKIP}"
    if isinstance(error, KeyError):
        return f"{path}: line {number} lacks {error}, or is of a job that no line before introduces. {_SKIP}"
    return f"{path}: line {number} is damaged ({error!s:.100}). {_SKIP}"


def _recording(found: _Collected) -> Recording:
    known = found.introduction
    fields: dict[str, Any] = attrs.asdict(known, recurse=False)
    fields["job_id"] = fields.pop("job").removeprefix(f"{known.service}:")
    polls = tuple(found.polls[age] for age in sorted(found.polls))
    return Recording(**fields, polls=polls, ends=tuple(sorted(found.ends, key=lambda end: end.at)))


def _refuse(path: str | os.PathLike[str], error: Exception) -> NoReturn:
    if isinstance(error, InvalidInput):
        raise error
    reason = getattr(error, "strerror", None) or error
    raise InvalidInput(f"{path} cannot be read ({reason}); name a recording, or a folder of them.") from error


def iterate(paths: Any) -> Iterator[Path]:
    """The *paths* that a caller gave: one, or several."""
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    for path in paths:
        yield Path(path)
