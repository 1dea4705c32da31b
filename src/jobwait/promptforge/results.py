"""The lines of PromptForge's result files, typed; as its server writes them and as its documentation shows them."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from attrs import evolve, field, frozen

from jobwait.promptforge.prompt_ids import BYTE_ORDER_MARK, Order, PromptId, position, same_id


@frozen(kw_only=True)
class ResultLine:
    """
    The result of one prompt.

    *response* is the text of the model. *latency_ms* is in milliseconds, *attempt* counts from 1. Fields that the line
    does not have are None; *extra* has all others, by name.

    If the line does not give a response to a prompt, *response* is None, *problem* a sentence that says why, and *raw*
    the line; otherwise both are None.
    """

    prompt_id: int | str | None
    response: str | None
    model: str | None = None
    provider: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None
    latency_ms: float | None = None
    attempt: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, hash=False)
    problem: str | None = None
    raw: str | None = None


@frozen(kw_only=True)
class FailedPrompt:
    """
    A prompt without a result, and its *error*; *prompt_id* is None if its line in the submitted file was invalid.

    *extra* has the other fields of the line, by name.
    """

    prompt_id: int | str | None
    error: str
    stage: str | None = None
    attempts: int | None = None
    extra: Mapping[str, Any] = field(factory=dict, hash=False)


def results_of(files: Iterable[bytes], order: Order) -> list[ResultLine]:
    """
    A ResultLine for each prompt in *files*, in *order*, and one for each line that names none.

    Of several lines of a prompt, it is the first one with a response.
    """
    found: dict[object, ResultLine] = {}
    for line in _all_lines(files):
        if isinstance(line, ResultLine):
            prompt_id = same_id(line.prompt_id)
            key = object() if prompt_id is None else prompt_id
            if key not in found or (found[key].problem and not line.problem):
                found[key] = line
    return sorted(found.values(), key=lambda line: position(line.prompt_id, order))


def failures_of(files: Iterable[bytes], order: Order) -> list[FailedPrompt]:
    """The errors in *files* of prompts that have no response there, in *order*."""
    lines = list(_all_lines(files))
    done = {same_id(line.prompt_id) for line in lines if isinstance(line, ResultLine) and not line.problem}
    failures = [failure for failure in map(failure_of, lines) if failure and same_id(failure.prompt_id) not in done]
    return sorted(failures, key=lambda failure: position(failure.prompt_id, order))


def failure_of(line: ResultLine | FailedPrompt) -> FailedPrompt | None:
    """The error that *line* gives; None if it gives none."""
    if isinstance(line, FailedPrompt):
        return line
    stated = line.problem is not None and line.extra.get("error") is not None
    return _failed({**line.extra, "prompt_id": line.prompt_id}) if stated else None


def read_lines(lines: Iterable[bytes], file: str) -> Iterator[ResultLine | FailedPrompt]:
    """The *lines* of result file *file*, its number or name, typed, without blank ones."""
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(BYTE_ORDER_MARK)
        if raw.strip():
            yield _line(raw, f"Line {number} of result file {file}")


def _all_lines(files: Iterable[bytes]) -> Iterator[ResultLine | FailedPrompt]:
    for number, content in enumerate(files, 1):
        yield from read_lines(content.split(b"\n"), str(number))


def _line(raw: bytes, place: str) -> ResultLine | FailedPrompt:
    entry: Any = {}
    try:
        entry = _DECODER.decode(raw.decode("utf-8", "surrogatepass"))
        problem = _problem(entry)
    except UnicodeDecodeError:
        problem = "is not UTF-8"
    except (ValueError, RecursionError):
        problem = "is not JSON; it may have been cut short"
    if not isinstance(entry, dict):
        entry = {}
    if not problem and entry.get("error") is not None and _text(entry) is None:
        return _failed(entry)
    line = _typed(entry)
    if not problem:
        return line
    text = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
    return evolve(line, response=None, problem=f"{place} {problem}.", raw=text)


def _problem(entry: object) -> str:
    """What is wrong with a line that holds *entry*; "" if it is a result or a failure."""
    if not isinstance(entry, dict):
        return f"is {_kind(entry)}, not an object"
    if not _is_shallow(entry):
        return "is nested too deeply"
    named = [name for name in ("response", "result") if name in entry]
    if not named:
        return "" if entry.get("error") is not None else "has no response"
    if _text(entry) is None:
        return f"has {_kind(entry[named[0]])} as its {named[0]}, not text"
    return _problem_of_id(entry)


def _problem_of_id(entry: Mapping[str, Any]) -> str:
    prompt_id = entry.get("prompt_id")
    if isinstance(prompt_id, int | str) and not isinstance(prompt_id, bool):
        return ""
    return (
        "has no prompt_id" if prompt_id is None else f"has {_kind(prompt_id)} as its prompt_id, not an integer or text"
    )


def _text(entry: Mapping[str, Any]) -> str | None:
    return next((text for text in map(entry.get, ("response", "result")) if isinstance(text, str)), None)


def _failed(entry: Mapping[str, Any]) -> FailedPrompt:
    error = entry["error"]
    read = {"prompt_id", "error", "stage", "attempts"}
    return FailedPrompt(
        prompt_id=_id(entry),
        error=error if isinstance(error, str) else json.dumps(error, ensure_ascii=False),
        stage=_str(entry.get("stage")),
        attempts=_number(entry.get("attempts")),
        extra={name: value for name, value in entry.items() if name not in read},
    )


def _typed(entry: Mapping[str, Any]) -> ResultLine:
    tokens = entry.get("tokens")
    tokens = tokens if isinstance(tokens, Mapping) else {}
    prompt, completion = _number(tokens.get("prompt")), _number(tokens.get("completion"))
    both = prompt + completion if prompt is not None and completion is not None else None
    typed = {name: read(entry.get(name)) for name, read in _FIELDS.items()}
    return ResultLine(
        prompt_id=_id(entry),
        response=_text(entry),
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=both if both is not None else _number(entry.get("tokens_used")),
        extra={name: value for name, value in entry.items() if name not in _READ and typed.get(name) is None},
        **typed,
    )


def _id(entry: Mapping[str, Any]) -> PromptId | None:
    prompt_id = entry.get("prompt_id")
    return prompt_id if isinstance(prompt_id, str) else same_id(prompt_id)


def _number(value: object) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _str(value: object) -> str | None:
    return value if isinstance(value, str) else None


_FIELDS: Final[Mapping[str, Callable[[object], Any]]] = {
    "model": _str,
    "provider": _str,
    "latency_ms": _number,
    "attempt": _number,
}
_READ: Final = frozenset({"prompt_id", "response", "result", "tokens", "tokens_used"})
_KINDS: Final = {dict: "an object", list: "a list", str: "text", type(None): "null", bool: "a boolean"}
_LEVELS: Final = 50  # of objects and lists in a line: fewer than Python can write again
_DIGITS: Final = 1000  # of an integer: fewer than Python can write again


def _kind(value: object) -> str:
    return _KINDS.get(type(value)) or f"{value!r:.40}"


def _is_shallow(value: object, levels: int = _LEVELS) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner if isinstance(one, dict | list))


def _finite(text: str) -> float | None:
    return number if math.isfinite(number := float(text)) else None


# Python writes NaN and Infinity, which are not JSON; as other programs do, they are read as null.
_DECODER: Final = json.JSONDecoder(
    parse_constant=lambda _: None,
    parse_float=_finite,
    parse_int=lambda text: int(text) if len(text) <= _DIGITS else None,
)
