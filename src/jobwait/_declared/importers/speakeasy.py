"""`x-speakeasy-polling`: criteria of success and failure at the operation that is polled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jobwait._declared.importers.converted import Converted, Unsayable, add_rule, job_name, poll_of, rest_running
from jobwait._declared.importers.criteria import when_of
from jobwait._declared.importers.openapi_source import access, needed_queries, success_codes, with_extension
from jobwait._declared.vocabulary.answer_path import AnswerPath
from jobwait._declared.vocabulary.openapi import Document, Operation

FIELD: Final = "x-speakeasy-polling"


def conversions(document: Document) -> Iterator[tuple[str, Converted]]:
    """The name of each operation with pollings, and each of these."""
    for operation, entry, value in with_extension(document, FIELD):
        pollings = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
        for polling in pollings:
            names = [operation.name, str(polling.get("name", ""))] if len(pollings) > 1 else [operation.name]
            yield operation.name, _converted(document, operation, entry, polling, job_name(*names))


def _converted(
    document: Document, operation: Operation, entry: Mapping[str, Any], polling: Mapping[str, Any], name: str
) -> Converted:
    remarks: list[str] = []
    rules: list[dict[str, Any]] = []
    place = f"{operation.name}, {FIELD} {polling.get('name', '')}".rstrip()
    for field, state in (("failureCriteria", "failed"), ("successCriteria", "succeeded")):
        try:
            when = when_of(polling.get(field))
        except Unsayable as fact:
            lost = "there is no declaration" if state == "succeeded" else "such jobs are not seen to fail"
            remarks.append(f"{place}: {field} {fact}, which a declaration cannot say: {lost}.")
            continue
        if when:
            add_rule(rules, state, when)
    if not any(rule["state"] == "succeeded" for rule in rules):
        return Converted(None, remarks or [f"{place} has no successCriteria, so nothing says how a job succeeds."])
    remarks += _unnamed(document, operation, rules)
    declaration = {
        "name": name,
        **access(document, operation, remarks),
        **poll_of(operation.method, operation.path, dict(operation.query), needed_queries(document, operation)),
        "rules": rest_running(rules, success_codes(entry)),
        **_pace(polling, place, remarks),
    }
    return Converted(declaration, remarks)


def _unnamed(document: Document, operation: Operation, rules: list[dict[str, Any]]) -> Iterator[str]:
    """Words in the document's enums that no criterion names: there a poll goes on."""
    wanted: dict[str, list[Any]] = {}
    for rule in rules:
        for path, value in rule["when"].items():
            if path != "$http" and not isinstance(value, dict):
                wanted.setdefault(path, []).extend(value if isinstance(value, list) else [value])
    for path, named in wanted.items():
        where = AnswerPath.of(path, FIELD)
        words = [word for _, schema, _ in document.answers(operation) for word in document.enum_at(schema, where)]
        left = [str(word) for word in dict.fromkeys(words) if word is not None and word not in named]
        if left:
            yield f"{operation.name}: no criterion names {', '.join(left)} of {path}, so they count as running."


def _pace(polling: Mapping[str, Any], place: str, remarks: list[str]) -> dict[str, Any]:
    """The fields `first`, `interval` and `timeout`."""
    numbers = {name: polling.get(name) for name in ("delaySeconds", "intervalSeconds", "limitCount")}
    delay, interval, limit = (one if type(one) in {int, float} and one >= 0 else None for one in numbers.values())  # type: ignore[operator]
    found: dict[str, Any] = {} if delay is None else {"first": delay}
    if interval:
        found["interval"] = interval
    if limit and interval:
        found["timeout"] = (delay or 0) + interval * limit
    elif limit:
        remarks.append(f"{place}: limitCount without intervalSeconds says no time, so there is no timeout.")
    return found
