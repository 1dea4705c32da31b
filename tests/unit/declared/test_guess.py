"""What looks like a job in a document that declares none."""

import json
from typing import Any

import pytest

from jobwait._declared.guess import guesses
from jobwait._declared.vocabulary.openapi import Document
from jobwait.errors import InvalidInput
from jobwait.service import load

WORDS = ["not_started", "IN_PROGRESS", "done", "errored", "cancelled", "odd"]
TEXT = {"type": "string"}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://api.example.com/v1"}],
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {"State": {"enum": WORDS}},
    },
}


def guessed(path: str, fields: dict[str, Any], **more: Any) -> Any:
    """What is guessed of GET *path* whose answer has *fields*."""
    schema = {"allOf": [{"type": "object", "properties": fields}]}
    operation = {"responses": {"200": {"content": {"application/json": {"schema": schema}}}}, **more}
    return guesses(Document({**DOCUMENT, "paths": {path: {"get": operation}}}, "doc.json"))


@pytest.mark.parametrize(
    ("path", "fields", "found"),
    [
        ("/renders/{id}", {"state": {"$ref": "#/components/schemas/State"}}, ("renders", "state", True)),
        ("/a/{b}/c/{id}/status", {"data": {"properties": {"jobStatus": TEXT}}}, ("c", "data.jobStatus", False)),
        ("/{id}", {"status": {"type": ["string", "null"]}}, ("job", "status", False)),
        ("/users/{id}", {"status": {"enum": ["active", "archived"]}}, None),
        ("/renders", {"status": TEXT}, None),
        ("/renders/{id}", {"status": {"type": "integer"}, "statusText": TEXT, "x": None}, None),
    ],
)
def test_what_is_guessed(path, fields, found):
    """GET, an id in the path, a text like status or state whose words are not those of something else."""
    guess = next(iter(guessed(path, fields)), None)
    assert found == (guess and (guess.declaration["name"], guess.state, guess.clear))


def test_a_draft_is_a_declaration():
    """One whose words are known can be loaded; another says what is to be filled in."""
    (guess,) = guessed("/renders/{id}", {"state": {"$ref": "#/components/schemas/State"}}, operationId="getRender")
    service = load(json.loads(json.dumps(guess.declaration)))
    assert ("getRender", ("odd",), "https://api.example.com/v1") == (
        guess.operation,
        guess.unclear,
        guess.declaration["server"],
    )
    assert ["queued", "running", "succeeded", "failed", "canceled", "unknown"] == [
        service.statuses.of(one) for one in WORDS
    ]
    assert {"bearer": True} == guess.declaration["key"]
    (guess,) = guessed("/renders/{id}", {"state": TEXT})
    with pytest.raises(InvalidInput, match=r"list words in state\.succeeded"):
        load(guess.declaration)


def test_a_draft_has_the_address_of_its_operation():
    """Which comes before the document's."""
    (guess,) = guessed("/renders/{id}", {"state": TEXT}, servers=[{"url": "//renders.example.com"}])
    assert guess.declaration["server"] == "https://renders.example.com"
