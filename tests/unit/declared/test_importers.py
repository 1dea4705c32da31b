"""Declarations of what other formats say about polling: Speakeasy's extension, AEP's operations, Smithy's waiters."""

import json

import pytest

from jobwait.errors import InvalidInput
from jobwait.service import check, convert, load
from jobwait.testing import FakeServer, Reply, virtual_time

STATUS = {"type": "object", "properties": {"status": {"enum": ["pending", "done", "error", "expired"]}}}
OPENAPI = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://api.example.com/v1"}],
    "security": [{"key": []}],
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
}
ANSWER = {"200": {"content": {"application/json": {"schema": STATUS}}}}


def polled(*pollings):
    """A document with an operation that is polled."""
    item = {
        "parameters": [{"in": "query", "name": "team", "required": True}],
        "get": {"operationId": "getRender", "responses": ANSWER, "x-speakeasy-polling": list(pollings)},
    }
    return {**OPENAPI, "paths": {"/renders/{id}": item}}


def polling(success, failure=(), **more):
    """A polling with these conditions of success and failure."""
    made = [[{"condition": one} if isinstance(one, str) else one for one in each] for each in (success, failure)]
    return {"name": "WaitForDone", "successCriteria": made[0], "failureCriteria": made[1], **more}


def started(**more):
    """A document with an operation that answers with an operation of AIP-151."""
    operation = {"operationId": "exportBooks", "x-aep-long-running-operation": {"response": {}}}
    paths = {"/shelves/{shelf}:export": {"post": operation}}
    return {**OPENAPI, "paths": {**paths, **{path: {verb: {"operationId": verb}} for path, verb in more.items()}}}


def modelled(*acceptors, **more):
    """A Smithy model with an operation that has a waiter."""
    waiter = {"JobDone": {"acceptors": list(acceptors), "minDelay": 3, "maxDelay": 60}}
    http = {"method": "GET", "uri": "/jobs/{jobId+}?full=1", "code": 200}
    traits = {"smithy.waiters#waitable": waiter, "smithy.api#http": http}
    api_key = {"name": "X-Key", "in": "header", "scheme": "Token"}
    errors = {
        name: {"type": "structure", "traits": {"smithy.api#error": "client", **of}} for name, of in ERRORS.items()
    }
    return {
        "smithy": "2.0",
        "shapes": {
            "ex#Service": {"type": "service", "traits": {"smithy.api#httpApiKeyAuth": api_key, **more}},
            "ex#GetJob": {
                "type": "operation",
                "output": {"target": "ex#Output"},
                "errors": [{"target": name} for name in ERRORS],
                "traits": traits,
            },
            "ex#Output": {"type": "structure", "members": {
                "job": {"target": "ex#Job", "traits": {"smithy.api#httpPayload": {}}},
                "version": {"target": "smithy.api#String", "traits": {"smithy.api#httpHeader": "v"}},
            }},
            "ex#Job": {"type": "structure", "members": {
                "state": {"target": "smithy.api#String", "traits": {"smithy.api#jsonName": "jobState"}},
                "tasks": {"target": "ex#Tasks"},
            }},
            "ex#Tasks": {"type": "list", "member": {"target": "ex#Job"}},
            **errors,
        },
    }  # fmt: skip


ERRORS = {"ex#Gone": {"smithy.api#httpError": 404}, "ex#Bad": {}, "ex#Odd": {}}


def accepts(state, path, comparator="stringEquals", expected="DONE"):
    """An acceptor that looks at the output."""
    return {"state": state, "matcher": {"output": {"path": path, "expected": expected, "comparator": comparator}}}


