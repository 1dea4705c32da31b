"""The lines of PromptForge's result files, typed; as its server writes them and as its documentation shows them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from jobwait._jsonl import reading
from jobwait._jsonl.reading import LineFormat, kind, number, problem_of_id, text
from jobwait._jsonl.result_line import FailedPrompt, Order, PromptId, ResultLine
from jobwait.promptforge.prompt_ids import position, same_id


def results_of(files: Iterable[bytes], order: Order) -> list[ResultLine]:
    """A ResultLine for each prompt in *files*, in *order*, and one for each line that names none."""
    return reading.results_of(files, order, _FORM)


def failures_of(files: Iterable[bytes], order: Order) -> list[FailedPrompt]:
    """The errors in *files* of prompts that have no response there, in *order*."""
    return reading.failures_of(files, order, _FORM)


def read_lines(lines: Iterable[bytes], file: str) -> Iterator[ResultLine | FailedPrompt]:
    """The *lines* of result file *file*, its number or name, typed, without blank ones."""
    return reading.read_lines(lines, file, _FORM)


def failure_of(line: ResultLine | FailedPrompt) -> FailedPrompt | None:
    """The error that *line* gives; None if it gives none."""
    if isinstance(line, FailedPrompt):
        return line
    stated = line.problem is not None and line.extra.get("error") is not None
    return _failed({**line.extra, "prompt_id": line.prompt_id}) if stated else None


def _problem(entry: Mapping[str, Any]) -> str:
    named = [name for name in ("response", "result") if name in entry]
    if not named:
        return "" if entry.get("error") is not None else "has no response"
    if _response(entry) is None:
        return f"has {kind(entry[named[0]])} as its {named[0]}, not text"
    return problem_of_id(entry, "prompt_id")


def _response(entry: Mapping[str, Any]) -> str | None:
    return next((found for found in map(entry.get, ("response", "result")) if isinstance(found, str)), None)


def _failure(entry: Mapping[str, Any]) -> FailedPrompt | None:
    return _failed(entry) if entry.get("error") is not None and _response(entry) is None else None


def _failed(entry: Mapping[str, Any]) -> FailedPrompt:
    error = entry["error"]
    read = {"prompt_id", "error", "stage", "attempts"}
    return FailedPrompt(
        prompt_id=_id(entry),
        error=error if isinstance(error, str) else json.dumps(error, ensure_ascii=False),
        stage=text(entry.get("stage")),
        attempts=number(entry.get("attempts")),
        extra={name: value for name, value in entry.items() if name not in read},
    )


def _typed(entry: Mapping[str, Any]) -> ResultLine:
    tokens = entry.get("tokens")
    tokens = tokens if isinstance(tokens, Mapping) else {}
    prompt, completion = number(tokens.get("prompt")), number(tokens.get("completion"))
    both = prompt + completion if prompt is not None and completion is not None else None
    typed = {name: read(entry.get(name)) for name, read in _FIELDS.items()}
    return ResultLine(
        prompt_id=_id(entry),
        response=_response(entry),
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=both if both is not None else number(entry.get("tokens_used")),
        extra={name: value for name, value in entry.items() if name not in _READ and typed.get(name) is None},
        **typed,
    )


def _id(entry: Mapping[str, Any]) -> PromptId | None:
    prompt_id = entry.get("prompt_id")
    return prompt_id if isinstance(prompt_id, str) else same_id(prompt_id)


_FIELDS: Final[Mapping[str, Callable[[object], Any]]] = {
    "model": text,
    "provider": text,
    "latency_ms": number,
    "attempt": number,
}
_READ: Final = frozenset({"prompt_id", "response", "result", "tokens", "tokens_used"})
_FORM: Final = LineFormat(_problem, _failure, _typed, same_id, position, failure_of)
