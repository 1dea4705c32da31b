"""Answers of one operation: made by the document, accepted by openapi-core, decoded, and encoded again to compare."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from jobwait._httpx import httpx

from .operations_arguments import difference, json_form
from .operations_case import Case
from .operations_requests import is_json
from .operations_schemas import Document, NoValueError
from .operations_values import Branches, Edge

MOST_ROUNDS = 12  # answers with another member of each union
TRIES = 5  # made answers, until openapi-core accepts one: a value of one member of oneOf may fit another one too


def check_answers(case: Case, request: httpx.Request | None) -> None:
    """Check answers of each documented success and content type; *request* says which it accepts."""
    responses = case.operation.node.get("responses", {})
    successes = [one for one in responses if re.match("2", str(one))] or [one for one in responses if one == "default"]
    wanted = request.headers.get("Accept", "").lower() if request is not None else ""
    accepted = {one.strip() for one in wanted.split(",") if ";q=" not in one}
    for status in successes:
        content = case.resolved(responses[status]).get("content") or {"": {}}
        for kind, media in content.items():
            if not kind or not accepted or kind.partition(";")[0].strip().lower() in {*accepted, "*/*"}:
                Answers(case, request, str(status), kind, media).check()


@dataclass
class Answers:
    """The answers of one status and content type."""

    case: Case
    request: httpx.Request | None
    status: str
    kind: str
    media: Document
    seen: set[str] = field(default_factory=set)  # the texts of those that were checked

    def check(self) -> None:
        """Check one with the required fields, with all, with each edge, and with each member of each union."""
        self._one("required", everything=False)
        for edge in Edge:
            self._one(edge.name, everything=True, edge=edge)
        branches = Branches()
        for turn in range(MOST_ROUNDS):
            self._one(f"branch {turn}", everything=True, branches=branches)
            if branches.is_complete:
                break

    def _one(self, name: str, **how: Any) -> None:
        """Make one answer that openapi-core accepts, if one of some does, and check it."""
        refused = ""
        for attempt in range(TRIES):
            values = self.case.values(f"{self.status} {self.kind} {name} {attempt}", sent=False, **how)
            try:
                value, text = self._content(values.of(self.media.get("schema", {})))
            except NoValueError as error:
                refused = f"no value: {error}"
                continue
            if text in self.seen:
                return None
            answer = self._answer(text)
            objections = self.case.judge.answer(self.request, answer) if self.request is not None and text else []
            if all(one.of_oneof for one in objections):  # a service sends such answers, and the first member is read
                self.seen.add(text)
                self.case.result.answers += 1
                return self._decode(name, answer, value)
            refused = f"made answer refused: {objections[0]}"
        self.case.result.unjudged[refused] += 1
        return None

    def _content(self, value: Any) -> tuple[Any, str]:
        """What the client is to read, and the text of the body; of what is not JSON the text."""
        file = self.kind == "*/*" and self.case.resolved(self.media.get("schema")).get("format") == "binary"
        if is_json(self.kind) and not file:
            return value, json.dumps(value)
        return (str(value), str(value)) if self.kind else (None, "")

    def _answer(self, text: str) -> httpx.Response:
        code = 200 if self.status == "default" else int(self.status.upper().replace("X", "0"))
        kind = self.kind.replace("*/*", "application/json").replace("*", "x")
        return httpx.Response(code, text=text, headers={"Content-Type": kind} if kind else {})

    def _decode(self, name: str, answer: httpx.Response, value: object) -> None:
        """Decode *answer*, whose JSON or text is *value*."""
        subject = f"answer {self.status} {self.kind} ({name.lower()})"
        try:
            read = json_form(self.case.module.parse(answer))
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer fits the document
            self.case.differs(subject, f"{type(error).__name__}: {error}")
            return
        self.case.result.decoded += 1
        other = difference(value, read, self.case.defaults)
        if other:
            self.case.differs(subject, f"answer{other}")
