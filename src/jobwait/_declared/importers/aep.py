"""`x-aep-long-running-operation`: requests whose answer is an operation of AIP-151, with done, error and response."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jobwait._declared.importers.converted import Converted, job_name
from jobwait._declared.importers.openapi_source import access, needed_queries, with_extension
from jobwait._declared.vocabulary.answer_path import AnswerPath
from jobwait._declared.vocabulary.openapi import Document, Operation

FIELD: Final = "x-aep-long-running-operation"
_COLLECTION: Final = "/operations/"
_RULES: Final = (
    {"state": "running", "when": {"done": {"present": False}}},
    {"state": "running", "when": {"done": False}},
    {"state": "failed", "when": {"done": True, "error": {"present": True}}},
    {"state": "succeeded", "when": {"done": True}},
)


def conversions(document: Document) -> Iterator[tuple[str, Converted]]:
    """The name of each operation that starts a job, and what it becomes."""
    polled = next((one for one in document.operations() if one.method == "GET" and _is_operation(one.path)), None)
    for operation, _, _ in with_extension(document, FIELD):
        yield operation.name, _converted(document, operation, polled)


def _is_operation(path: str) -> bool:
    """Whether *path* ends in an operation's id."""
    before, found, last = path.rpartition(_COLLECTION)
    return bool(found) and "{" not in before and last.startswith("{") and last.endswith("}")


def _converted(document: Document, operation: Operation, polled: Operation | None) -> Converted:
    remarks: list[str] = []
    before = "" if polled is None else polled.path.rpartition(_COLLECTION)[0]
    if polled is None:
        remarks.append(f"{document.name} has no GET of {_COLLECTION}: the operation is asked at the path that it has.")
    name = _name_field(document, operation)
    where = f"{before}/{{+{name}}}"
    needed = needed_queries(document, operation)
    submit: dict[str, Any] = {"method": operation.method, "path": operation.path, "id": name}
    if name in operation.path:
        return Converted(None, [f"{operation.name} has {{{name}}} in its path, where the id of its job would stand."])
    if operation.query or needed:
        submit["query"] = {**operation.query, **{one: f"{{{one}}}" for one in needed}}
    cancels = {one.path for one in document.operations() if one.method == "POST"}
    cancel = polled is not None and f"{polled.path}:cancel" in cancels
    declaration = {
        "name": job_name(operation.name),
        **access(document, operation, remarks),
        "ids": [name],
        "poll": {"method": "GET", "path": where},
        "rules": [dict(one) for one in _RULES],
        "reason": ["error.detail", "error.message", "error.title"],
        "result": {"path": "response"},
        "submit": submit,
        **({"cancel": {"method": "POST", "path": f"{where}:cancel"}} if cancel else {}),
    }
    remarks.append(f"{operation.name}: {FIELD} has no states, so progress and cancellations are not told apart.")
    return Converted(declaration, remarks)


def _name_field(document: Document, operation: Operation) -> str:
    """The field of the answer that names the operation: AEP's path, or name, as older documents have it."""
    schemas = [schema for _, schema, _ in document.answers(operation)]
    known = {one for one in ("path", "name") for schema in schemas if _has(document, schema, one)}
    return "name" if known == {"name"} else "path"


def _has(document: Document, schema: Mapping[str, Any], name: str) -> bool:
    return document.has(schema, AnswerPath.of(name, FIELD))
