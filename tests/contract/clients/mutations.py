"""Valid payloads of a schema, and each of them with one thing changed: what decoders are judged by."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

from generator.spec.pointers import resolved

NULL = {"type": "null"}
Path = tuple[str | int, ...]
ABSENT = object()

UUID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
TIME = "2026-06-11T16:47:49Z"
VALUES = {"string": "text", "integer": 7, "number": 0.5, "boolean": True, "null": None}
FORMATS = {"uuid": UUID, "date-time": TIME, "date": "2026-06-11"}

TEXTS = ("text", "12:00:00", "openai")  # one for each pattern that our specs have

# What may be sent in place of any value.
ANYTHING = [None, True, False, 0, 7, -1, 2.0, 0.5, "", "7", "true", "text", "PAUSED", [], [None], {}, {"a": 1}]
# What may be sent in place of text of a format.
SPELLINGS = {
    "uuid": [
        UUID.upper(),
        f"{{{UUID}}}",
        f"urn:uuid:{UUID}",
        UUID.replace("-", ""),
        f" {UUID}",
        UUID[:-1],
        "not-a-uuid",
    ],
    "date-time": [
        "2026-06-11t16:47:49z",
        "2026-06-11T16:47:49.123456789Z",
        "2026-06-11T18:47:49+02:00",
        "2026-06-11T18:47:49-00:00",
        "2026-06-30T23:59:60Z",
        "2026-07-01T01:59:60.5+02:00",
        "2026-06-11T16:47:60Z",
        "2026-06-11T16:47:49",
        "2026-06-11T16:47Z",
        "2026-06-11 16:47:49Z",
        "2026-06-11",
        "2026-W24-4",
        "20260611T164749Z",
        "2026-06-11T24:00:00Z",
        "2026-02-30T16:47:49Z",
        "2026-06-11T16:47:49+25:00",
        "2026-06-11T16:47:49+0200",
        "9999-12-31T23:59:60Z",
        "1749660469",
        "yesterday",
    ],
    "date": ["2026-6-1", "2026-02-30", "2026-06-11T00:00:00Z", "today"],
}


class Mutation(NamedTuple):
    """A payload that differs from a valid one at *path*, where the spec has *schema*; ABSENT is a missing field."""

    path: Path
    schema: dict[str, Any]
    value: Any
    payload: Any


def mutations(document: Any, schema: Any) -> Iterator[Mutation]:
    """Each place in a full payload of *schema* with each other value, once; and its objects with one field more."""
    valid = sample(document, schema)
    yield Mutation((), schema, valid, valid)
    for path, place in places(document, schema, valid):
        formats = {one.get("format") for one in alternatives(document, place)}
        values = [*ANYTHING, *(text for name in sorted(filter(None, formats)) for text in SPELLINGS.get(name, []))]
        values += [ABSENT] if path and isinstance(path[-1], str) else []
        values += [{**at(valid, path), "new_in_may": [1]}] if isinstance(at(valid, path), dict) else []
        for value in values:
            if value is ABSENT or json.dumps(value) != json.dumps(at(valid, path)):
                yield Mutation(path, place, value, _changed(valid, path, value))


def alternatives(document: Any, schema: Any) -> list[dict[str, Any]]:
    """What a value may be: the members of a union, or the one schema that there is."""
    schema = resolved(document, schema)
    members = schema.get("anyOf") or schema.get("oneOf")
    return [one for member in members for one in alternatives(document, member)] if members else [schema]


def sample(document: Any, schema: Any) -> Any:
    """A payload of *schema* with every field that the spec names."""
    schema = next((one for one in alternatives(document, schema) if one != NULL), NULL)
    if schema.get("enum"):
        return schema["enum"][0]
    if schema.get("type") == "array":
        return [sample(document, schema.get("items", {}))] * max(1, schema.get("minItems", 0))
    if schema.get("type") == "object":
        return {name: sample(document, one) for name, one in schema.get("properties", {}).items()}
    if "type" not in schema:
        return {"any": ["thing"]}
    if "pattern" in schema:
        return next(text for text in TEXTS if re.search(schema["pattern"], text))
    return FORMATS.get(schema.get("format"), VALUES[schema["type"]])


def places(document: Any, schema: Any, value: Any, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every place in *value* that *schema* describes."""
    yield path, schema
    described = next((one for one in alternatives(document, schema) if one != NULL), NULL)
    if isinstance(value, dict):
        for name, one in described.get("properties", {}).items():
            yield from places(document, one, value[name], (*path, name))
    elif isinstance(value, list) and "items" in described:
        yield from places(document, described["items"], value[0], (*path, 0))


def at(value: Any, path: Path) -> Any:
    """What lies at *path*."""
    for step in path:
        value = value[step]
    return value


def _changed(valid: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    payload = deepcopy(valid)
    holder = at(payload, path[:-1])
    if value is ABSENT:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return payload
