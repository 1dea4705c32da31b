"""The prompts of a PromptForge job, checked line by line before anything is sent."""

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

MAX_LINE: Final = 8 << 20  # bytes; our limit, as no model takes a prompt of this size
_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,18}\s*", re.ASCII)  # the service takes "7" for 7
MAX_FILE: Final = 2 << 30  # bytes; our limit, as the upload link is valid for minutes only


@contextmanager
def prompts_file(prompts: Prompts) -> Iterator[Path]:
    """A file of *prompts*, each with an integer `prompt_id` of its own and a `prompt`; InvalidInput names a bad one."""
    if not isinstance(prompts, str | os.PathLike | Iterable):
        raise InvalidInput(f"prompts must be a path or an iterable of mappings, not {type(prompts).__name__}.")
    if isinstance(prompts, str | os.PathLike):
        path = Path(prompts)
        _check(_numbered_lines(path), path.name)
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="jobwait-") as folder:
        path = Path(folder) / "prompts.jsonl"
        with path.open("wb") as file:
            file.writelines(_encoded(prompts))
        _check(_numbered_lines(path), "the prompts")
        yield path


def _encoded(prompts: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for number, prompt in enumerate(prompts, 1):
        if not isinstance(prompt, Mapping):
            raise InvalidInput(f"the prompts, line {number}: a mapping is needed, not {type(prompt).__name__}.")
        try:
            yield json.dumps(dict(prompt), ensure_ascii=False, allow_nan=False).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"the prompts, line {number}: this cannot be written as JSON ({error}).") from error


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
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


def _check(lines: Iterable[tuple[int, bytes]], name: str) -> None:
    seen: dict[int, int] = {}
    for number, line in lines:
        if not line.strip():
            continue  # the service skips blank lines
        prompt_id = _prompt_id(line, f"{name}, line {number}")
        if prompt_id in seen:
            fact = f"prompt_id {prompt_id} is that of line {seen[prompt_id]}; their results could not be distinguished."
            raise InvalidInput(f"{name}, line {number}: {fact}")
        seen[prompt_id] = number
    if not seen:
        raise InvalidInput(f"{name}: it has no prompt. Each line needs a prompt_id and a prompt.")


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
    """Python's parser accepts NaN and Infinity, which are not JSON."""
    raise ValueError(constant)
