"""Requests whose document says what OpenAPI does not: what is sent for it, and the notice."""

import importlib
import io
import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from generator.emit.package import build
from generator.spec.effective import read_with_findings

from jobwait._httpx import httpx

pytestmark = pytest.mark.xdist_group("odd-requests")  # the fixture `odd` generates once for this group
TEXT = {"schema": {"type": "string"}}
FILE = {"schema": {"type": "string", "format": "binary"}}
LIKE = ["$id", "id", "@id", "+1", "-1"]  # of one Python name: id, and field_1


def query(name, **more):
    """A query parameter, or one in another place."""
    return {"name": name, "in": "query", **TEXT, **more}


def taking(name, content=None, **more):
    """An operation that takes these bodies."""
    body = {"requestBody": {"required": True, "content": content}} if content else {}
    return {"operationId": name, "responses": {"204": {"description": ""}}, **body, **more}


OBJECT = {"schema": {"type": "object", "properties": {one: {"type": "string"} for one in LIKE}}}
ODD = {
    "openapi": "3.0.3",
    "info": {"title": "Odd", "version": "1"},
    "servers": [{"url": "https://api.example.test/v1"}],
    "paths": {
        "/jobs?kind=batch": {"get": taking("in_query", parameters=[query("page")])},
        "/#Action=Run": {"post": taking("run", parameters=[query("Action", required=True)])},
        "/#Action=Stop": {"post": taking("stop")},
        "/image": {"put": taking("image", {"image/*": FILE})},
        "/any": {"put": taking("any_bytes", {"*/*": FILE})},
        "/text": {"put": taking("some_text", {"text/*": TEXT})},
        "/json": {"put": taking("some_json", {"application/*": OBJECT})},
        "/alike": {"get": taking("alike", parameters=[query(one) for one in LIKE])},
        "/keyed": {
            "parameters": [query("x-key", **{"in": "header"}), query("key", required=True)],
            "get": taking("keyed", security=[{"both": [], "header": []}], parameters=[query("other")]),
        },
        "/sometimes": {
            "parameters": [query("key")],
            "get": taking("with_key", security=[{"both": []}]),
            "put": taking("without_key", security=[]),
        },
    },
    "components": {
        "securitySchemes": {
            "both": {"type": "apiKey", "in": "query", "name": "key"},
            "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }
    },
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The notices of this document, and a function that imports a module of its client."""
    folder = tmp_path_factory.mktemp("odd-requests")
    (folder / "odd.json").write_text(json.dumps(ODD))
    document, notices = read_with_findings(folder / "odd.json")
    notices += build(document, folder / "odd_requests_client", "a comment", notices)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield dict(notices), lambda name: importlib.import_module(f"odd_requests_client.{name}")


@pytest.fixture
def request_of(odd):
    """What an operation sends, with both keys: the target with the key in it, and the headers."""

    def send(name, **arguments):
        sent = []
        transport = httpx.MockTransport(
            lambda one: sent.append((one.url.raw_path.decode(), one.headers.raw)) or httpx.Response(204)
        )
        client = odd[1]("client").AuthenticatedClient(both="K", header="H", transport=transport)
        odd[1](f"api.default.{name}").sync(client, **arguments)
        return sent[0]

    return send


@pytest.mark.parametrize(
    ("name", "arguments", "target"),
    [
        ("in_query", {}, "/v1/jobs?kind=batch"),
        ("in_query", {"page": "2"}, "/v1/jobs?kind=batch&page=2"),
        ("run", {"action": "Run"}, "/v1/?Action=Run"),
        ("stop", {}, "/v1/"),
    ],
)
def test_a_query_in_a_path_is_sent_as_one_and_a_fragment_is_not_sent(request_of, name, arguments, target):
    """Neither is percent-encoded as a part of the path."""
    assert target == request_of(name, **arguments)[0]


@pytest.mark.parametrize(
    ("name", "body", "content_type"),
    [
        ("image", b"x", "application/octet-stream"),
        ("any_bytes", b"x", "application/octet-stream"),
        ("some_text", "x", "text/plain"),
        ("some_json", {"id": "1"}, "application/json"),
    ],
)
def test_a_range_of_media_types_is_never_sent(request_of, name, body, content_type):
    """A body has one type."""
    assert (b"Content-Type", content_type.encode()) in request_of(name, body=body)[1]


def test_a_file_has_the_type_that_its_sender_gives_it(odd, request_of):
    """Where the document leaves it open."""
    file = odd[1]("types").File(io.BytesIO(b"x"), mime_type="image/png")
    assert (b"Content-Type", b"image/png") in request_of("image", body=file)[1]


def test_names_that_are_alike_in_python_are_numbered(odd, request_of):
    """Fields and parameters; the one that is spelled as in Python keeps its name, and the document's names are sent."""
    names = {"id": "b", "id_2": "a", "id_3": "c", "field_1": "d", "field_1_2": "e"}
    sent = dict(zip(LIKE, "abcde", strict=True))
    model = odd[1]("models").SomeJsonBody

    assert sent == model(**names).to_dict()
    assert names["id_3"] == model.from_dict(sent).id_3
    assert sent == dict(parse_qsl(urlsplit(request_of("alike", **names)[0]).query))


def test_a_parameter_that_is_the_key_is_sent_once(request_of):
    """The client has the key; where an operation of the path takes none, the parameter stays."""
    target, headers = request_of("keyed", other="o")

    assert "/v1/keyed?other=o&key=K" == target
    assert [b"H"] == [value for name, value in headers if name.lower() == b"x-key"]
    assert "/v1/sometimes?key=mine" == request_of("without_key", key="mine")[0]


def test_each_of_these_is_said(odd):
    """With its place; different names in Python change nothing that is sent."""
    said = {
        "/paths/~1jobs?kind=batch": "the beginning of the query",
        "/paths/~1#Action=Run": "is not sent",
        "/paths/~1#Action=Stop": "is not sent",
        "/paths/~1image/put/requestBody/content/image~1*": "without one it is application/octet-stream",
        "/paths/~1text/put/requestBody/content/text~1*": "text/plain",
        "/paths/~1json/put/requestBody/content/application~1*": "application/json",
        "/paths/~1keyed/parameters/0": "x-key is the API key",
        "/paths/~1keyed/parameters/1": "key is the API key",
    }
    assert {place: text for place, text in said.items() if text not in odd[0].get(place, "")} == {}
    assert set(odd[0]) == set(said)
