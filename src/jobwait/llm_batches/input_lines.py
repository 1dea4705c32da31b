"""The requests of a batch, one a line: prompts as PromptForge takes them, or lines in the service's own form."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import frozen

from jobwait._jsonl.input_file import Prompts, check_text, entry_of, lines_file, new_path, numbered_lines, without_mark
from jobwait._jsonl.result_line import Order, PromptId
from jobwait.errors import InvalidInput
from jobwait.service import Operation, compute, plain_number

LineOf: TypeAlias = Callable[[str, str], Mapping[str, Any]]

CHAT: Final = "/v1/chat/completions"
_encode: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=plain_number).encode


@frozen
class Form:
    """
    How a service takes the requests of a batch.

    field: what each of its own lines has beside custom_id. line: the line of a prompt, by its id and text. frame: what
    is before, between and after the lines in the body of the request that has them. endpoint: what each line must name
    as its url, if it has one.
    """

    field: str
    line: LineOf
    frame: tuple[bytes, bytes, bytes]
    endpoint: str | None = None


def body_of(prompts: Prompts, form: Form, files: ExitStack) -> Operation[tuple[Path, Order]]:
    """
    A file that is the body of a request with all of *prompts*, and their positions; InvalidInput names a bad one.

    It is removed when *files* is closed.
    """
    given, name = yield from lines_file(prompts, files)
    path = new_path(files)
    return path, (yield from compute(lambda: _write(given, name, form, path)))


def order_of(prompts: Prompts, files: ExitStack) -> Operation[Order]:
    """The positions of *prompts*, by custom_id; InvalidInput names one without an id."""
    given, name = yield from lines_file(prompts, files)
    return (yield from compute(lambda: _order(given, name)))


def message(prompt: str) -> list[dict[str, str]]:
    """The conversation that *prompt* alone is."""
    return [{"role": "user", "content": prompt}]


def checked_parameters(model: str | None, parameters: Mapping[str, Any] | None) -> dict[str, Any]:
    """*parameters* and the *model* as fields of a request; InvalidInput if they cannot be that."""
    if model is not None and (not isinstance(model, str) or not model):
        raise InvalidInput(f"model must be the name of a model, not {model!r:.60}.")
    return {**({} if model is None else {"model": model}), **json_mapping("parameters", parameters)}


def json_mapping(name: str, value: Mapping[str, Any] | None) -> dict[str, Any]:
    """The argument *name*, an empty one if *value* is None; InvalidInput if it cannot be written as JSON."""
    if not isinstance(value, Mapping | None):
        raise InvalidInput(f"{name} must be a mapping, not {type(value).__name__}.")
    try:
        return dict(json.loads(_encode(dict(value or {}))))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} cannot be written as JSON ({error}).") from error


def _order(given: Path, name: str) -> Order:
    return {custom_id: number for number, (custom_id, *_) in enumerate(_lines(given, name))}


def _write(given: Path, name: str, form: Form, path: Path) -> Order:
    order: dict[PromptId, int] = {}
    before, between, after = form.frame
    with path.open("wb") as file:
        file.write(before)
        for custom_id, place, line, entry in _lines(given, name):
            if custom_id in order:
                fact = f"the id {custom_id!r:.60} is that of an earlier line"
                raise InvalidInput(f"{place}: {fact}; their results could not be distinguished.")
            file.write((between if order else b"") + _sent(custom_id, line, entry, form, place))
            order[custom_id] = len(order)
        file.write(after)
    if not order:
        fact = f"it has no prompt. Each line needs a prompt_id and a prompt, or a custom_id and {form.field}."
        raise InvalidInput(f"{name}: {fact}")
    return order


def _lines(given: Path, name: str) -> Iterator[tuple[str, str, bytes, dict[str, Any]]]:
    """The custom_id of each line, its place, the line and what it holds."""
    for number, raw in numbered_lines(given):
        line, place = without_mark(raw).strip(), f"{name}, line {number}"
        if line:
            entry = entry_of(line, place, "an id and a prompt")
            yield _custom_id(entry, place), place, line, entry


def _custom_id(entry: Mapping[str, Any], place: str) -> str:
    field = "custom_id" if "custom_id" in entry else "prompt_id"
    value = entry.get(field)
    if isinstance(value, str) and value:
        return value
    if field == "prompt_id" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    needed = "text" if field == "custom_id" else "an integer or text"
    raise InvalidInput(f"{place}: {field} must be {needed}, not {value!r:.60}.")


def _sent(custom_id: str, line: bytes, entry: Mapping[str, Any], form: Form, place: str) -> bytes:
    """The line that is sent: *line* itself where it is in the service's form."""
    check_text(line, entry, place)
    if form.field in entry:
        if "custom_id" not in entry or not isinstance(entry[form.field], Mapping):
            raise InvalidInput(f"{place}: a line with {form.field} needs a custom_id, and an object as {form.field}.")
        if form.endpoint is not None and entry.get("url", form.endpoint) != form.endpoint:
            fact = f"its url is {entry['url']!r:.60}, and the batch is for {form.endpoint}: pass endpoint=…."
            raise InvalidInput(f"{place}: {fact}")
        return line
    prompt = entry.get("prompt")
    if not isinstance(prompt, str):
        raise InvalidInput(f"{place}: it needs a prompt, which is text, or {form.field}, as the service takes it.")
    try:
        return _encode(form.line(custom_id, prompt)).encode()
    except InvalidInput as error:
        raise InvalidInput(f"{place}: {error}") from None


def chat_line(body: Mapping[str, Any], endpoint: str, more: Mapping[str, Any]) -> LineOf:
    """The line of a prompt for chat completions, whose request has *body* too, and which itself has *more*."""

    def line(custom_id: str, prompt: str) -> Mapping[str, Any]:
        if endpoint != CHAT:
            raise InvalidInput(f"a prompt is for {CHAT} alone; for {endpoint} write lines with a body.")
        need_model(body)
        return {"custom_id": custom_id, **more, "body": {**body, "messages": message(prompt)}}

    return line


def need_model(body: Mapping[str, Any]) -> None:
    """Raise InvalidInput unless *body* names a model."""
    if not body.get("model"):
        raise InvalidInput("a prompt needs a model: pass model=….")
