"""What is odd in a declaration that can be loaded: rules that never decide, words and samples of its document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from jobwait._declared.service import service_of
from jobwait._declared.vocabulary.answer_path import AnswerPath
from jobwait._declared.vocabulary.declaration import Declaration, declaration_of
from jobwait._declared.vocabulary.openapi import Document, Operation
from jobwait._declared.vocabulary.rules import Condition, Rule
from jobwait._declared.vocabulary.source import read
from jobwait._httpx import httpx
from jobwait._model.status_map import MEANINGS, StatusMap
from jobwait._polling.observation import state_of
from jobwait._text import visible

_MOST_SAMPLES: Final = 100
_VARIABLE: Final = re.compile(r"\{[^{}]*\}")


def check(source: Any, name: str | None = None) -> list[str]:
    """
    Sentences about what is odd in the declaration that `load(source, name)` would take; an empty list: nothing is.

    Rules that can never decide; words that the document's enum has and no set names; samples in the document whose
    state is unknown, or whose state has no path. Raises InvalidInput as load() does. Nothing is sent.
    """
    found = read(source)
    chosen, value = found.chosen(name)
    declared = declaration_of(chosen, value, found.document, found.name)
    sentences = list(_idle_rules(declared))
    operation = None if found.document is None else _polled(found.document, value["poll"])
    if found.document is not None and operation is not None:
        answers = [one for one in found.document.answers(operation) if _is_judged(declared, one[0])]
        schemas = [schema for _, schema, _ in answers if schema]
        sentences += _unnamed_words(declared, found.document, schemas)
        sentences += _foreign_words(declared, found.document, schemas)
        sentences += _missing_paths(value, found.document, schemas)
        for status, _, samples in answers:
            for number, sample in enumerate(samples[:_MOST_SAMPLES], 1):
                sentences += _of_sample(declared, status, number, sample)
    return sentences


check.__module__ = "jobwait.service"  # where people import it from


def _polled(document: Document, poll: Any) -> Operation | None:
    """The operation that is polled, by its name or by method and path; None if the document does not have it."""
    name, path, method = poll.get("operation"), str(poll.get("path")), str(poll.get("method", "GET")).upper()
    if isinstance(name, str):
        return document.operation(name, "poll.operation")
    found = (one for one in document.operations() if one.method == method and _same(one.path, path))
    return next(found, None)


def _same(documented: str, path: str) -> bool:
    """Whether two paths differ in the names of their variables alone."""
    return _VARIABLE.sub("{}", documented) == _VARIABLE.sub("{}", path)


def _is_judged(declared: Declaration, status: int) -> bool:
    """Whether a response with this *status* is an answer, and no failed request."""
    return 200 <= status < 300 or status in declared.state.codes


def _missing_paths(value: Mapping[str, Any], document: Document, schemas: list[Any]) -> Iterator[str]:
    """Paths that no answer of the document has."""
    progress = value.get("progress") or {}
    named = {"state.path": (value.get("state") or {}).get("path"), "reason": value.get("reason")}
    named |= {f"progress.{name}": one for name, one in progress.items()}
    for place, given in named.items():
        for text in given if isinstance(given, list) else [given] if given else []:
            path = AnswerPath.of(text, place)
            if schemas and not any(document.has(schema, path) for schema in schemas):
                yield f"{place} is {text}, which no answer in {document.name} has."


def _foreign_words(declared: Declaration, document: Document, schemas: list[Any]) -> Iterator[str]:
    """Words that a set of state names and the enum of the document does not have."""
    for path in declared.state.where:
        listed = [str(word) for schema in schemas for word in document.enum_at(schema, path) if word is not None]
        known = StatusMap(running=frozenset(listed))
        sets = {name: getattr(declared.state.words, name) for name in MEANINGS}
        odd = [(name, word) for name, words in sets.items() for word in sorted(words) if known.of(word) == "unknown"]
        if listed and odd:
            named = ", ".join(f"state.{name} has {visible(word)}" for name, word in odd)
            yield f"{named}: the enum at {path.text} in {document.name} does not."


def _idle_rules(declared: Declaration) -> Iterator[str]:
    """Rules that an earlier rule always decides before them, and words that no answer can reach."""
    rules = declared.state.rules
    for number, rule in enumerate(rules):
        before = next((one for one in range(number) if _covers(rules[one], rule)), None)
        if before is not None:
            yield f"rules[{number}] never decides: rules[{before}] fits whenever it does."


def _covers(earlier: Rule, later: Rule) -> bool:
    """Whether *earlier* fits wherever *later* does: each of its conditions is implied by one of *later*."""
    return all(any(_implies(mine, wanted) for mine in later.when) for wanted in earlier.when)


def _implies(given: Condition, wanted: Condition) -> bool:
    if given.path != wanted.path:
        return False
    if given.test == "all" and not wanted.test:  # each item has one of the values, and there is an item
        return set(given.values) <= set(wanted.values)
    if given.test == wanted.test == "all":
        return set(given.values) <= set(wanted.values)
    if wanted.test == "present" and wanted.than:
        return bool(given.values) or given == wanted or given.test in {"above", "below"}
    if wanted.test or given.test:
        return given == wanted
    return bool(given.values) and set(given.values) <= set(wanted.values)


def _unnamed_words(declared: Declaration, document: Document, schemas: list[Any]) -> Iterator[str]:
    """Words in the enum at the path of the state that no set names, unless rules read the same path."""
    read_by_rules = {one.path.text for rule in declared.state.rules for one in rule.when if one.path is not None}
    for path in declared.state.where:
        if path.text in read_by_rules:
            continue
        words = {str(word) for schema in schemas for word in document.enum_at(schema, path) if word is not None}
        odd = sorted(word for word in words if declared.state.words.of(word) == "unknown")
        if odd:
            listed = ", ".join(visible(one) for one in odd)
            yield f"{path.text} can be {listed} in {document.name}, which no set of state names."


def _of_sample(declared: Declaration, status: int, number: int, sample: Any) -> Iterator[str]:
    """What a sample of the document's says when it is judged."""
    service = service_of(declared)
    try:
        response = httpx.Response(status, content=json.dumps(sample), headers={"content-type": "application/json"})
        state, raw = state_of(service, response, service.parse(response))
    except Exception as error:  # noqa: BLE001 - a sample that cannot be read is a finding
        yield f"Sample {number} of the response {status} cannot be read: {visible(str(error)):.200}."
        return
    if state == "unknown":
        yield f"Sample {number} of the response {status} is in no known state: {visible(raw)}."
    if state == "failed" and service.reason(sample) is None:
        yield f"Sample {number} of the response {status} failed, and nothing is at the path of reason."
