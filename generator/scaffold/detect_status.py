"""Finds the operation that reports a job's status in an unknown spec, and the status field of its response."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.scaffold.detect_states import Statuses, detect_states
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, resolved

STATUS = re.compile(r"^(.*[_-])?(status|state|phase|lifecycle|stage|progress_?state)(_?(code|id|name|text|value))?$")
JOB = re.compile(
    r"job|task|run|batch|operation|execution|import|export|transcript|render|conversion|report|training|"
    r"fine.?tun|generation|prediction|optimi[sz]|crawl|scan|build|deploy|query|workflow|process|request|analysis"
)
PATH = tuple[str, ...]
DEPTH = 3


@dataclass(frozen=True)
class Field:
    """A field of a response: its path, and its schema."""

    path: PATH
    schema: Document


@dataclass(frozen=True)
class StatusOperation:
    """The operation that reports a job's status, its response, the status field, and a score of the guess."""

    path: str
    operation: Document
    response: Document  # the schema of its JSON
    status: Field
    statuses: Statuses
    score: int
    others: list[str] = field(default_factory=list)  # operations with nearly the same score

    def ids(self, document: Document) -> list[Document]:
        """The parameters of a status request: required query and header parameters, then those of the path in order."""
        shared = document["paths"][self.path].get("parameters", [])
        declared = [resolved(document, one) for one in [*shared, *self.operation.get("parameters", [])]]
        named = {one["name"]: one for one in declared if one["in"] == "path"}
        others = [one for one in declared if one["in"] in {"query", "header"} and one.get("required")]
        return [*others, *(named[name] for name in path_parameters(self.path))]

    @property
    def id(self) -> str:
        """The path parameter that identifies the job: the last one."""
        return path_parameters(self.path)[-1]


def find_status_operation(document: Document) -> StatusOperation | None:
    """The operation with the highest score; None if there is no candidate."""
    found = sorted(_candidates(document), key=lambda one: (-one.score, len(one.path), one.path))
    if not found:
        return None
    best, *others = found
    best.others.extend(one.operation["operationId"] for one in others if one.score >= best.score - 1)
    return best


def _candidates(document: Document) -> Iterator[StatusOperation]:
    for _, method, path, operation in operations(document):
        response = response_schema(document, operation)
        if method != "get" or "{" not in path or response is None:
            continue
        for one in fields(document, response):
            if STATUS.match(snake_case(one.path[-1])) and _is_scalar(document, one.schema):
                known = detect_states(inner(document, one.schema), _texts(document, operation, response, one))
                yield StatusOperation(path, operation, response, one, known, _score(path, operation, one, known))


def _score(path: str, operation: Document, status: Field, known: Statuses) -> int:
    words = f"{path} {operation['operationId']} {operation.get('summary', '')}".lower()
    states = [state for state in known.states.values() if state]
    return sum(
        (
            3 * (len(states) >= 2),
            2 * ("succeeded" in states) + (len(set(states)) >= 3),
            2 * bool(JOB.search(words)),
            2 * bool(re.search(r"status|state|poll|progress", words)),
            path.rstrip("/").endswith(("}", "/status", "/state")),
            snake_case(status.path[-1]) in {"status", "state"},
            2 - len(status.path),
        )
    )


def response_schema(document: Document, operation: Document) -> Document | None:
    """The schema of the JSON in the success response; None if it has no JSON."""
    for code, response in sorted(operation["responses"].items()):
        if code.startswith("2") or code == "default":
            for kind, media in (resolved(document, response).get("content") or {}).items():
                schema = media.get("schema")
                if "json" in kind and isinstance(schema, dict):
                    return schema
    return None


def fields(document: Document, schema: Document, path: PATH = ()) -> Iterator[Field]:
    """Every field of a response, outermost first; fields of objects in arrays are left out."""
    properties = _properties(document, inner(document, schema))
    below = [Field((*path, name), one) for name, one in properties.items()]
    yield from below
    if len(path) < DEPTH - 1:
        for one in below:
            yield from fields(document, one.schema, one.path)


def _properties(document: Document, schema: Document) -> dict[str, Any]:
    merged = dict(schema.get("properties") or {})
    for part in schema.get("allOf", []):
        merged.update(_properties(document, inner(document, part)))
    return {name: one for name, one in merged.items() if isinstance(one, dict)}


def inner(document: Document, schema: Document) -> Document:
    """*schema* without references, and without null as an alternative."""
    schema = resolved(document, schema)
    for key in ("anyOf", "oneOf", "allOf"):
        members = [one for one in schema.get(key, []) if one != {"type": "null"}]
        if len(members) == 1 and "properties" not in schema:
            return {
                **inner(document, members[0]),
                **{name: schema[name] for name in ("description",) if name in schema},
            }
    return schema


def _is_scalar(document: Document, schema: Document) -> bool:
    resolved_schema = inner(document, schema)
    unions = [*resolved_schema.get("oneOf", []), *resolved_schema.get("anyOf", [])]
    is_enum = "enum" in resolved_schema or any("const" in one for one in unions)
    return is_enum or kinds(resolved_schema) <= {"string", "integer"}


def kinds(schema: Document) -> frozenset[str]:
    """The types that *schema* allows except null; `anything` if it names none."""
    types = schema.get("type", "anything")
    return frozenset([types] if isinstance(types, str) else types) - {"null"}


def _texts(document: Document, operation: Document, response: Document, status: Field) -> Iterator[str]:
    """The descriptions that may list the status values, the one nearest to the field first."""
    schema = inner(document, status.schema)
    yield from (str(one.get("description", "")) for one in (status.schema, schema))
    yield from (f"{one.get('const')}: {one.get('title', '')}." for one in schema.get("oneOf", []))
    yield str(inner(document, response).get("description", ""))
    yield str(operation.get("description", ""))
    yield from (str(resolved(document, one).get("description", "")) for one in operation["responses"].values())
    yield str(document["info"].get("description", ""))


def snake_case(name: str) -> str:
    """*name* in snake_case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
