"""One JSONL or CSV file from the result files of a PromptForge job, however large they are."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO, Final, Literal, TypeAlias, cast

import attrs

from jobwait._jsonl.result_line import BYTE_ORDER_MARK, FailedPrompt, Order, PromptId, ResultLine
from jobwait.errors import InvalidInput
from jobwait.promptforge.csv_cells import defused
from jobwait.promptforge.prompt_ids import same_id
from jobwait.promptforge.results import failure_of, read_lines
from jobwait.promptforge.rows import Rows
from jobwait.service import check_free, new_file, open_input

Format: TypeAlias = Literal["jsonl", "csv"]

_OTHERS: Final = ("extra", "problem", "raw", "body")
COLUMNS: Final = tuple(
    one.name for one in attrs.fields(ResultLine) if one.name not in _OTHERS
)  # and keys in JSON Lines
_values: Final = attrgetter(*COLUMNS)
_encode: Final = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps() would make an encoder for each line
_LINE_ENDS: Final = {char: f"\\u{ord(char):04x}" for char in "\x85\u2028\u2029"}  # some readers split lines there


@attrs.frozen(kw_only=True)
class MergeSummary:
    """
    What merge() has written, and what it has not.

    *file* has one line for each of *answers* prompts. *repeated* counts further answers to the same prompts, which are
    left out. *failures* counts the lines that give an error for a prompt without an answer, *problems* those that give
    neither, and *missing* the submitted prompts that appear in no line. *failures_file* holds the failures, and the
    problems with their lines; *missing_file* can be submitted as it is. Both are None if they would be empty.
    """

    __module__ = "jobwait.promptforge"

    file: Path
    answers: int
    repeated: int
    failures: int
    missing: int
    failures_file: Path | None
    missing_file: Path | None
    problems: int = 0


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

    They come in the order of *prompts*, the submitted file, if it is given, else by prompt_id. Prompts that no result
    names are then written beside *into*. *format* is "jsonl" or "csv". JSON Lines have the fields that only some lines
    have in "extra"; CSV leaves them out, and puts an apostrophe before what a spreadsheet would take for a formula. The
    answers are on disk twice meanwhile; in memory are the ids of all prompts, up to 400 bytes each.

    Raises InvalidInput if a file exists already (*overwrite* replaces it), or cannot be read or written.
    """
    target = Path(into)
    failures_path, missing_path = (target.with_name(f"{target.stem}-{kind}.jsonl") for kind in ("failures", "missing"))
    if format not in _ROWS:
        raise InvalidInput(f'format must be "jsonl" or "csv", not {format!r}.')
    for path in (target, failures_path, missing_path):
        check_free(path, overwrite=overwrite)
    try:
        with ExitStack() as stack:
            answers, failures, problems = (stack.enter_context(Rows.beside(target)) for _ in range(3))
            repeated, answered = _sort(files, _ROWS[format], answers, failures, problems)
            out = stack.enter_context(new_file(target, overwrite=overwrite))
            lost = stack.enter_context(new_file(failures_path, overwrite=overwrite, keep_empty=False))
            unnamed = stack.enter_context(new_file(missing_path, overwrite=overwrite, keep_empty=False))
            named = answered.union(failures.ids, problems.ids)
            order, missing = ({}, 0) if prompts is None else _write_missing(Path(prompts), named, unnamed)
            out.write(_HEADS[format])
            answers.write_to(out, order)
            failed, odd = (rows.write_to(lost, order, leave_out=answered) for rows in (failures, problems))
    except OSError as error:
        raise InvalidInput(f"{error.filename or target}: {error.strerror}; nothing that was there is lost.") from error
    return MergeSummary(
        file=target,
        answers=len(answered),
        repeated=repeated,
        failures=failed,
        missing=missing,
        failures_file=failures_path if failed or odd else None,
        missing_file=missing_path if missing else None,
        problems=odd,
    )


def _sort(
    files: Iterable[str | os.PathLike[str]],
    row_of: Callable[[ResultLine], str],
    answers: Rows,
    failures: Rows,
    problems: Rows,
) -> tuple[int, set[PromptId | None]]:
    """Add each line of *files* where it belongs; how many repeat an answer, and the prompts that are answered."""
    repeated, answered = 0, set[PromptId | None]()
    for line in _all_lines(files):
        prompt_id, found = same_id(line.prompt_id), failure_of(line) or line
        if isinstance(found, FailedPrompt):
            failures.add(prompt_id, _failure_row(found))
        elif found.problem is not None:
            problems.add(prompt_id, _problem_row(found))
        elif prompt_id in answered:
            repeated += 1
        else:
            answered.add(prompt_id)
            answers.add(prompt_id, row_of(found))
    return repeated, answered


def _all_lines(files: Iterable[str | os.PathLike[str]]) -> Iterator[ResultLine | FailedPrompt]:
    for path in map(Path, files):
        with open_input(path) as file:
            yield from read_lines(file, path.name)


def _json(entry: Mapping[str, Any]) -> str:
    text = _encode(entry)
    for char, escaped in _LINE_ENDS.items():
        text = text.replace(char, escaped) if char in text else text
    return text + "\n"


def _json_row(line: ResultLine) -> str:
    fields = dict(zip(COLUMNS, _values(line), strict=True))
    return _json({**fields, "extra": line.extra} if line.extra else fields)


def _failure_row(failure: FailedPrompt) -> str:
    fields = {name: getattr(failure, name) for name in ("prompt_id", "error", "stage", "attempts")}
    return _json({**fields, "extra": failure.extra} if failure.extra else fields)


def _problem_row(line: ResultLine) -> str:
    return _json({"prompt_id": line.prompt_id, "error": line.problem, "stage": None, "attempts": None, "raw": line.raw})


# Its line end is "\r\n", so that it quotes both characters within a cell; it returns what this write() returns.
_csv_row: Final = csv.writer(cast("Any", SimpleNamespace(write=str))).writerow


def _defused_row(line: ResultLine) -> str:
    row: Any = _csv_row([defused(value) if isinstance(value, str) else value for value in _values(line)])
    return str(row)


_ROWS: Final[Mapping[str, Callable[[ResultLine], str]]] = {"jsonl": _json_row, "csv": _defused_row}
_HEADS: Final = {"jsonl": b"", "csv": ",".join(COLUMNS).encode() + b"\r\n"}


def _write_missing(prompts: Path, named: AbstractSet[PromptId | None], out: BinaryIO) -> tuple[Order, int]:
    """Write the lines of *prompts* whose ids are not *named*: the order of all of them, and how many there are."""
    order: dict[PromptId, int] = {}
    count = 0
    with open_input(prompts) as file:
        for raw in file:
            line = raw.removeprefix(BYTE_ORDER_MARK).rstrip(b"\r\n")
            prompt_id = _submitted_id(line)
            if prompt_id is not None:
                order.setdefault(prompt_id, len(order))
            if line.strip() and (prompt_id is None or prompt_id not in named):
                count += 1
                out.write(line + b"\n")
    return order, count


def _submitted_id(line: bytes) -> PromptId | None:
    try:
        return same_id(json.loads(line)["prompt_id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None  # the service could not read the line either, so it has no result