HTTP, DONE, ERROR = "$statusCode == 200", '$response.body#/status == "done"', "$response.body#/status == 'error'"
ENDED = {"done": True, "response": {"size": 3}}
# For each document: the answers of a server, the state in which a wait ends, and words of the remarks.
TABLE = {
    "criteria": (
        polled(polling([HTTP, DONE], [HTTP, ERROR], delaySeconds=2, intervalSeconds=4, limitCount=12)),
        [({"status": "pending"}, 200), ({"status": "done"}, 200)],
        ("succeeded", "names pending, expired of status"),
    ),
    "failure": (
        polled(polling([DONE], [f"{ERROR} || $response.body#/status == 'expired'"])),
        [({"status": "pending"}, 200), ({"status": "expired"}, 200)],
        ("failed", "names pending of status"),
    ),
    "codes": (
        polled(polling(["$statusCode >= 201 && $statusCode < 203"], ["$response.body#/tasks/0/error != null"])),
        [({"status": "pending"}, 200), ({}, 202)],
        ("succeeded",),
    ),
    "pattern": (
        polled(polling([{"context": "$response.body#/status", "condition": "^(done|ok)$", "type": "regex"}])),
        [({"status": "pending"}, 200), ({"status": "ok"}, 200)],
        ("succeeded", "names pending, error, expired"),
    ),
    "unsayable failure": (
        polled(polling([DONE], ["$response.body#/status != 'pending'"], limitCount=9)),
        [({"status": "done"}, 200)],
        ("succeeded", "such jobs are not seen to fail", "limitCount without intervalSeconds"),
    ),
    "operation": (
        started(**{"/operations/{operation}": "get", "/operations/{operation}:cancel": "post"}),
        [({"path": "operations/1", "done": False}, 200), (ENDED, 200)],
        ("succeeded", "progress and cancellations are not told apart"),
    ),
    "operation elsewhere": (
        started(),
        [({"path": "operations/1"}, 200), ({"done": True, "error": {"detail": "no disk"}}, 200)],
        ("failed", "has no GET of /operations/"),
    ),
    "acceptors": (
        modelled(accepts("success", "job.state"), accepts("failure", "job.state", expected="BAD"),
                 accepts("failure", "job.tasks[].state", "anyStringEquals", "BAD")),
        [({"jobState": "NEW"}, 200), ({"jobState": "NEW", "tasks": [{"jobState": "DONE"}, {"jobState": "BAD"}]}, 200)],
        ("failed", "names no address", "maxDelay 60"),
    ),
    "all items": (
        modelled(accepts("success", "job.tasks[].state", "allStringEquals")),
        [({"tasks": one}, 200) for one in ([], [{"jobState": "DONE"}, {}], [{"jobState": "DONE"}] * 2)],
        ("succeeded",),
    ),
    "errors": (
        modelled(
            {"state": "success", "matcher": {"errorType": "Gone"}},
            {"state": "retry", "matcher": {"success": True}},
            {"state": "failure", "matcher": {"errorType": "ex#Bad"}},
            {"state": "retry", "matcher": {"success": False}},
            accepts("failure", "version"),
            accepts("failure", "length(job.tasks) == `0`"),
            **{"aws.auth#sigv4": {"name": "jobs"}},
        ),
        [({"jobState": "NEW"}, 200), ({}, 404)],
        ("succeeded", "have its status code 400", "by success false", "not in the body", "length(", "signed"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TABLE)
def test_what_another_format_says(case):
    """The declaration loads, ends a wait as the format says, and the remarks say what it leaves out."""
    source, answers, (state, *said) = TABLE[case]
    [(declaration, remarks)] = convert(json.dumps(source))
    service = load(declaration)
    assert [] == check(declaration)
    assert all(any(words in one for one in remarks) for words in said), remarks
    network = FakeServer(*(Reply(status, body) for body, status in answers))
    ids = {name: "a/1" if f"{{+{name}}}" in declaration["poll"]["path"] else "a-1" for name in declaration["ids"]}
    with virtual_time(), service.connect("key", base_url="https://api.example.com", transport=network) as client:
        outcome = service.job(client, **ids).outcome()
    assert (state, len(answers)) == (outcome.state, outcome.polls)


def test_pace_request_and_key_are_those_of_the_source():
    """The fields of a declaration, written out."""
    pace = {"delaySeconds": 2, "intervalSeconds": 4, "limitCount": 12}
    [(first, _), (second, _)] = convert(polled(polling([HTTP, DONE], **pace), polling([DONE]) | {"name": "Again"}))
    assert ("get-render-wait-for-done", "get-render-again") == (first["name"], second["name"])
    assert (2, 4, 50) == tuple(first[name] for name in ("first", "interval", "timeout"))
    assert {"method": "GET", "path": "/renders/{id}", "query": {"team": "{team}"}} == first["poll"]
    assert (["team", "id"], {"bearer": True}) == (first["ids"], first["key"])
    [(model, _)] = convert(modelled(accepts("success", "job.state")), "GetJob")
    assert {"method": "GET", "path": "/jobs/{+jobId}", "query": {"full": "1"}} == model["poll"]
    assert ({"header": "X-Key", "prefix": "Token "}, 3) == (model["key"], model["interval"])
    [(export, _)] = convert(started(**{"/v2/operations/{id}": "get"}))
    assert ("/v2/{+path}", "path") == (export["poll"]["path"], export["submit"]["id"])


def test_the_address_is_that_of_the_operation():
    """An operation or a path may have servers of its own, which come before the document's."""
    source = polled(polling([DONE]))
    source["paths"]["/renders/{id}"]["servers"] = [{"url": "https://renders.example.com/v2"}]
    [(declaration, _)] = convert(source)
    assert declaration["server"] == "https://renders.example.com/v2"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (polled(polling(["$response.body#/status != 'pending'"])), "cannot say: there is no declaration"),
        (polled(polling([])), "has no successCriteria"),
        (modelled(accepts("success", "job.tasks[].state", "booleanEquals")), "by booleanEquals"),
        (modelled(accepts("success", "job.state"), **{"aws.protocols#restXml": {}}), "answers in XML"),
        ({**polled(polling([DONE])), "servers": [{"url": "http://api.example.com"}]}, "is no declaration: "),
    ],
)
def test_what_cannot_be_declared_says_why(source, said):
    """There is no declaration, and a remark."""
    [(declaration, remarks)] = convert(source)
    assert declaration is None
    assert any(said in one for one in remarks), remarks


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"openapi": "3.1.0"}, "has none of x-speakeasy-polling"),
        ({"smithy": "2.0", "shapes": {"ex#GetJob": {"type": "operation", "traits": 3}}}, "is not as its format says"),
        ({"swagger": "2.0"}, "is neither OpenAPI 3 nor a Smithy model"),
        (polled(polling([DONE])), "says nothing of 'getJob'; it says how to wait for getRender"),
        (3, "A document is a mapping, text or a path"),
    ],
)
def test_what_is_no_source_is_refused(source, said):
    """One sentence."""
    with pytest.raises(InvalidInput, match=said):
        convert(source, "getJob")
