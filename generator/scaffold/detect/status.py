"""Finds the operations that report a job's status in an unknown spec, and the status field of each response."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from generator.scaffold.detect.end import End, detect_end, is_end_flag
from generator.scaffold.detect.response_fields import (
    ITEM,
    Field,
    fields,
    inner,
    is_scalar,
    item_fields,
    response_schema,
    snake_case,
)
from generator.scaffold.detect.state_words import FINAL
from generator.scaffold.detect.states import Statuses, detect_states
from generator.spec.operations import operations, path_parameters
from generator.spec.pointers import Document, resolved

STATUS = re.compile(r"^(.*[_-])?(status|state|phase|lifecycle|stage|progress_?state)(_?(code|id|name|text|value))?$")
JOB = re.compile(
    r"job|task|run|batch|operation|execution|import|export|transcript|render|conversion|report|training|"
    r"fine.?tun|generation|prediction|optimi[sz]|crawl|scan|build|deploy|query|workflow|process|request|analysis|train|"
    r"(?<!trans)(?<!inter)action|async|background|upload|download|backup|migration|compliance|encod"
)
MANY = 3  # states that make a list of statuses that of a job
OTHER = re.compile(r"^(previous|prev|last|latest|next|parent)_")  # fields about another job
CLOSE = 1  # a difference of scores that decides nothing


@dataclass(frozen=True)
class StatusOperation:
    """The operation that reports a job's status, its response, what decides the job's end, and a score of the guess."""

    path: str
    operation: Document
    response: Document  # the schema of its JSON
    status: Field
    statuses: Statuses
    score: int
    end: End = field(default_factory=End)
    own_states: frozenset[str] = frozenset()  # the values of the status field itself
    others: list[str] = field(default_factory=list)  # operations with nearly the same score

    @property
    def name(self) -> str:
        """The operationId."""
        return str(self.operation["operationId"])

    @property
    def collection(self) -> str:
        """The path of the collection of jobs."""
        return self.path[: self.path.rindex("{")].rstrip("/")

    @property
    def is_clear(self) -> bool:
        """Whether its statuses are those of a job: states before the end and states at the end are known."""
        states = {state for state in self.statuses.states.values() if state}
        return bool(states & {"queued", "running"}) and bool(states & set(FINAL))

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


def find_status_operation(document: Document, job: str = "") -> StatusOperation | None:
    """The operation *job*, or without a name that with the highest score; None if there is no candidate."""
    return chosen_job(find_jobs(document), job)


def chosen_job(jobs: list[StatusOperation], job: str = "") -> StatusOperation | None:
    """The same of *jobs*, the likeliest first."""
    found = [one for one in jobs if one.name == job] if job else jobs
    if not found:
        return None
    best = found[0]
    if not job:
        best.others.extend(one.name for one in jobs[1:] if one.score >= best.score - CLOSE)
    return best


def find_jobs(document: Document) -> list[StatusOperation]:
    """The operations that may report a job's status, each with its best field; the likeliest first."""
    ranked = sorted(_candidates(document), key=lambda one: (-one.score, len(one.path), one.path))
    best: dict[str, StatusOperation] = {}
    for one in ranked:
        best.setdefault(one.name, one)
    return [*best.values()]


def _candidates(document: Document) -> Iterator[StatusOperation]:
    for _, method, path, operation in operations(document):
        if method == "get" and path_parameters(path):
            try:
                yield from [*_candidates_of(document, path, operation)]
            except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
                continue  # a part that cannot be read; the generator's checks name it if the operation is chosen


def _candidates_of(document: Document, path: str, operation: Document) -> Iterator[StatusOperation]:
    response = response_schema(document, operation)
    if response is None:
        return
    named = [*fields(document, response)]
    states = partial(_states, document, operation, response, frozenset(one.path[-1] for one in named))
    for one in [*named, *item_fields(document, named)]:
        is_status = STATUS.match(one.name) and is_scalar(document, one.schema)
        if is_status or (is_end_flag(document, one) and ITEM not in one.path):
            own = states(one)
            end, known = detect_end(document, one, own, named, states)
            score = _score(path, operation, one, known, end)
            yield StatusOperation(path, operation, response, one, known, score, end, frozenset(own.states))


def _states(document: Document, operation: Document, response: Document, names: frozenset[str], one: Field) -> Statuses:
    """The values of the field *one*; a description also has the *names* of fields in quotes, which are no values."""
    known = detect_states(inner(document, one.schema), _texts(document, operation, response, one))
    if known.source != "description":
        return known
    states = {word: state for word, state in known.states.items() if state or word not in names}
    return Statuses(states, known.source if states else "")


def _score(path: str, operation: Document, status: Field, known: Statuses, end: End) -> int:
    words = f"{path} {operation['operationId']} {operation.get('summary', '')}".lower()
    states = [state for state in known.states.values() if state]
    common = (
        2 * bool(JOB.search(words)),
        2 * bool(JOB.search(_noun(path))),
        2 * bool(re.search(r"status|state|poll|progress", words)),
        path.rstrip("/").endswith(("}", "/status", "/state")),
        2 - len(status.path),
        -4 * any(OTHER.match(snake_case(step)) for step in status.path),
    )
    if end.kind == "boolean":
        return sum((*common, 4 * bool(end.second)))
    return sum(
        (
            *common,
            3 * (len(states) >= 2),
            2 * ("succeeded" in states) + (len(set(states)) >= MANY),
            2 * (bool({"queued", "running"} & set(states)) and bool({*FINAL} & set(states))),
            2 * (end.kind == "conclusion"),
            status.name in {"status", "state"},
        )
    )


def _noun(path: str) -> str:
    """The word in *path* that says what the last id identifies: `/users/{id}/jobs/{id}/status` has `jobs`."""
    before = path[: path.rindex("{")].rstrip("/")
    return before.rpartition("/")[2].lower()


def _texts(document: Document, operation: Document, response: Document, status: Field) -> Iterator[str]:
    """The descriptions that may list the status values, the one nearest to the field first."""
    schema = inner(document, status.schema)
    yield from (str(one.get("description", "")) for one in (status.schema, schema))
    yield from (f"{one.get('const')}: {one.get('title', '')}." for one in schema.get("oneOf", []))
    yield str(inner(document, response).get("description", ""))
    yield str(operation.get("description", ""))
    yield from (str(resolved(document, one).get("description", "")) for one in operation["responses"].values())
    yield str(document["info"].get("description", ""))
