"""Attributes of a client for odd documents: names that are taken, defaults, content types, other keys."""

import asyncio
import importlib
import io
import json

import pytest
from generator.emit.package import build
from generator.publish.verify import verify
from generator.spec.effective import read_with_findings

from jobwait._httpx import httpx

STATE = {"type": "string", "enum": ["a", "b"]}
DONE = {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}}
AUDIO = {"200": {"description": "", "content": {"audio/mpeg": {"schema": {"type": "string", "format": "binary"}}}}}


def operation(name, *tags, **more):
    """An operation of these tags."""
    return {"operationId": name, "tags": list(tags), "responses": DONE, **more}


SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://api.example.test"}],
    "components": {
        "schemas": {"State": STATE, "JobsOperations": {"type": "object", "properties": {"n": {"type": "integer"}}}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "k"}},
    },
    "paths": {
        "/send": {"get": operation("list", "send")},
        "/jobs": {
            "get": operation(
                "run",
                "Jobs",
                security=[{"key": []}],
                parameters=[
                    {
                        "name": "state",
                        "in": "query",
                        "schema": {"allOf": [{"$ref": "#/components/schemas/State"}], "default": "b"},
                    }
                ],
            ),
            "post": operation("run_async", "Jobs", security=[{}, {"key": []}]),
            "put": operation(
                "replace",
                "Jobs",
                requestBody={
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/JobsOperations"}},
                        "application/vnd.t+json": {"schema": {"$ref": "#/components/schemas/JobsOperations"}},
                    }
                },
            ),
        },
        "/speech": {
            "get": operation("speech") | {"responses": AUDIO},
            "put": operation("speech_download") | {"responses": AUDIO | {"204": {"description": ""}}},
        },
        "/twins/{x}/x{x}": {
            "get": operation("twins") | {"parameters": [{"name": "x", "in": "path", "schema": {"type": "integer"}}]}
        },
        "/either": {
            "put": operation(
                "either",
                "Jobs",
                requestBody={
                    "content": {
                        "application/json": {
                            "schema": {"anyOf": [{"$ref": "#/components/schemas/JobsOperations"}, {"type": "number"}]}
                        },
                        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
                    }
                },
            )
        },
        "/words": {
            "get": operation("one", "property"),
            "put": operation("two", "httpx"),
            "post": operation("three", "str"),
            "delete": operation("four", "zoo"),
        },
    },
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The folder with the client, and a function that imports its modules."""
    folder = tmp_path_factory.mktemp("methods")
    (folder / "odd.json").write_text(json.dumps(SPEC))
    document, _ = read_with_findings(folder / "odd.json")
    build(document, folder / "packages" / "methods_client", "a comment")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "packages")
        yield folder / "packages", lambda name: importlib.import_module(f"methods_client.{name}")


@pytest.fixture
def client(odd):
    """A client whose service says what it was asked."""

    def handle(request):
        asked = {"url": str(request.url), "type": request.headers.get("content-type")}
        return httpx.Response(200, content=b"\xff" if request.url.path == "/speech" else json.dumps(asked))

    return odd[1]("client").AuthenticatedClient(token="k", transport=httpx.MockTransport(handle))


def test_the_client_passes_all_checks(odd):
    """Mypy strict, and an import without warnings."""
    verify(odd[0], with_services=False)


def test_a_name_that_is_taken_gets_an_underscore(client):
    """Of an attribute that the client or its class body has already, and of an async twin that is an operation."""
    assert "https://api.example.test/send" == client.send_.list_()["url"]
    words = [client.property_.one(), client.httpx_.two(), client.str_.three(), client.zoo.four()]
    assert ["https://api.example.test/words"] * 4 == [one["url"] for one in words]
    assert {"run", "run_async", "run_async_", "run_async_async"} < set(dir(client.jobs))


def test_arguments_are_passed_on(odd, client):
    """Defaults that are enums, the choice of a content type, and answers of bytes."""
    model = odd[1]("models").JobsOperations(n=1)

    assert client.jobs.run()["url"].endswith("/jobs?state=b")
    assert "application/vnd.t+json" == client.jobs.replace(body=model, content_type="application/vnd.t+json")["type"]
    assert b"\xff" == client.default.speech()
    assert client.default.twins(7)["url"].endswith("/twins/7/x7")


def test_an_answer_of_bytes_is_streamed_by_a_method_too(client):
    """Also where there may be none; the method for async code, and a name that is an operation already."""
    names = ("speech_download_", "speech_download_async_", "speech_download_download", "speech_download_download_async")
    written = [io.BytesIO() for _ in names]
    for name, file in zip(names, written, strict=True):
        done = getattr(client.default, name)(into=file)
        assert (asyncio.run(done) if "async" in name else done) is None

    assert [b"\xff"] * 4 == [file.getvalue() for file in written]
    assert (b"\xff", b"\xff") == (client.default.speech(), client.default.speech_download())


def test_a_body_of_none_of_the_types_that_decide_is_refused(odd, client):
    """It names the argument, the types and what a dict is for; a body that is not required may be left out."""
    model = odd[1]("models").JobsOperations(n=1)
    kinds = {
        "application/json": [model, 1, 1.5],
        "application/octet-stream": [b"x", "x"],
        None: [odd[1]("types").UNSET],
    }
    for kind, bodies in kinds.items():
        assert [kind] * len(bodies) == [client.jobs.either(body=one)["type"] for one in bodies]

    said = (
        r"body must be float \| JobsOperations \| File \| bytes \| str, not dict\. The from_dict\(\) of a model takes"
    )
    with pytest.raises(ValueError, match=said):
        client.jobs.either(body={"n": 1})
    with pytest.raises(ValueError, match=r"not list\.$"):
        client.jobs.either(body=[])


def test_the_choice_of_a_content_type_is_described(odd):
    """In the docstring of the method and of the function."""
    for function in (odd[1]("api.jobs.replace").sync, odd[1]("client").AuthenticatedClient(token="k").jobs.replace):
        said = " ".join(function.__doc__.split())
        assert "content_type (Literal['application/json', 'application/vnd.t+json'] | Unset): What the body is" in said
