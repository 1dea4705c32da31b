"""The declaration of a job in a document, `x-job`: whether its operations and the fields that it reads are there."""

import re
from collections.abc import Iterator
from typing import Any

from generator.errors import GeneratorError
from generator.spec.operations import names_of, operations
from generator.spec.pointers import Document, objects, resolved

JOB = "x-job"  # it goes into the package as it is
NAME = re.compile(r"[A-Za-z0-9_-]+")
DEEPEST = 20  # compositions in a row


def check_job(job: Any, document: Document, name: str) -> None:
    """Raise GeneratorError if the declaration *job* names operations or fields that the *document* does not have."""
    known = {one: operation for _, _, _, operation in operations(document) for one in names_of(operation)}
    named = [one["operation"] for _, one in objects(job) if isinstance(one.get("operation"), str)]
    odd = [f"{name} at /{JOB}: operation {one} is none of the client's" for one in named if one not in known]
    polled = job.get("poll", {}).get("operation") if isinstance(job, dict) else None
    answers = list(_answers(document, known[polled])) if polled in known else []
    if answers:
        gone = (
            one for one in fields_read(job) if not any(_has(document, schema, one.split(".")) for schema in answers)
        )
        odd += [f"{name} at /{JOB}: it reads {one}, which the answer of {polled} does not have" for one in gone]
    if odd:
        raise GeneratorError(f"{name} declares a job of what it does not have:", odd)


def fields_read(job: Any) -> Iterator[str]:
    """The paths at which *job* reads the answer about its status."""
    if not isinstance(job, dict):
        return
    progress, result = job.get("progress") or {}, job.get("result") or {}
    places = [(job.get("state") or {}).get("path"), job.get("reason"), *progress.values()]
    places += [(job.get("poll") or {}).get("id"), (job.get("queue") or {}).get("place")]
    places += [result.get("link"), None if str(result.get("path")).startswith("/") else result.get("path")]
    places += [path for rule in job.get("rules") or () for path in rule.get("when") or () if not path.startswith("$")]
    for place in places:
        yield from (one for one in (place if isinstance(place, list) else [place]) if isinstance(one, str))


def _answers(document: Document, operation: Document) -> Iterator[Document]:
    """The schemas of the JSON in the successes of *operation*."""
    for code, response in operation.get("responses", {}).items():
        for kind, media in (resolved(document, response).get("content") or {}).items():
            if code.startswith("2") and "json" in kind and isinstance(media.get("schema"), dict):
                yield media["schema"]


def _has(document: Document, schema: Document, names: list[str]) -> bool:
    """Whether *schema* has a field at *names*, or leaves open what it has there."""
    if not names or not NAME.fullmatch(names[0]):
        return True
    variants = list(_variants(document, schema))
    if not any("properties" in one for one in variants):
        return True
    below = [one["properties"][names[0]] for one in variants if names[0] in one.get("properties", {})]
    return any(_has(document, one, names[1:]) for one in below)


def _variants(document: Document, schema: Any, depth: int = 0) -> Iterator[Document]:
    """*schema* and what it is made of."""
    own = resolved(document, schema)
    if not isinstance(own, dict) or depth > DEEPEST:
        return
    yield own
    for word in ("allOf", "anyOf", "oneOf"):
        for part in own.get(word) or ():
            yield from _variants(document, part, depth + 1)
