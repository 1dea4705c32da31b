"""Sample: the contract row of a new service: its states, the least that an answer holds, and ids."""

import json
from typing import Any

from generator.jobs import Found, fields, inner
from generator.names import module_name
from generator.pointers import Document, resolved

SAMPLES = {"integer": 1, "number": 0.5, "boolean": True, "array": [], "object": {}, "null": None}
FORMATS = {"uuid": "3c90c3cc-0d44-4b50-8888-8dd25736052a", "date-time": "2026-06-11T16:47:49Z", "date": "2026-06-11"}


def row(document: Document, found: Found) -> str:
    """The row of the contract test: the states, an answer without them, and ids."""
    body = _sample(document, found.answer)
    holder = body
    for step in found.status.path[:-1]:
        holder = holder.setdefault(step, {})
    first = next(iter(found.states.verdicts), "")
    number = type_of(inner(document, found.status.schema)) == "integer"
    holder[found.status.path[-1]] = int(first) if number and first else first
    ids = {module_name(one["name"]): _id_sample(document, one) for one in found.ids(document)}
    known = {state: verdict for state, verdict in found.states.verdicts.items() if verdict}
    told = {"statuses": known, "body": body, "ids": ids, "guessed": "all of it: look at the service's documentation"}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _id_sample(document: Document, parameter: Document) -> str:
    schema = inner(document, parameter.get("schema") or {})
    return FORMATS.get(schema.get("format") or "", "1" if type_of(schema) == "integer" else "an-id")


def _sample(document: Document, schema: Document) -> Any:
    """The least that the schema asks for."""
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
    """The one type of *schema*, of several the first that is told."""
    types = schema.get("type") or ""
    return types if isinstance(types, str) else next(one for one in [*types, ""] if one != "null")


def _required(document: Document, schema: Document) -> set[str]:
    parts = [resolved(document, part) for part in schema.get("allOf", [])]
    return {*schema.get("required", []), *(name for part in parts for name in _required(document, part))}
