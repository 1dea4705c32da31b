"""A file of prompts, and the result files of its run, in PromptForge's two modes."""

import json
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from random import Random
from typing import Any, Literal, TypeAlias, cast

import attrs

from jobwait.sandbox.input_checks import coerced_integer

Mode: TypeAlias = Literal["docs", "server"]

PART = 500  # results in a full file
FAIL = "sandbox-fail"


@attrs.frozen(slots=False)
class PromptFile:
    """The lines of an uploaded file."""

    items: tuple[dict[str, Any], ...]  # what is run; on the published server that includes lines that are not valid
    lines: int  # all that are not blank
    broken: bool  # whether there is a line that cannot be run
    valid: int  # how many pass the check of the upload: "docs" allows any prompt_id, "server" only integers
    mode: Mode

    @property
    def empty(self) -> bool:
        """Whether there is no line."""
        return not self.lines

    @cached_property
    def failing(self) -> list[int]:
        """Indexes of the items that will fail."""
        texts = (str(item.get("prompt")) for item in self.items)
        return [index for index, text in enumerate(texts) if FAIL in text or not is_utf8(text)]

    def counts(self, share: float) -> tuple[int, int]:
        """The numbers of completed and of failed items when the fraction *share* of the run is over."""
        seen = int(len(self.items) * share)
        failed = bisect_left(self.failing, seen)
        return seen - failed, failed


def read_prompts(content: bytes, mode: Mode) -> PromptFile:
    """The prompts in *content*: one JSON object a line, without blank lines."""
    items: list[dict[str, Any]] = []
    lines = valid = 0
    broken = False
    for line in content.split(b"\n"):
        text = _text_of(line)
        if text == "":
            continue
        lines += 1
        item = _parse(text, mode)
        if item is None:
            broken = True
        elif is_utf8(str(item.get("prompt_id"))):
            items.append(item)
            valid += _valid(item, mode)
    return PromptFile(tuple(items), lines, broken, valid, mode)


def is_utf8(text: str) -> bool:
    """Whether UTF-8 can express *text*, which it cannot if there is half of a surrogate pair in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def result_files(prompts: PromptFile, job: dict[str, Any], rng: Random, at: str) -> dict[str, bytes]:
    """The result files of a completed run, content by name, for the *job*'s provider and model; *at*: when it ended."""
    failing, server = set(prompts.failing), prompts.mode == "server"
    good = [item for index, item in enumerate(prompts.items) if index not in failing]
    if server:  # it promises no order
        rng.shuffle(good)
    lines = [_real(item, job, rng) if server else _documented(item) for item in good]
    parts = [lines[start : start + PART] for start in range(0, len(lines), PART)]
    names = [f"results_part_{n:03}.jsonl" for n in range(1, len(parts) + 1)]
    if server:
        if len(lines) % PART:
            names[-1] = "results_final.jsonl"
        return dict(sorted(zip(names, map(_text, parts), strict=True)))
    attempts = job.get("max_retries", 3) + 1  # the published server counts one too many
    errors = (_error(prompts.items[index], attempts, at) for index in prompts.failing)
    return {**dict(zip(names, map(_text, parts), strict=True)), "errors.jsonl": _text(errors)}


def _text_of(line: bytes) -> str | None:
    """*line* without blanks at its ends; None if it is not UTF-8."""
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        return None


def _parse(text: str | None, mode: Mode) -> dict[str, Any] | None:
    """The object in *text*; None if it cannot be run. The published server needs both fields, of whatever type."""
    try:
        item = json.loads(text or "")  # a byte order mark is not JSON, here and there
    except (ValueError, RecursionError):
        return None
    if not isinstance(item, dict) or (mode == "server" and not item.keys() >= {"prompt_id", "prompt"}):
        return None
    return cast("dict[str, Any]", item)


def _valid(item: dict[str, Any], mode: Mode) -> bool:
    prompt_id = item.get("prompt_id")
    if mode == "docs":
        return isinstance(prompt_id, int | str) and isinstance(item.get("prompt"), str)
    # The published server refuses half of a surrogate pair wherever it is in the line.
    return (
        not any(coerced_integer(prompt_id, ()))
        and isinstance(item["prompt"], str)
        and is_utf8(json.dumps(item, ensure_ascii=False))
    )


def _answer(item: dict[str, Any]) -> str:
    words = str(item.get("prompt")).split()
    return f"Sandbox answer to {item.get('prompt_id')}: {len(words)} words, the first {' '.join(words[:1])!r}."


def _documented(item: dict[str, Any]) -> dict[str, Any]:
    answer = _answer(item)
    used = len(str(item.get("prompt")).split()) + len(answer.split())
    return {"prompt_id": item.get("prompt_id"), "result": answer, "tokens_used": used}


def _real(item: dict[str, Any], job: dict[str, Any], rng: Random) -> dict[str, Any]:
    answer = _answer(item)
    tokens = {"prompt": len(str(item.get("prompt")).split()), "completion": len(answer.split())}
    return {
        "prompt_id": item.get("prompt_id"),
        "response": answer,
        "model": job["model"],
        "provider": job["provider"],
        "tokens": tokens,
        "latency_ms": rng.randint(180, 2400),
        "attempt": 1,
    }


def _error(item: dict[str, Any], attempts: int, at: str) -> dict[str, Any]:
    return {
        "prompt_id": item.get("prompt_id"),
        "stage": "execution",
        "error": "The sandbox was asked to fail.",
        "attempts": attempts,
        "timestamp": at,
    }


def _text(lines: Iterable[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
