"""One tidy file from the result files of a PromptForge job, line by line, whatever their number and size."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, Literal, TextIO

from attrs import frozen

from jobwait.errors import InvalidInput
from jobwait.promptforge.id_set import IdSet, plain_id
from jobwait.promptforge.results import FailedPrompt, ResultLine, read_lines

Format = Literal["jsonl", "csv"]

_ATTRIBUTES: Final = {  # of a ResultLine, by the columns of the file
    "prompt_id": "prompt_id",
    "response": "response",
    "model": "model",
    "provider": "provider",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "total_tokens": "total_tokens",
    "latency_ms": "latency_ms",
    "attempt": "attempt",
}
COLUMNS: Final = tuple(_ATTRIBUTES)
_values: Final = attrgetter(*_ATTRIBUTES.values())
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode  # dumps() would make another for every line
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet may run


@frozen(kw_only=True)
class MergeSummary:
    """
    What came of it: the one file, and what it does not hold.

    *repeated* counts lines of prompts that had been answered before; the first line of a prompt wins. *failures* are
    the prompts that the service gives a reason for, *missing* those of the submitted file of which it says nothing;
    the files hold them as they are, so that *missing_file* can be submitted again.
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
    format: Format = "jsonl",  # noqa: A002 - the word that people look for
    prompts: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> MergeSummary:
    """
    Write the answers in *files*, as download() gave them, to *into*: one line a prompt, the same fields in each.

    *format* is "jsonl" or "csv"; in CSV, text that a spreadsheet would take for a formula gets an apostrophe before it.
    With *prompts*, the submitted file, what has no answer is written beside *into*.

    Raises:
        InvalidInput: a file is there already (*overwrite* replaces it), or cannot be read or written.
        UnexpectedReply: a line is not what the service writes.

    """
    target = Path(into)
    failures, missing = (target.with_name(f"{target.stem}-{name}.jsonl") for name in ("failures", "missing"))
    if format not in _WRITERS:
        raise InvalidInput(f'format must be "jsonl" or "csv", not {format!r}.')
    for path in (target, failures, missing):
        if not overwrite and path.exists():
            raise InvalidInput(f"{path} is there already; overwrite it, or write elsewhere.")
    counts, done = {"answers": 0, "repeated": 0, "failures": 0}, IdSet()
    try:
        with _draft(target, keep_empty=True) as answers, _draft(failures) as failed, _draft(missing) as lost:
            put = _WRITERS[format](answers)
            for line in _all(files):
                counts[_take(line, done, put, failed)] += 1
            unanswered = 0 if prompts is None else _write_missing(Path(prompts), done, lost)
    except OSError as error:
        raise InvalidInput(f"{error.filename or target}: {error.strerror}; nothing that was there is lost.") from error
    return MergeSummary(
        file=target,
        **counts,
        missing=unanswered,
        failures_file=failures if counts["failures"] else None,
        missing_file=missing if unanswered else None,
    )


@contextmanager
def _draft(path: Path, *, keep_empty: bool = False) -> Iterator[TextIO]:
    """A file that appears whole under its name at the end, or not at all; an empty one takes an older one's place."""
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


def _all(files: Iterable[str | os.PathLike[str]]) -> Iterator[ResultLine | FailedPrompt]:
    for index, path in enumerate(files, 1):
        with Path(path).open("rb") as file:
            yield from read_lines(file, index, Path(path).name)


def _take(line: ResultLine | FailedPrompt, done: IdSet, put: Callable[[ResultLine], None], failed: TextIO) -> str:
    """Write *line* where it belongs; the count that it adds to."""
    name = plain_id(line.prompt_id)
    if isinstance(line, FailedPrompt):
        if name is not None:
            done.add(name)
        failed.write(_json(_of_failure(line)))
        return "failures"
    if name is None or not done.add(name):
        return "repeated"
    put(line)
    return "answers"


def _of_failure(line: FailedPrompt) -> dict[str, Any]:
    return {"prompt_id": line.prompt_id, "error": line.error, "stage": line.stage, "attempts": line.attempts}


def _json(entry: Mapping[str, Any]) -> str:
    return _encode(entry) + "\n"


def _jsonl(file: TextIO) -> Callable[[ResultLine], None]:
    return lambda line: _nothing(file.write(_json(dict(zip(COLUMNS, _values(line), strict=True)))))


def _csv(file: TextIO) -> Callable[[ResultLine], None]:
    writer = csv.writer(file)  # with its line ends of two characters it quotes each of them within a cell
    writer.writerow(COLUMNS)
    return lambda line: _nothing(writer.writerow([_cell(value) for value in _values(line)]))


def _nothing(_: object) -> None:
    """Nothing, for writers that give a count."""


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


_WRITERS: Final[Mapping[str, Callable[[TextIO], Callable[[ResultLine], None]]]] = {"jsonl": _jsonl, "csv": _csv}


def _write_missing(prompts: Path, done: IdSet, out: TextIO) -> int:
    """Write the lines of *prompts* that *done* lacks; how many they are."""
    count = 0
    with prompts.open("rb") as file:
        for raw in file:
            if raw.strip() and _submitted_id(raw) not in done:
                count += 1
                out.write(raw.decode("utf-8", "replace").rstrip("\r\n") + "\n")
    return count


def _submitted_id(raw: bytes) -> int | str | None:
    try:
        return plain_id(json.loads(raw)["prompt_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # the service could not read it either: it has no answer
