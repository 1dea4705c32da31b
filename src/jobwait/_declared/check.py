"""What is odd in a declaration that can be loaded: rules that never decide, words and samples of its document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from jobwait._declared.service import service_of
from jobwait._declared.vocabulary.declaration import Declaration, declaration_of
from jobwait._declared.vocabulary.openapi import Document
from jobwait._declared.vocabulary.rules import Condition, Rule
from jobwait._declared.vocabulary.source import read
from jobwait._httpx import httpx
from jobwait._polling.observation import state_of
from jobwait._text import visible

_MOST_SAMPLES: Final = 100


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
    if found.document is not None and isinstance(operation := value["poll"].get("operation"), str):
        answers = list(found.document.answers(found.document.operation(operation, "poll.operation")))
        sentences += _unnamed_words(declared, found.document, [schema for _, schema, _ in answers])
        for status, _, samples in answers:
            for number, sample in enumerate(samples[:_MOST_SAMPLES], 1):
                sentences += _of_sample(declared, status, number, sample)
    return sentences


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
