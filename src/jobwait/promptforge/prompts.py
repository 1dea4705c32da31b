"""The prompts of a PromptForge job, checked line by line before anything is sent."""

from collections.abc import Iterable
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

from attrs import frozen

from jobwait._jsonl.input_file import Prompts, check_text, entry_of, lines_file, new_path, numbered_lines, without_mark
from jobwait._jsonl.result_line import Order
from jobwait._model.checks import MOST_FAULTS
from jobwait.errors import InvalidInput
from jobwait.promptforge.prompt_ids import same_id
from jobwait.service import Operation, compute


@frozen
class PromptsFile:
    """The *path* of prompts that are valid, and their positions by id; empty if they are in the order of their ids."""

    path: Path
    order: Order


def prompts_file(prompts: Prompts, files: ExitStack) -> Operation[PromptsFile]:
    """
    A file of *prompts*, each with an integer `prompt_id` of its own and a `prompt`; InvalidInput names all bad ones.

    What it has to write is removed when *files* is closed.
    """
    given, name = yield from lines_file(prompts, files)
    order, marked = yield from compute(lambda: _check(numbered_lines(given), name))
    if not marked:
        return PromptsFile(given, order)
    path = new_path(files)
    yield from compute(lambda: _write_without_marks(given, path))
    return PromptsFile(path, order)


def _write_without_marks(given: Path, path: Path) -> None:
    with path.open("wb") as file:
        file.writelines(without_mark(line) for _, line in numbered_lines(given))


def _check(lines: Iterable[tuple[int, bytes]], name: str) -> tuple[Order, bool]:
    """The order of the prompts in *lines*, and whether a line has a byte order mark."""
    seen: dict[Any, int] = {}
    faults: list[str] = []  # their texts alone: a traceback would keep this function and its files alive
    cause: BaseException | None = None
    marked = False
    for number, raw in lines:
        line = without_mark(raw)
        marked = marked or line is not raw
        if not line.strip():
            continue  # the service skips blank lines
        try:
            prompt_id = _prompt_id(line, f"{name}, line {number}")
            if prompt_id in seen:
                which = f"prompt_id {prompt_id} is that of line {seen[prompt_id]}"
                raise InvalidInput(f"{name}, line {number}: {which}; their results could not be distinguished.")
        except InvalidInput as fault:
            faults.append(fault.message)
            cause = cause or fault.__cause__
            if len(faults) == MOST_FAULTS:
                break
        else:
            seen[prompt_id] = number
    if faults:
        raise InvalidInput(" ".join(faults), faults=faults) from cause
    if not seen:
        fact = f"{name}: it has no prompt. Each line needs a prompt_id and a prompt."
        raise InvalidInput(fact, faults=[fact])
    return {} if all(before < after for before, after in pairwise(seen)) else seen, marked


def _prompt_id(line: bytes, place: str) -> int:
    entry = entry_of(line, place, "prompt_id and prompt")
    if not isinstance(entry.get("prompt"), str):
        raise InvalidInput(f"{place}: prompt must be a string.")
    number = entry.get("prompt_id")
    prompt_id = None if isinstance(number, float) else same_id(number)
    if not isinstance(prompt_id, int):
        raise InvalidInput(f"{place}: prompt_id must be an integer, not {number!r:.60}.")
    check_text(line, entry, place)
    return prompt_id
