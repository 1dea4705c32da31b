"""Answers of one operation: made by the document, accepted by openapi-core, decoded, and encoded again to compare."""

import json
import re

import httpx

from corpus.operations_arguments import difference, json_form
from corpus.operations_case import Case
from corpus.operations_requests import is_json
from corpus.operations_values import Document, NoValueError

TRIES = 5  # made answers, until openapi-core accepts one: a value of one member of oneOf may fit another one too


def check_answers(case: Case, request: httpx.Request | None) -> None:
    """Check two answers, with the required fields and with all, for each success; *request* says what it accepts."""
    responses = case.operation.node.get("responses", {})
    successes = [one for one in responses if re.match("2", str(one))] or [one for one in responses if one == "default"]
    wanted = request.headers.get("Accept", "").lower() if request is not None else ""
    accepted = {one.strip() for one in wanted.split(",") if ";q=" not in one}
    for status in successes:
        content = case.resolved(responses[status]).get("content") or {"": {}}
        for kind, media in content.items():
            if not kind or not accepted or kind.partition(";")[0].strip().lower() in {*accepted, "*/*"}:
                for everything in (False, True):
                    _check(case, request, (str(status), kind), media, everything=everything)


def _check(
    case: Case, request: httpx.Request | None, which: tuple[str, str], media: Document, *, everything: bool
) -> None:
    """Make one answer that openapi-core accepts, if one of some does, and check it."""
    status, kind = which
    code = 200 if status == "default" else int(status.upper().replace("X", "0"))
    refused = ""
    for attempt in range(TRIES):
        try:
            values = case.values(f"{status} {kind} {attempt}", sent=False, everything=everything)
            value = values.of(media.get("schema", {}))
        except NoValueError as error:
            refused = f"no value: {error}"
            continue
        if not is_json(kind) or case.resolved(media.get("schema")).get("format") == "binary":
            value = str(value) if kind else None
            text = value or ""
        else:
            text = json.dumps(value)
        named = {"Content-Type": kind.replace("*/*", "application/json").replace("*", "x")} if kind else {}
        answer = httpx.Response(code, text=text, headers=named)
        objections = case.judge.answer(request, answer) if request is not None and text else []
        if not objections:
            case.result.answers += 1
            return _decode(case, f"answer {status} {kind}", answer, value)
        refused = f"made answer refused: {objections[0]}"
    case.result.unjudged[refused] += 1
    return None


def _decode(case: Case, subject: str, answer: httpx.Response, value: object) -> None:
    """Decode *answer*, whose JSON or text is *value*."""
    try:
        read = json_form(case.module.parse(answer))
    except Exception as error:  # noqa: BLE001 - whatever it is, the answer fits the document
        case.differs(subject, f"{type(error).__name__}: {error}")
        return
    case.result.decoded += 1
    other = difference(value, read, case.defaults)
    if other:
        case.differs(subject, f"answer{other}")
