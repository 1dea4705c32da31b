"""The prompts of a PromptForge job: checked line by line before anything is sent."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NoReturn, TypeAlias

from jobwait.errors import InvalidInput

Prompts: TypeAlias = str | os.PathLike[str] | Iterable[Mapping[str, Any]]

LONGEST_LINE: Final = 8 << 20  # bytes; our own limit: no model takes a prompt of this size
_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)  # the service takes a number in quotes too
LARGEST_FILE: Final = 2 << 30  # bytes; our own limit: the upload link lives for minutes


@contextmanager
def prompts_file(prompts: Prompts) -> Iterator[Path]:
    """
    A file of *prompts*, a path to JSON Lines or an iterable of mappings, that the service will take.

    Each line needs an integer `prompt_id` that no other line has, and a string `prompt`.

    Raises:
        InvalidInput: a line is not like that; the sentence names it.

    """
    if not isinstance(prompts, str | os.PathLike | Iterable):
        raise InvalidInput(f"prompts must be a path or an iterable of mappings, not {type(prompts).__name__}.")
    if isinstance(prompts, str | os.PathLike):
        path = Path(prompts)
        _check(_lines(path), path.name)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="jobwait-") as folder:
        path = Path(folder) / "prompts.jsonl"
        with path.open("wb") as file:
            file.writelines(_written(prompts))
        _check(_lines(path), "the prompts")
        yield path


def _written(prompts: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for number, prompt in enumerate(prompts, 1):
        if not isinstance(prompt, Mapping):
            raise InvalidInput(f"the prompts, line {number}: a mapping is needed, not {type(prompt).__name__}.")
        try:
            yield json.dumps(dict(prompt), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the prompts, line {number}: this cannot be written as JSON ({error}).") from error


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            number, total = 0, 0
            while line := file.readline(LONGEST_LINE + 1):
                number, total = number + 1, total + len(line)
                if len(line) > LONGEST_LINE:
                    raise InvalidInput(f"{path.name}, line {number}: longer than {LONGEST_LINE >> 20} MiB.")
                if total > LARGEST_FILE:
                    raise InvalidInput(
                        f"{path.name}, line {number}: here the file passes {LARGEST_FILE >> 30} GiB. Split it in two."
                    )
                yield number, line
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror}). Name a file of JSON Lines.") from error


def _check(lines: Iterable[tuple[int, bytes]], name: str) -> None:
    seen: dict[int, int] = {}
    for number, line in lines:
        if not line.strip():
            continue  # the service skips blank lines
        prompt_id = _prompt_id(line, f"{name}, line {number}")
        if prompt_id in seen:
            raise InvalidInput(
                f"{name}, line {number}: prompt_id {prompt_id} is that of line {seen[prompt_id]}; "
                "their answers could not be told apart."
            )
        seen[prompt_id] = number
    if not seen:
        raise InvalidInput(f"{name}: there is no prompt in it. Each line needs a prompt_id and a prompt.")


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
    if isinstance(number, str) and _INTEGER.fullmatch(number):
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise InvalidInput(f"{place}: prompt_id must be an integer, not {entry.get('prompt_id')!r:.60}.")
    return number


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are Python's own addition to JSON."""
    raise ValueError(constant)
