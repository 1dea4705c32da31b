"""Makes answers of the status operation from its schema: for each status value the smallest body that says it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from generator.scaffold.detect.response_fields import ITEM, PATH, fields, inner, is_nullable, kinds, required
from generator.scaffold.detect.state_words import FINAL
from generator.scaffold.detect.status import StatusOperation
from generator.spec.pointers import Document

SAMPLES = {"integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None}
FORMATS = {
    "uuid": "3c90c3cc-0d44-4b50-8888-8dd25736052a",
    "date-time": "2026-06-11T16:47:49Z",
    "date": "2026-06-11",
    "uri": "https://service.example/result",
    "byte": "dGV4dA==",
}
DEEPEST = 12  # objects in one another, each of them required


def answers(document: Document, found: StatusOperation) -> dict[str, Any]:
    """By status value, an answer that has it; only for the values whose meaning is known."""
    body = sample(document, found.response)
    known = [raw for raw, state in found.statuses.states.items() if state]
    return {raw: _answer(document, found, body, raw) for raw in known if not _needs_conclusion(document, found, raw)}


def _needs_conclusion(document: Document, found: StatusOperation, raw: str) -> bool:
    """Whether an answer with the status *raw* always has a conclusion, so that *raw* alone decides nothing."""
    if found.end.kind != "conclusion" or raw not in found.end.ended or found.statuses.states[raw] in FINAL:
        return False
    return any(one.path == found.end.second and not one.optional for one in fields(document, found.response))


def sample(document: Document, schema: Document, depth: int = 0) -> Any:
    """A minimal value of *schema*: the required fields only, and null where that is allowed."""
    schema = inner(document, schema)
    union = schema.get("oneOf") or schema.get("anyOf")
    if "const" in schema or schema.get("enum"):
        return schema["const"] if "const" in schema else schema["enum"][0]
    if "properties" in schema or "allOf" in schema:
        needed = required(document, schema) if depth < DEEPEST else set()
        return {
            one.path[0]: None if is_nullable(document, one.schema) else sample(document, one.schema, depth + 1)
            for one in fields(document, schema)
            if len(one.path) == 1 and one.path[0] in needed
        }
    if union and "type" not in schema:
        return sample(document, union[0], depth + 1) if depth < DEEPEST else {}
    if type_of(schema) == "string":
        return FORMATS.get(schema.get("format") or "", "text")
    if type_of(schema) in {"integer", "number"} and isinstance(schema.get("minimum"), int):
        return schema["minimum"]
    return deepcopy(SAMPLES.get(type_of(schema), {}))


def type_of(schema: Document) -> str:
    """The type of *schema*; the first one except null if there are several."""
    types = schema.get("type") or ""
    return types if isinstance(types, str) else next(one for one in [*types, ""] if one != "null")


def placed(body: Mapping[str, Any], path: PATH, value: Any) -> dict[str, Any]:
    """A copy of *body* that has *value* at *path*; ITEM is the only object of an array."""
    copy = deepcopy(dict(body))
    parent: Any = copy
    for step, after in zip(path, (*path[1:], None), strict=True):
        if after is None:
            parent[step] = value
        elif step == ITEM:
            parent = parent[0]
        elif after == ITEM:
            parent[step] = parent.get(step) or [{}]
            parent = parent[step]
        else:
            if not isinstance(parent.get(step), dict):
                parent[step] = {}
            parent = parent[step]
    return copy


def _answer(document: Document, found: StatusOperation, body: Any, raw: str) -> dict[str, Any]:
    end, path = found.end, found.status.path
    body = _with_parents(document, found, body if isinstance(body, dict) else {})
    if end.kind == "boolean":
        body = placed(body, path, end.value if raw != "running" else not end.value)
        if end.second and not end.second_is_error:
            return placed(body, end.second, raw == "succeeded")
        return placed(body, end.second, _error(document, found)) if end.second and raw == "failed" else body
    if end.kind == "checked" and raw not in found.own_states:
        raw, second = end.ended[0], _error(document, found) if end.second_is_error else False
        body = placed(body, end.second, second)
    elif end.kind == "checked" and not end.second_is_error:
        body = placed(body, end.second, raw in end.ended)
    number = "integer" in kinds(inner(document, found.status.schema))
    concluded = raw not in found.own_states or (raw in end.ended and found.statuses.states[raw] in FINAL)
    if end.kind == "conclusion" and concluded:
        return placed(placed(body, path, next(iter(end.ended), "completed")), end.second, raw)
    return placed(body, path, int(raw) if number and raw.lstrip("-").isdigit() else raw)


def _with_parents(document: Document, found: StatusOperation, body: dict[str, Any]) -> dict[str, Any]:
    """*body* with the objects that hold the status, and what they require."""
    schema = found.response
    for index, step in enumerate(found.status.path[:-1]):
        inside = inner(document, schema)
        if step == ITEM:
            schema = inside.get("items", {})
            body = placed(body, found.status.path[: index + 1][:-1], [sample(document, schema)])
            continue
        schema = next((one.schema for one in fields(document, inside) if one.path == (step,)), {})
        if found.status.path[index + 1] != ITEM and ITEM not in found.status.path[: index + 1]:
            body = placed(body, found.status.path[: index + 1], sample(document, schema))
    return body


def _error(document: Document, found: StatusOperation) -> Any:
    schema = next((one.schema for one in fields(document, found.response) if one.path == found.end.second), {})
    return sample(document, schema) or (
        {"message": "text"} if type_of(inner(document, schema)) != "array" else ["text"]
    )
