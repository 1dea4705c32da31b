"""Where declarations come from: mappings, JSON, YAML, OpenAPI documents."""

import json
from typing import Any

import pytest

from jobwait.errors import InvalidInput
from jobwait.service import load
from jobwait.testing import FakeServer
from support.declared import KEY, RENDERS

TEXT = """
# YAML 1.2: none of these words is a truth value
name: renders
server: https://api.example.com
poll: {path: "/renders/{id}"}
state: {path: status, queued: [off, no], running: [on, y], succeeded: [yes, 2026-01-01, 1_000], failed: [~]}
"""
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "servers": [{"url": "https://{region}.example.com/v2/", "variables": {"region": {"default": "eu"}}}],
    "security": [{"both": [], "other": []}, {"key": []}],
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Token"},
            "login": {"$ref": "#/components/securitySchemes/basic~1login"},
            "basic/login": {"type": "http", "scheme": "Basic"},
        },
        "parameters": {"v": {"in": "query", "name": "v", "required": True, "schema": {"const": "3"}}},
    },
    "paths": {
        "/renders/{render_id}": {
            "parameters": [{"$ref": "#/components/parameters/v"}],
            "get": {"operationId": "getRender"},
            "delete": {"operationId": "cancelRender", "security": [{"login": []}]},
        },
        "/other/{id}": {"get": {"operationId": "getOther", "security": [{"login": []}]}},
    },
}
OF_DOCUMENT = {"poll": {"operation": "getRender"}, "state": {"path": "status", "succeeded": ["done"]}}


def test_yaml_words_are_text():
    """Only true, false, null and numbers are none."""
    with pytest.raises(InvalidInput, match=r"state\.failed has None"):
        load(TEXT)
    words = load(TEXT.replace("[~]", "['~']")).statuses
    assert [words.of(one) for one in ("no", "on", "y", "yes", "2026-01-01", "1_000")] == [
        *("queued", "running", "running", "succeeded", "succeeded", "succeeded")
    ]


def test_yaml_without_its_extra(monkeypatch):
    """The sentence says what to install; JSON needs nothing."""
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(InvalidInput, match=r"pip install 'jobwait\[spec\]'"):
        load(TEXT)
    assert load(json.dumps(RENDERS)).name == "renders"


@pytest.mark.parametrize("form", ["alone", "wrapped", "listed", "by name", "text", "file"])
def test_forms_of_one_declaration(tmp_path, form):
    """With and without x-job."""
    named = {name: value for name, value in RENDERS.items() if name != "name"}
    (tmp_path / "job.json").write_text("\ufeff" + json.dumps(RENDERS), encoding="utf-8")
    source = {
        "alone": RENDERS,
        "wrapped": {"x-job": RENDERS},
        "listed": {"x-job": [RENDERS]},
        "by name": {"x-job": {"renders": named}},
        "text": json.dumps({"x-job": RENDERS}),
        "file": tmp_path / "job.json",
    }[form]
    assert load(source).name == load(source, "renders").name == "renders"


def test_operations_of_a_document():
    """Method, path, address, fixed query and key are the document's; a job's own key wins."""
    service = load({**DOCUMENT, "x-job": {"renders": {**OF_DOCUMENT, "cancel": {"operation": "cancelRender"}}}})
    client = service.connect(KEY, transport=(server := FakeServer({"status": "done"}, {})))
    job = service.job(client, render_id="7")
    job.wait()
    job.cancel()
    assert [(one.method, str(one.url)) for one in server.requests] == [
        ("GET", "https://eu.example.com/v2/renders/7?v=3"),
        ("DELETE", "https://eu.example.com/v2/renders/7?v=3"),
    ]
    assert client.auth_header_name == "X-Token"
    assert client.auth_headers() == {"X-Token": KEY}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({}, "X-Token"),
        ({"poll": {"operation": "getOther"}}, "Authorization"),
        ({"key": {"header": "x-mine"}}, "x-mine"),
        ({"key": "none"}, ""),
    ],
)
def test_key_of_a_document(changes, key):
    """Of the operation that is polled, a single key; alternatives of several are passed over."""
    service = load({**DOCUMENT, "x-job": {"name": "r", **OF_DOCUMENT, **changes}})
    given = {"": None, "Authorization": "user:password"}.get(key, KEY)
    assert service.connect(given).auth_header_name == key


def test_operation_that_the_document_lacks():
    """The sentence names one that is near."""
    with pytest.raises(InvalidInput, match=r"job r: poll\.operation is 'getRenders'.*did you mean getRender\?"):
        load({**DOCUMENT, "x-job": {"name": "r", **OF_DOCUMENT, "poll": {"operation": "getRenders"}}})
