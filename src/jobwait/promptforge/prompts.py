"""The prompts of a PromptForge job, checked line by line before anything is sent."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn, TypeAlias

from attrs import frozen

from jobwait.errors import InvalidInput
from jobwait.promptforge.prompt_ids import BYTE_ORDER_MARK, Order, same_id
from jobwait.service import Operation, compute, open_input, plain_number

Prompts: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]

PART: Final = 256  # prompts that are read from an iterable, and then encoded, at a time
MAX_LINE: Final = 8 << 20  # bytes; our limit, as no model takes a prompt of this size
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")  # most are halves of pairs, which are characters
MAX_FILE: Final = 2 << 30  # bytes; our limit, as the upload link is valid for minutes only


@frozen
class PromptsFile:
    """The *path* of prompts that are valid, and their positions by id; empty if they are in the order of their ids."""

    path: Path
    order: Order


def prompts_file(prompts: Prompts, files: ExitStack) -> Operation[PromptsFile]:
    """
    A file of *prompts*, each with an integer `prompt_id` of its own and a `prompt`; InvalidInput names a bad one.

    What it has to write is removed when *files* is closed.
    """
    if not isinstance(prompts, str | os.PathLike | Iterable):
        raise InvalidInput(f"prompts must be a path or an iterable of mappings, not {type(prompts).__name__}.")
    if not isinstance(prompts, str | os.PathLike):
        path = _new_path(files)
        yield from _write(prompts, path)
        order, _ = yield from compute(lambda: _check(_numbered_lines(path), "the prompts"))
        return PromptsFile(path, order)
    given = Path(prompts)
    order, marked = yield from compute(lambda: _check(_numbered_lines(given), given.name))
    if not marked:
        return PromptsFile(given, order)
    path = _new_path(files)
    yield from compute(lambda: _write_without_marks(given, path))
    return PromptsFile(path, order)


def _new_path(files: ExitStack) -> Path:
    # After a cancellation a thread may still read the file, which some systems do not remove then.
    made = files.enter_context(tempfile.TemporaryDirectory(prefix="jobwait-", ignore_cleanup_errors=True))
    return Path(made) / "prompts.jsonl"


def _write_without_marks(given: Path, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(line.removeprefix(BYTE_ORDER_MARK) for _, line in _numbered_lines(given))


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


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
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
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a file of JSON Lines.") from error


def _check(lines: Iterable[tuple[int, bytes]], name: str) -> tuple[Order, bool]:
    """The order of the prompts in *lines*, and whether a line has a byte order mark."""
    seen: dict[Any, int] = {}
    marked = False
    for number, raw in lines:
        line = raw.removeprefix(BYTE_ORDER_MARK)
        marked = marked or line is not raw
        if not line.strip():
            continue  # the service skips blank lines
        prompt_id = _prompt_id(line, f"{name}, line {number}")
        if prompt_id in seen:
            fact = f"prompt_id {prompt_id} is that of line {seen[prompt_id]}; their results could not be distinguished."
            raise InvalidInput(f"{name}, line {number}: {fact}")
        seen[prompt_id] = number
    if not seen:
        raise InvalidInput(f"{name}: it has no prompt. Each line needs a prompt_id and a prompt.")
    return {} if all(before < after for before, after in pairwise(seen)) else seen, marked


def _prompt_id(line: bytes, place: str) -> int:
    try:
        entry = json.loads(line.decode("utf-8"), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise InvalidInput(f"{place}: not UTF-8.") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"{place}: not JSON. Each line is one object with prompt_id and prompt.") from None
    if not isinstance(entry, dict):
        raise InvalidInput(f"{place}: an object is needed, not {type(entry).__name__}.")
    if not isinstance(entry.get("prompt"), str):
        raise InvalidInput(f"{place}: prompt must be a string.")
    number = entry.get("prompt_id")
    prompt_id = None if isinstance(number, float) else same_id(number)
    if not isinstance(prompt_id, int):
        raise InvalidInput(f"{place}: prompt_id must be an integer, not {number!r:.60}.")
    if _SURROGATE.search(line) and not _is_text(entry):
        raise InvalidInput(f"{place}: it has half of a surrogate pair (\\ud800 to \\udfff), which is no character.")
    return prompt_id


def _is_text(entry: Mapping[str, Any]) -> bool:
    try:
        json.dumps(entry, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    """Python's parser accepts NaN and Infinity, which are not JSON."""
    raise ValueError(constant)
