"""The lines of result files: OpenAI's and Mistral's have a response, Anthropic's a result of some type."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

from jobwait._jsonl.reading import LineFormat, kind, problem_of_id
from jobwait._jsonl.result_line import FailedPrompt, Order, PromptId, ResultLine
from jobwait.llm_batches.answers import error_in, facts_in, response_in

Entry = Mapping[str, Any]


def _same(custom_id: object) -> Hashable | None:
    return str(custom_id) if isinstance(custom_id, int | str) and not isinstance(custom_id, bool) else None


def _position(custom_id: PromptId | None, order: Order) -> int:
    """As in the input; what that does not name comes after it, as the files have it."""
    return len(order) if custom_id is None else order.get(str(custom_id), len(order))


def _id(entry: Entry) -> PromptId | None:
    return None if problem_of_id(entry, "custom_id") else entry["custom_id"]


def _failed(entry: Entry, error: Any) -> FailedPrompt:
    extra = {name: value for name, value in entry.items() if name != "custom_id"}
    return FailedPrompt(prompt_id=_id(entry), error=error_in(error), extra=extra)


def _typed(entry: Entry, where: str, body: Any) -> ResultLine:
    body = body if isinstance(body, Mapping) else None
    read = {"custom_id", where}
    return ResultLine(
        prompt_id=_id(entry),
        response=None if body is None else response_in(body),
        extra={name: value for name, value in entry.items() if name not in read and (name, value) != ("error", None)},
        body=body,
        **({} if body is None else facts_in(body)),
    )


def _response_problem(entry: Entry) -> str:
    response = entry.get("response")
    if _response_error(entry) is not None:
        return ""
    if not isinstance(response, Mapping):
        return "has no response" if "response" not in entry else f"has {kind(response)} as its response, not an object"
    if not isinstance(response.get("body"), Mapping):
        return f"has {kind(response.get('body'))} as the body of its response, not an object"
    return problem_of_id(entry, "custom_id")


def _response_error(entry: Entry) -> Any:
    """The error of a line: its own, or the body of a response that is none; None if it has none."""
    response = entry.get("response")
    if entry.get("error") is not None or not isinstance(response, Mapping):
        return entry.get("error")
    status = response.get("status_code")
    refused = isinstance(status, int) and not 200 <= status < 300
    return (response.get("body") or f"the response was {status}") if refused else None


def _response_failure(entry: Entry) -> FailedPrompt | None:
    error = _response_error(entry)
    return None if error is None else _failed(entry, error)


def _response_line(entry: Entry) -> ResultLine:
    response = entry.get("response")
    return _typed(entry, "response", response.get("body") if isinstance(response, Mapping) else None)


def _result_problem(entry: Entry) -> str:
    result = entry.get("result")
    if not isinstance(result, Mapping):
        return "has no result" if "result" not in entry else f"has {kind(result)} as its result, not an object"
    if not isinstance(result.get("type"), str):
        return "has a result without a type"
    if result["type"] != "succeeded":
        return ""
    if not isinstance(result.get("message"), Mapping):
        return f"has {kind(result.get('message'))} as the message of its result, not an object"
    return problem_of_id(entry, "custom_id")


def _result_failure(entry: Entry) -> FailedPrompt | None:
    result = entry["result"]
    return None if result["type"] == "succeeded" else _failed(entry, result.get("error") or result["type"])


def _result_line(entry: Entry) -> ResultLine:
    result = entry.get("result")
    return _typed(entry, "result", result.get("message") if isinstance(result, Mapping) else None)


RESPONSES: Final = LineFormat(_response_problem, _response_failure, _response_line, _same, _position)
RESULTS: Final = LineFormat(_result_problem, _result_failure, _result_line, _same, _position)
