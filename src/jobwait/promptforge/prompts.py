"""The prompts of a PromptForge job, checked line by line before anything is sent."""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from attrs import frozen

from jobwait.errors import InvalidInput
from jobwait.promptforge.prompt_ids import BYTE_ORDER_MARK, Order, same_id
from jobwait.service import open_input, plain_number

Prompts: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]

MAX_LINE: Final = 8 << 20  # bytes; our limit, as no model takes a prompt of this size
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")  # most are halves of pairs, which are characters
MAX_FILE: Final = 2 << 30  # bytes; our limit, as the upload link is valid for minutes only


@frozen
class PromptsFile:
    """The *path* of prompts that are valid, and their positions by id; empty if they are in the order of their ids."""

    path: Path
    order: Order


@contextmanager
def prompts_file(prompts: Prompts) -> Iterator[PromptsFile]:
    """A file of *prompts*, each with an integer `prompt_id` of its own and a `prompt`; InvalidInput names a bad one."""
    if not isinstance(prompts, str | os.PathLike | Iterable):
        raise InvalidInput(f"prompts must be a path or an iterable of mappings, not {type(prompts).__name__}.")
    with ExitStack() as stack:
        if isinstance(prompts, str | os.PathLike):
            path = Path(prompts)
            order, marked = _check(_numbered_lines(path), path.name)
            if marked:
                path = _written(stack, (line.removeprefix(BYTE_ORDER_MARK) for _, line in _numbered_lines(path)))
        else:
            path = _written(stack, _encoded(prompts))
            order, _ = _check(_numbered_lines(path), "the prompts")
        yield PromptsFile(path, order)


def _written(stack: ExitStack, lines: Iterable[bytes]) -> Path:
    path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobwait-"))) / "prompts.jsonl"
    with path.open("wb") as file:
        file.writelines(lines)
    return path


def _encoded(prompts: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for number, prompt in enumerate(prompts, 1):
        if not isinstance(prompt, Mapping):
            raise InvalidInput(f"the prompts, line {number}: a mapping is needed, not {type(prompt).__name__}.")
        try:
            line = json.dumps(dict(prompt), ensure_ascii=False, allow_nan=False, default=plain_number)
            yield line.encode("utf-8", "backslashreplace") + b"\n"  # half of a pair as its escape
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidInput(f"the prompts, line {number}: this cannot be written as JSON ({error}).") from error


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
