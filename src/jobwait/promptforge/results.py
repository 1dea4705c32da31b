"""The lines of PromptForge's result files, typed; as its server writes them and as its documentation shows them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from jobwait.errors import UnexpectedReply


@frozen(kw_only=True)
class ResultLine:
    """
    The result of one prompt.

    *response* is the text of the model. *latency_ms* is in milliseconds, *attempt* counts from 1. Fields that the line
    does not have are None.
    """

    prompt_id: int | str
    response: str
    model: str | None = None
    provider: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    latency_ms: float | None = None
    attempt: int | None = None


@frozen(kw_only=True)
class FailedPrompt:
    """A prompt without a result, and its *error*; *prompt_id* is None if its line in the submitted file was invalid."""

    prompt_id: int | str | None
    error: str
    stage: str | None = None
    attempts: int | None = None


def result_lines(files: Iterable[bytes], job_id: str) -> list[ResultLine]:
    """The results in *files*, the first one for each prompt, in order; raises UnexpectedReply for any other line."""
    first: dict[int | str, ResultLine] = {}
    for index, content in enumerate(files, 1):
        for line in read_lines(content.split(b"\n"), str(index), job_id):
            if isinstance(line, ResultLine):
                first.setdefault(line.prompt_id, line)
    return list(first.values())


def read_lines(lines: Iterable[bytes], file: str, job_id: str | None = None) -> Iterator[ResultLine | FailedPrompt]:
    """The *lines* of result file *file*, its number or name, typed; raises UnexpectedReply for any other line."""
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            yield _line(raw, f"{file}, line {number}", job_id)


def _line(raw: bytes, place: str, job_id: str | None) -> ResultLine | FailedPrompt:
    try:
        entry = json.loads(raw)
        if "error" in entry and not entry.keys() & {"response", "result"}:
            return _failed(entry)
        text = entry["response"] if "response" in entry else entry["result"]
        prompt_id = entry["prompt_id"]
        if not isinstance(text, str) or isinstance(prompt_id, bool) or not isinstance(prompt_id, int | str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        source = f"promptforge job {job_id}" if job_id else "promptforge"
        fact = f"{source}: result file {place} is not a result line. Download the files to see it."
        error = UnexpectedReply(fact, service="promptforge", job_id=job_id)
        error.body = raw[:2000].decode("utf-8", "replace")
        raise error from None
    return _typed(entry, prompt_id, text)


def _failed(entry: Mapping[str, Any]) -> FailedPrompt:
    prompt_id = entry.get("prompt_id")
    known = isinstance(prompt_id, int | str) and not isinstance(prompt_id, bool)
    return FailedPrompt(
        prompt_id=prompt_id if known else None,
        error=str(entry["error"]),
        stage=_str(entry.get("stage")),
        attempts=_number(entry.get("attempts")),
    )


def _typed(entry: Mapping[str, Any], prompt_id: int | str, text: str) -> ResultLine:
    tokens = entry.get("tokens")
    tokens = tokens if isinstance(tokens, Mapping) else {}
    prompt, completion = _number(tokens.get("prompt")), _number(tokens.get("completion"))
    both = prompt + completion if prompt is not None and completion is not None else None
    return ResultLine(
        prompt_id=prompt_id,
        response=text,
        model=_str(entry.get("model")),
        provider=_str(entry.get("provider")),
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=both if both is not None else _number(entry.get("tokens_used")),
        latency_ms=_number(entry.get("latency_ms")),
        attempt=_number(entry.get("attempt")),
    )


def _number(value: object) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _str(value: object) -> str | None:
    return value if isinstance(value, str) else None
