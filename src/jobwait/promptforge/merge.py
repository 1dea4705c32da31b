"""One JSONL or CSV file from the result files of a PromptForge job, read line by line, however large they are."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Literal, TextIO, TypeAlias

import attrs

from jobwait.errors import InvalidInput
from jobwait.promptforge.results import FailedPrompt, ResultLine, read_lines

Format: TypeAlias = Literal["jsonl", "csv"]

COLUMNS: Final = tuple(attribute.name for attribute in attrs.fields(ResultLine))  # and the keys in JSON Lines
_values: Final = attrgetter(*COLUMNS)
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps() would make an encoder for each line
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet may run text that begins with one of these


@attrs.frozen(kw_only=True)
class MergeSummary:
    """
    What merge() has written, and what it has not.

    *file* has one line for each of *answers* prompts. *repeated* counts further lines of the same prompts, which are
    left out. *failures* counts the lines that give an error for a prompt, and *missing* the submitted prompts that
    appear in no line. *failures_file* and *missing_file* hold them, and are None if there are none; *missing_file* can
    be submitted as it is.
    """

    file: Path
    answers: int
    repeated: int
    failures: int
    missing: int
    failures_file: Path | None
    missing_file: Path | None


def merge(
    files: Iterable[str | os.PathLike[str]],
    into: str | os.PathLike[str],
    *,
    format: Format = "jsonl",  # noqa: A002 - the name that users expect
    prompts: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> MergeSummary:
    """
    Write the results in *files*, the paths from download(), to *into*: one line for each prompt, with the same fields.

    *format* is "jsonl" or "csv"; in CSV, text that a spreadsheet would take for a formula gets an apostrophe before it.
    If *prompts*, the submitted file, is given, its lines that no result names are written beside *into*. The ids of all
    prompts are held in memory, about 70 bytes each.

    Raises:
        InvalidInput: a file exists already (*overwrite* replaces it), or cannot be read or written.
        UnexpectedReply: a line is not a result line.
    """
    target = Path(into)
    failures_path, missing_path = (target.with_name(f"{target.stem}-{kind}.jsonl") for kind in ("failures", "missing"))
    if format not in _WRITERS:
        raise InvalidInput(f'format must be "jsonl" or "csv", not {format!r}.')
    for path in (target, failures_path, missing_path):
        if not overwrite and path.exists():
            raise InvalidInput(f"{path} is there already; overwrite it, or write elsewhere.")
    counts, seen = {"answers": 0, "repeated": 0, "failures": 0}, set[int | str]()
    try:
        with (
            _new_file(target, keep_empty=True) as out,
            _new_file(failures_path) as failures,
            _new_file(missing_path) as lost,
        ):
            write = _WRITERS[format](out)
            for line in _all_lines(files):
                counts[_sort(line, seen, write, failures)] += 1
            missing = 0 if prompts is None else _write_missing(Path(prompts), seen, lost)
    except OSError as error:
        raise InvalidInput(f"{error.filename or target}: {error.strerror}; nothing that was there is lost.") from error
    return MergeSummary(
        file=target,
        **counts,
        missing=missing,
        failures_file=failures_path if counts["failures"] else None,
        missing_file=missing_path if missing else None,
    )


@contextmanager
def _new_file(path: Path, *, keep_empty: bool = False) -> Iterator[TextIO]:
    """A file that replaces *path* at the end, or deletes it if it stayed empty; on an error *path* is not touched."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep_empty or part.stat().st_size:
            part.replace(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        part.unlink(missing_ok=True)


def _all_lines(files: Iterable[str | os.PathLike[str]]) -> Iterator[ResultLine | FailedPrompt]:
    for path in map(Path, files):
        with path.open("rb") as file:
            yield from read_lines(file, path.name)


def _sort(
    line: ResultLine | FailedPrompt, seen: set[int | str], write: Callable[[ResultLine], object], failures: TextIO
) -> str:
    """Write *line* where it belongs; the name of the count that it adds to."""
    prompt_id = _same_id(line.prompt_id)
    repeated = prompt_id in seen
    if prompt_id is not None:
        seen.add(prompt_id)
    if isinstance(line, FailedPrompt):
        failures.write(_json({name: getattr(line, name) for name in ("prompt_id", "error", "stage", "attempts")}))
        return "failures"
    if not repeated:
        write(line)
    return "repeated" if repeated else "answers"


def _json(entry: Mapping[str, Any]) -> str:
    return _encode(entry) + "\n"


def _jsonl_writer(file: TextIO) -> Callable[[ResultLine], object]:
    return lambda line: file.write(_json(dict(zip(COLUMNS, _values(line), strict=True))))


def _csv_writer(file: TextIO) -> Callable[[ResultLine], object]:
    writer = csv.writer(file)  # its line end is "\r\n", so that it quotes both characters within a cell
    writer.writerow(COLUMNS)
    return lambda line: writer.writerow(
        [f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value for value in _values(line)]
    )


_WRITERS: Final = {"jsonl": _jsonl_writer, "csv": _csv_writer}


def _write_missing(prompts: Path, seen: set[int | str], out: TextIO) -> int:
    """Write the lines of *prompts* whose ids are not in *seen*; how many there are."""
    count = 0
    with prompts.open("rb") as file:
        for raw in file:
            if raw.strip() and _submitted_id(raw) not in seen:
                count += 1
                out.write(raw.decode("utf-8", "replace").rstrip("\r\n") + "\n")
    return count


def _submitted_id(raw: bytes) -> int | str | None:
    try:
        return _same_id(json.loads(raw)["prompt_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # the service could not read the line either, so it has no result


def _same_id(prompt_id: object) -> int | str | None:
    """*prompt_id* in a form in which equal ids are equal, as the service takes "7" for 7; None if it is no id."""
    if isinstance(prompt_id, str):
        text = prompt_id.strip()
        return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20 else prompt_id
    return prompt_id if isinstance(prompt_id, int) and not isinstance(prompt_id, bool) else None
