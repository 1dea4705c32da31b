"""Jobs: in a spec that nobody has seen, the operation that reports a job's status, and what its answer says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.lint import operations
from generator.pointers import Document, resolved
from generator.states import States, states

STATUS = re.compile(r"^(.*[_-])?(status|state|phase|lifecycle|stage|progress_?state)(_?(code|id|name|text|value))?$")
JOB = re.compile(
    r"job|task|run|batch|operation|execution|import|export|transcript|render|conversion|report|training|"
    r"fine.?tun|generation|prediction|optimi[sz]|crawl|scan|build|deploy|query|workflow|process|request|analysis"
)
PATH = tuple[str, ...]
DEPTH = 3


@dataclass(frozen=True)
class Field:
    """A field of an answer: the way to it, and what the spec says of it."""

    path: PATH
    schema: Document


@dataclass(frozen=True)
class Found:
    """The operation that reports a job, the field with its state, and how sure that is."""

    path: str
    operation: Document
    answer: Document
    status: Field
    states: States
    score: int
    others: list[str] = field(default_factory=list)  # operations that might be meant as well

    def ids(self, document: Document) -> list[Document]:
        """The parameters that a look cannot do without: those of the path, in its order, then required others."""
        shared = document["paths"][self.path].get("parameters", [])
        declared = [resolved(document, one) for one in [*shared, *self.operation.get("parameters", [])]]
        named = {one["name"]: one for one in declared if one["in"] == "path"}
        others = [one for one in declared if one["in"] in {"query", "header"} and one.get("required")]
        return [*others, *(named[name] for name in re.findall(r"\{([^}]*)\}", self.path))]

    @property
    def id(self) -> str:
        """The path parameter that names the job: the last one."""
        return str(re.findall(r"\{([^}]*)\}", self.path)[-1])


def find(document: Document) -> Found | None:
    """The operation that most looks like it, None where none does."""
    found = sorted(_candidates(document), key=lambda one: (-one.score, len(one.path), one.path))
    if not found:
        return None
    best, *others = found
    best.others.extend(one.operation["operationId"] for one in others if one.score >= best.score - 1)
    return best


def _candidates(document: Document) -> Iterator[Found]:
    for _, method, path, operation in operations(document):
        answer = answer_schema(document, operation)
        if method != "get" or "{" not in path or answer is None:
            continue
        for one in fields(document, answer):
            if STATUS.match(plain(one.path[-1])) and _is_scalar(document, one.schema):
                known = states(inner(document, one.schema), _prose(document, operation, answer, one))
                yield Found(path, operation, answer, one, known, _score(path, operation, one, known))


def _score(path: str, operation: Document, status: Field, known: States) -> int:
    words = f"{path} {operation['operationId']} {operation.get('summary', '')}".lower()
    telling = [verdict for verdict in known.verdicts.values() if verdict]
    return sum(
        (
            3 * (len(telling) >= 2),
            2 * ("succeeded" in telling) + (len(set(telling)) >= 3),
            2 * bool(JOB.search(words)),
            2 * bool(re.search(r"status|state|poll|progress", words)),
            path.rstrip("/").endswith(("}", "/status", "/state")),
            plain(status.path[-1]) in {"status", "state"},
            2 - len(status.path),
        )
    )


def answer_schema(document: Document, operation: Document) -> Document | None:
    """The schema of the JSON that a success brings, None if it brings none."""
    for code, response in sorted(operation["responses"].items()):
        if code.startswith("2") or code == "default":
            for kind, media in (resolved(document, response).get("content") or {}).items():
                schema = media.get("schema")
                if "json" in kind and isinstance(schema, dict):
                    return schema
    return None


def fields(document: Document, schema: Document, path: PATH = ()) -> Iterator[Field]:
    """Every field of an answer, outermost first, into objects but not into arrays."""
    held = _properties(document, inner(document, schema))
    below = [Field((*path, name), one) for name, one in held.items()]
    yield from below
    if len(path) < DEPTH - 1:
        for one in below:
            yield from fields(document, one.schema, one.path)


def _properties(document: Document, schema: Document) -> dict[str, Any]:
    joined = dict(schema.get("properties") or {})
    for part in schema.get("allOf", []):
        joined.update(_properties(document, inner(document, part)))
    return {name: one for name, one in joined.items() if isinstance(one, dict)}


def inner(document: Document, schema: Document) -> Document:
    """What *schema* is when it is not null."""
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
    told = inner(document, schema)
    constants = [one for one in told.get("oneOf", []) + told.get("anyOf", []) if "const" in one]
    return kinds(told) <= {"string", "integer"} or "enum" in told or bool(constants)


def kinds(schema: Document) -> frozenset[str]:
    """The types that *schema* allows beside null; `anything` where it names none."""
    types = schema.get("type", "anything")
    return frozenset([types] if isinstance(types, str) else types) - {"null"}


def _prose(document: Document, operation: Document, answer: Document, status: Field) -> Iterator[str]:
    """Where a spec may name the states, the nearest first."""
    told = inner(document, status.schema)
    yield from (str(one.get("description", "")) for one in (status.schema, told))
    yield from (f"{one.get('const')}: {one.get('title', '')}." for one in told.get("oneOf", []))
    yield str(inner(document, answer).get("description", ""))
    yield str(operation.get("description", ""))
    yield from (str(resolved(document, one).get("description", "")) for one in operation["responses"].values())
    yield str(document["info"].get("description", ""))


def plain(name: str) -> str:
    """*name* in snake case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
