"""What check() says of declarations that can be loaded; and the JSON Schema of the vocabulary."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import jobwait._declared
from jobwait.service import check
from support.declared import RENDERS

SCHEMA = json.loads((Path(jobwait._declared.__file__).parent / "x-job.schema.json").read_text(encoding="utf-8"))


def document(responses: Any, **job: Any) -> dict[str, Any]:
    """An OpenAPI document whose operation `get` has these responses."""
    return {
        "openapi": "3.1.0",
        "servers": [{"url": "https://api.example.com"}],
        "paths": {"/j/{id}": {"get": {"operationId": "get", "responses": responses}}},
        "x-job": {"name": "j", "poll": {"operation": "get"}, **job},
        "components": {"schemas": {"State": {"type": "string", "enum": ["open", "done", "lost", None]}}},
    }


def response(schema: Any, *samples: Any) -> dict[str, Any]:
    """A response with JSON of this schema."""
    examples = {str(number): {"value": one} for number, one in enumerate(samples)}
    return {"content": {"application/json; charset=utf-8": {"schema": schema, "examples": examples}}}


STATE = {"path": "data[0].state", "running": ["open"], "succeeded": ["done"], "failed": ["bad"]}
NESTED = {
    "allOf": [
        {
            "properties": {
                "data": {"type": "array", "items": {"properties": {"state": {"$ref": "#/components/schemas/State"}}}}
            }
        }
    ]
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (RENDERS, []),
        (
            {
                **RENDERS,
                "rules": [
                    {"state": "failed", "when": {"a": [1, 2]}},
                    {"state": "running", "when": {"a": 1, "b": 2}},
                    {"state": "running", "when": {"b": {"present": True}}},
                    {"state": "running", "when": {"b": "x"}},
                    {"state": "running", "when": {"b": {"above": 1}, "c": 1}},
                    {"state": "running", "when": {"c": {"present": False}}},
                ],
            },
            [
                "rules[1] never decides: rules[0] fits whenever it does.",
                "rules[3] never decides: rules[2] fits whenever it does.",
                "rules[4] never decides: rules[2] fits whenever it does.",
            ],
        ),
        (
            document({"200": response(NESTED)}, state=STATE),
            [
                "data[0].state can be lost in the document, which no set of state names.",
                "state.failed has bad: the enum at data[0].state in the document does not.",
            ],
        ),
        (
            document(
                {"200": response(NESTED), "401": response({}, {"error": "x"})},
                state={**STATE, "path": "status"},
                reason="why",
            ),
            [
                "state.path is status, which no answer in the document has.",
                "reason is why, which no answer in the document has.",
            ],
        ),
        (
            document(
                {"200": response({}, {"data": [{"state": "open"}]}, {"data": []}, {"data": [{"state": "bad"}]})},
                state=STATE,
            ),
            [
                "Sample 2 of the response 200 is in no known state: nothing at data[0].state.",
                "Sample 3 of the response 200 failed, and nothing is at the path of reason.",
            ],
        ),
        (document({"202": response({}, {})}, rules=[{"state": "succeeded", "when": {"$http": 202}}]), []),
    ],
)
def test_sentences_about_what_is_odd(source, expected):
    """An empty list: nothing is."""
    assert check(source) == expected


def test_schema_takes_what_load_takes():
    """And is itself one."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    validator = jsonschema.Draft202012Validator(SCHEMA)
    assert list(validator.iter_errors(RENDERS)) == []
    for wrong in (
        {},
        {**RENDERS, "pol": 1},
        {**RENDERS, "result": {"path": "a", "link": "b"}},
        {**RENDERS, "interval": 0},
    ):
        assert list(validator.iter_errors(wrong))
