"""Lines of result files, typed: an odd line spoils no other, and none is lost."""

import json
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from jobwait._jsonl.result_line import BYTE_ORDER_MARK, FailedPrompt, Order, PromptId, ResultLine

Entry: TypeAlias = Mapping[str, Any]


@frozen
class LineFormat:
    """
    The form of a service's result lines.

    problem: what is wrong with an entry, as the end of a sentence; "" if it is a result or a failure. failed: the
    failure that a good entry is, or None. typed: its result. stated: the failure that a line with a problem names.
    same: an id in a form in which equal ids are equal, None if it is none. position: where the result of an id belongs.
    """

    problem: Callable[[Entry], str]
    failed: Callable[[Entry], FailedPrompt | None]
    typed: Callable[[Entry], ResultLine]
    same: Callable[[object], Hashable | None]
    position: Callable[[PromptId | None, Order], Any]
    stated: Callable[[ResultLine], FailedPrompt | None] = lambda _: None


def results_of(files: Iterable[bytes], order: Order, form: LineFormat) -> list[ResultLine]:
    """
    A ResultLine for each prompt in *files*, in *order*, and one for each line that names none.

    Of several lines of a prompt, it is the first one with a response.
    """
    found: dict[Hashable, ResultLine] = {}
    for line in _all_lines(files, form):
        if isinstance(line, ResultLine):
            same = form.same(line.prompt_id)
            key = object() if same is None else same
            if key not in found or (found[key].problem and not line.problem):
                found[key] = line
    return sorted(found.values(), key=lambda line: form.position(line.prompt_id, order))


def failures_of(files: Iterable[bytes], order: Order, form: LineFormat) -> list[FailedPrompt]:
    """The errors in *files* of prompts that have no response there, in *order*."""
    lines = list(_all_lines(files, form))
    done = {form.same(line.prompt_id) for line in lines if isinstance(line, ResultLine) and not line.problem}
    stated = (line if isinstance(line, FailedPrompt) else form.stated(line) for line in lines)
    failures = [one for one in stated if one and form.same(one.prompt_id) not in done]
    return sorted(failures, key=lambda failure: form.position(failure.prompt_id, order))


def read_lines(lines: Iterable[bytes], file: str, form: LineFormat) -> Iterator[ResultLine | FailedPrompt]:
    """The *lines* of result file *file*, its number or name, typed, without blank ones."""
    for number, line in enumerate(lines, 1):
        raw = line.removeprefix(BYTE_ORDER_MARK)
        if raw.strip():
            yield _line(raw, f"Line {number} of result file {file}", form)


def _all_lines(files: Iterable[bytes], form: LineFormat) -> Iterator[ResultLine | FailedPrompt]:
    for number, content in enumerate(files, 1):
        yield from read_lines(content.split(b"\n"), str(number), form)


def _line(raw: bytes, place: str, form: LineFormat) -> ResultLine | FailedPrompt:
    entry: Any = {}
    try:
        entry = _DECODER.decode(raw.decode("utf-8", "surrogatepass"))
        problem = _problem(entry, form)
    except UnicodeDecodeError:
        problem = "is not UTF-8"
    except (ValueError, RecursionError):
        problem = "is not JSON; it may have been cut short"
    if not isinstance(entry, dict):
        entry = {}
    failure = None if problem else form.failed(entry)
    if failure is not None:
        return failure
    line = form.typed(entry)
    if not problem:
        return line
    text = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")
    return evolve(line, response=None, problem=f"{place} {problem}.", raw=text)


def _problem(entry: object, form: LineFormat) -> str:
    if not isinstance(entry, dict):
        return f"is {kind(entry)}, not an object"
    return form.problem(entry) if _is_shallow(entry) else "is nested too deeply"


def problem_of_id(entry: Entry, name: str) -> str:
    """What is wrong with the id that *entry* has in the field *name*; "" if nothing is."""
    value = entry.get(name)
    if isinstance(value, int | str) and not isinstance(value, bool):
        return ""
    return f"has no {name}" if value is None else f"has {kind(value)} as its {name}, not an integer or text"


def number(value: object) -> Any:
    """*value* if it is a number, else None."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(value: object) -> str | None:
    """*value* if it is text, else None."""
    return value if isinstance(value, str) else None


def kind(value: object) -> str:
    """What *value* is, in a word or two; a number as it is."""
    return _KINDS.get(type(value)) or f"{value!r:.40}"


def _is_shallow(value: object, levels: int = 50) -> bool:
    """Whether *value* has at most *levels* of objects and lists: fewer than Python can write again."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels > 0 and all(_is_shallow(one, levels - 1) for one in inner if isinstance(one, dict | list))


def _finite(digits: str) -> float | None:
    return found if math.isfinite(found := float(digits)) else None


_KINDS: Final = {dict: "an object", list: "a list", str: "text", type(None): "null", bool: "a boolean"}
_DIGITS: Final = 1000  # of an integer: fewer than Python can write again
# Python writes NaN and Infinity, which are not JSON; as other programs do, they are read as null.
_DECODER: Final = json.JSONDecoder(
    parse_constant=lambda _: None,
    parse_float=_finite,
    parse_int=lambda digits: int(digits) if len(digits) <= _DIGITS else None,
)
