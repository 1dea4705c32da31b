"""The contract test's data of a new service: status values, a minimal status response, and ids."""

import json
from typing import Any

from generator.python_names import module_name
from generator.scaffold.detect_status import StatusOperation, fields, inner
from generator.spec.pointers import Document, resolved

SAMPLES = {"integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None}
FORMATS = {"uuid": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "date-time": "2026-06-11T16:47:49Z", "date": "2026-06-11"}


def contract_row(document: Document, found: StatusOperation) -> str:
    """The JSON text of that data."""
    body = _sample(document, found.response)
    parent = body
    for step in found.status.path[:-1]:
        parent = parent.setdefault(step, {})
    first = next(iter(found.statuses.states), "")
    number = type_of(inner(document, found.status.schema)) == "integer"
    parent[found.status.path[-1]] = int(first) if number and first else first
    ids = {module_name(one["name"]): _id_sample(document, one) for one in found.ids(document)}
    known = {status: state for status, state in found.statuses.states.items() if state}
    row = {"statuses": known, "body": body, "ids": ids, "guessed": "all of it: check the service's documentation"}
    return json.dumps(row, indent=2, ensure_ascii=False) + "\n"


def _id_sample(document: Document, parameter: Document) -> str:
    schema = inner(document, parameter.get("schema") or {})
    return FORMATS.get(schema.get("format") or "", "1" if type_of(schema) == "integer" else "an-id")


def _sample(document: Document, schema: Document) -> Any:
    """A minimal value of *schema*: the required fields only."""
    schema = inner(document, schema)
    if schema.get("enum"):
        return schema["enum"][0]
    if "properties" in schema or "allOf" in schema:
        needed = _required(document, schema)
        return {
            one.path[0]: _sample(document, one.schema)
            for one in fields(document, schema)
            if one.path[0] in needed and len(one.path) == 1
        }
    if type_of(schema) == "string":
        return FORMATS.get(schema.get("format") or "", "text")
    return SAMPLES.get(type_of(schema), {})


def type_of(schema: Document) -> str:
    """The type of *schema*; the first one except null if there are several."""
    types = schema.get("type") or ""
    return types if isinstance(types, str) else next(one for one in [*types, ""] if one != "null")


def _required(document: Document, schema: Document) -> set[str]:
    parts = [resolved(document, part) for part in schema.get("allOf", [])]
    return {*schema.get("required", []), *(name for part in parts for name in _required(document, part))}
