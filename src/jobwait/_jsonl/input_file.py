"""The input of a batch of prompts: a file of JSON Lines, or any mappings, read line by line before anything is sent."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from jobwait._jsonl.result_line import BYTE_ORDER_MARK
from jobwait.errors import InvalidInput
from jobwait.service import Operation, compute, open_input, plain_number

Prompts: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]

PART: Final = 256  # prompts that are read from an iterable, and then encoded, at a time
MAX_LINE: Final = 8 << 20  # bytes; our limit, as no model takes a prompt of this size
MAX_FILE: Final = 2 << 30  # bytes; our limit, as the upload link is valid for minutes only
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")  # most are halves of pairs, which are characters


def lines_file(prompts: Prompts, files: ExitStack) -> Operation[tuple[Path, str]]:
    """
    A file with the lines of *prompts*, which nobody has checked, and what a message calls it.

    What it has to write is removed when *files* is closed. Raises InvalidInput for what makes no file.
    """
    if isinstance(prompts, str | os.PathLike):
        return Path(prompts), Path(prompts).name
    if not isinstance(prompts, Iterable):
        raise InvalidInput(f"prompts must be a path or an iterable of mappings, not {type(prompts).__name__}.")
    path = new_path(files)
    yield from _write(prompts, path)
    return path, "the prompts"


def new_path(files: ExitStack) -> Path:
    """The path of a file that can be written, and is removed when *files* is closed."""
    # After a cancellation a thread may still read the file, which some systems do not remove then.
    made = files.enter_context(tempfile.TemporaryDirectory(prefix="jobwait-", ignore_cleanup_errors=True))
    return Path(made) / "prompts.jsonl"


def numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of the file at *path* as they are, numbered from 1; InvalidInput if it is too large, or unreadable."""
    try:
        with open_input(path) as file:
            number, total = 0, 0
            while line := file.readline(MAX_LINE + 1):
                number, total = number + 1, total + len(line)
                place = f"{path.name}, line {number}"
                if len(line) > MAX_LINE:
                    raise InvalidInput(f"{place}: longer than {MAX_LINE >> 20} MiB.")
                if total > MAX_FILE:
                    raise InvalidInput(f"{place}: here the file passes {MAX_FILE >> 30} GiB. Split it in two.")
                yield number, line
    except OSError as error:
        fact = f"{path}: cannot be read ({error.strerror}). Name a file of JSON Lines."
        raise InvalidInput(fact, faults=[fact]) from error


def entry_of(line: bytes, place: str, needed: str) -> dict[str, Any]:
    """The object that *line* holds; InvalidInput names *place*, and what is *needed* there."""
    try:
        entry = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise InvalidInput(f"{place}: not UTF-8.") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"{place}: not JSON. Each line is one object with {needed}.") from None
    if not isinstance(entry, dict):
        raise InvalidInput(f"{place}: an object is needed, not {type(entry).__name__}.")
    return entry


def check_text(line: bytes, entry: Mapping[str, Any], place: str) -> None:
    """Raise InvalidInput if *line*, which holds *entry*, has half of a character."""
    if not _SURROGATE.search(line):
        return
    try:
        json.dumps(entry, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        fact = "it has half of a surrogate pair (\\ud800 to \\udfff), which is no character."
        raise InvalidInput(f"{place}: {fact}") from None


def _write(prompts: Iterable[Mapping[str, Any]], path: Path) -> Operation[None]:
    """Write *prompts* to *path*; the iterable is read in the caller's thread, to which its source may belong."""
    entries = (_entry(number, prompt) for number, prompt in enumerate(prompts, 1))
    with path.open("wb") as file:
        while part := list(islice(entries, PART)):
            yield from compute(partial(_write_part, file, part))


def _entry(number: int, prompt: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """The *number* of a prompt, and its fields as they are now: an iterable may fill the same mapping again."""
    if not isinstance(prompt, Mapping):
        raise InvalidInput(f"the prompts, line {number}: a mapping is needed, not {type(prompt).__name__}.")
    try:
        return number, dict(prompt)
    except (TypeError, ValueError, RecursionError) as error:
        raise _no_json(number, error) from error


def _write_part(file: BinaryIO, part: Iterable[tuple[int, dict[str, Any]]]) -> None:
    for number, entry in part:
        try:
            line = json.dumps(entry, ensure_ascii=False, allow_nan=False, default=plain_number)
            encoded = line.encode("utf-8", "backslashreplace") + b"\n"  # half of a pair as its escape
        except (TypeError, ValueError, RecursionError) as error:
            raise _no_json(number, error) from error
        file.write(encoded)


def _no_json(number: int, error: Exception) -> InvalidInput:
    return InvalidInput(f"the prompts, line {number}: this cannot be written as JSON ({error}).")


def _refuse(constant: str) -> NoReturn:
    """Python's parser accepts NaN and Infinity, which are not JSON."""
    raise ValueError(constant)


def without_mark(line: bytes) -> bytes:
    """*line* without the byte order mark that it may begin with."""
    return line.removeprefix(BYTE_ORDER_MARK)
