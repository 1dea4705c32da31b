"""A file of prompts, and the result files of its run, in PromptForge's two modes."""

import json
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from random import Random
from typing import Any, Literal, TypeAlias, cast

import attrs

Mode: TypeAlias = Literal["docs", "server"]

PART = 500  # results in a full file
FAIL = "sandbox-fail"


@attrs.frozen(slots=False)
class PromptFile:
    """
    The lines of an uploaded file.

    *items* are the JSON objects; *broken* is the number of other lines, *valid* of those that pass the check of the
    upload. *mode*: the documentation ("docs") allows any prompt_id; the published server ("server") checks for
    integers, and runs the others, too.
    """

    items: tuple[dict[str, Any], ...]
    broken: int
    valid: int
    mode: Mode

    @property
    def empty(self) -> bool:
        """Whether there is no line."""
        return not self.items and not self.broken

    @property
    def breaks_run(self) -> bool:
        """Whether the run fails on a line that is not JSON, as on the published server."""
        return self.mode == "server" and self.broken > 0

    @cached_property
    def failing(self) -> list[int]:
        """Indexes of the items that will fail."""
        return [index for index, item in enumerate(self.items) if FAIL in str(item.get("prompt"))]

    def counts(self, share: float) -> tuple[int, int]:
        """The numbers of completed and of failed items when the fraction *share* of the run is over."""
        seen = int(len(self.items) * share)
        failed = bisect_left(self.failing, seen)
        return seen - failed, failed


def read_prompts(content: bytes, mode: Mode) -> PromptFile:
    """The prompts in *content*: one JSON object a line, without blank lines."""
    items: list[dict[str, Any]] = []
    broken = valid = 0
    for line in content.split(b"\n"):
        if not line.strip():
            continue
        item = _parse(line)
        if item is None:
            broken += 1
            continue
        items.append(item)
        valid += _valid(item, mode)
    return PromptFile(tuple(items), broken, valid, mode)


def result_files(prompts: PromptFile, job: dict[str, str], rng: Random, at: str) -> dict[str, bytes]:
    """
    The result files of a completed run: content by name.

    *job* has the provider and the model; *at* is the time in error lines. The published server promises no order of
    lines, so they are shuffled.
    """
    failing, server = set(prompts.failing), prompts.mode == "server"
    good = [item for index, item in enumerate(prompts.items) if index not in failing]
    if server:
        rng.shuffle(good)
    lines = [_real(item, job, rng) if server else _documented(item) for item in good]
    parts = [lines[start : start + PART] for start in range(0, len(lines), PART)]
    names = [f"results_part_{n:03}.jsonl" for n in range(1, len(parts) + 1)]
    if server:
        if len(lines) % PART:
            names[-1] = "results_final.jsonl"
        return dict(sorted(zip(names, map(_text, parts), strict=True)))
    errors = (_error(prompts.items[index], at) for index in prompts.failing)
    return {**dict(zip(names, map(_text, parts), strict=True)), "errors.jsonl": _text(errors)}


def _parse(line: bytes) -> dict[str, Any] | None:
    """The object in *line*, None if there is none."""
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", item) if isinstance(item, dict) else None


def _valid(item: dict[str, Any], mode: Mode) -> bool:
    prompt_id = item.get("prompt_id")
    if mode == "server":
        named = isinstance(prompt_id, int) or (isinstance(prompt_id, str) and prompt_id.strip().isdecimal())
    else:
        named = isinstance(prompt_id, int | str)
    return named and isinstance(item.get("prompt"), str)


def _answer(item: dict[str, Any]) -> str:
    words = str(item.get("prompt")).split()
    return f"Sandbox answer to {item.get('prompt_id')}: {len(words)} words, the first {' '.join(words[:1])!r}."


def _documented(item: dict[str, Any]) -> dict[str, Any]:
    answer = _answer(item)
    used = len(str(item.get("prompt")).split()) + len(answer.split())
    return {"prompt_id": item.get("prompt_id"), "result": answer, "tokens_used": used}


def _real(item: dict[str, Any], job: dict[str, str], rng: Random) -> dict[str, Any]:
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


def _error(item: dict[str, Any], at: str) -> dict[str, Any]:
    return {
        "prompt_id": item.get("prompt_id"),
        "stage": "execution",
        "error": "The sandbox was asked to fail.",
        "attempts": 3,
        "timestamp": at,
    }


def _text(lines: Iterable[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode("utf-8", "replace")
