"""What a document asks for and cannot be sent is changed in one place, and each place is a finding."""

import importlib
import json
from copy import deepcopy

import pytest
from generator.emit import package as package_builder
from generator.spec.requests.prepare import prepare_requests
from generator.spec.requests.servers import own_server, servers_of

from jobwait._httpx import httpx
from support.specs import read_and_repair

OPERATION = "/paths/~1toys~1{toy_id}/get"
STRINGS = {"type": "array", "items": {"type": "string"}}
NESTED = {"type": "object", "properties": {"a": {"type": "object"}}}


def parameter(**keywords):
    """A query parameter named q."""
    return {"name": "q", "in": "query", "schema": {"type": "string"}, **keywords}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"style": "matrix"}, "the style 'matrix' is none of a query parameter; it is sent in the style form"),
        (
            {"in": "header", "style": "form"},
            "the style 'form' is none of a header parameter; it is sent in the style simple",
        ),
        ({"explode": "yes"}, "explode is neither true nor false; its default is taken"),
        (
            {"in": "header", "allowReserved": True},
            "allowReserved is for query parameters only; the header parameter is percent",
        ),
        ({"style": "deepObject"}, "the style deepObject is not for single values; q is sent in the style form"),
        ({"style": "deepObject", "schema": STRINGS}, "OpenAPI has no form for an array in the style deepObject"),
        ({"style": "deepObject", "schema": NESTED}, "OpenAPI leaves open how what is nested in q is sent"),
        ({"schema": NESTED}, "OpenAPI has no form for what is nested in q in the style form; it is sent as JSON"),
        ({"in": "cookie", "schema": STRINGS}, "OpenAPI leaves open how q is sent in cookies"),
        (
            {"content": {"application/json": {}}},
            "the parameter q has schema and content; it is sent as its schema says",
        ),
        ({"schema": {"type": "string", "format": "binary"}}, "the parameter q cannot be a file; it is sent as text"),
    ],
)
def test_what_openapi_leaves_open_or_forbids_is_said_with_its_place(spec, given, sentence):
    """The finding has the place of the parameter, in an operation or among the components."""
    operation = spec["paths"]["/toys/{toy_id}"]["get"]
    operation["parameters"] += [{"$ref": "#/components/parameters/Q"}, parameter(**deepcopy(given))]
    spec["components"]["parameters"] = {"Q": parameter(**deepcopy(given))}
    found = prepare_requests(spec)

    assert {f"{OPERATION}/parameters/2", "/components/parameters/Q"} == {
        place.removesuffix("/schema") for place, _ in found
    }
    assert all(said.startswith(sentence) for _, said in found)


def test_another_content_type_of_a_parameter_is_sent_as_text_and_said(spec):
    """XML is passed as text, by the caller."""
    q = {"name": "q", "in": "query", "content": {"application/xml": {"schema": {"type": "object"}}}}
    spec["paths"]["/toys/{toy_id}"]["get"]["parameters"].append(q)

    assert [
        (
            f"{OPERATION}/parameters/1",
            "the parameter q is application/xml; pass its value as text, which is sent as it is",
        )
    ] == (prepare_requests(spec))
    assert {"type": "string"} == q["schema"]


@pytest.mark.parametrize(
    "given",
    [
        {"style": "form", "explode": True, "schema": STRINGS},
        {"style": "pipeDelimited", "explode": False, "schema": STRINGS},
        {"style": "deepObject", "explode": True, "schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
        {"schema": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        {"schema": {}},
        {"schema": {"enum": ["a", "b"]}},
    ],
)
def test_what_openapi_defines_is_no_finding(spec, given):
    """Only what is open is said."""
    spec["paths"]["/toys/{toy_id}"]["get"]["parameters"].append(parameter(**given))

    assert [] == prepare_requests(spec)


def test_header_parameters_that_openapi_ignores_are_left_out_and_said(spec):
    """Content types and keys say what is sent; Authorization stays a parameter where no key is documented."""
    operation = spec["paths"]["/toys/{toy_id}"]["get"]
    names = ["accept", "Content-Type", "Authorization"]
    operation["parameters"] += [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]
    keyed = deepcopy(spec)
    keyed["security"] = [{"key": []}]

    assert [f"{OPERATION}/parameters/{index}" for index in (1, 2)] == [place for place, _ in prepare_requests(spec)]
    assert ["toy_id", "Authorization"] == [one["name"] for one in operation["parameters"]]
    assert [f"{OPERATION}/parameters/{index}" for index in (1, 2, 3)] == [place for place, _ in prepare_requests(keyed)]


def test_headers_are_those_that_http_knows_and_their_names_have_no_case(spec):
    """A name that HTTP does not allow is left out; one of an operation overrides that of its path in any spelling."""
    item = spec["paths"]["/toys/{toy_id}"]
    item["parameters"] = [{"name": "X-Who", "in": "header", "schema": {"type": "string"}}]
    names = ["x-who", "X y", "X\r\nY"]
    item["get"]["parameters"] += [{"name": name, "in": "header", "schema": {"type": "string"}} for name in names]

    assert [f"{OPERATION}/parameters/{index}" for index in (2, 3)] == [place for place, _ in prepare_requests(spec)]
    assert ["toy_id", "X-Who"] == [one["name"] for one in item["get"]["parameters"]]


def test_a_form_whose_schema_is_no_object_has_any_fields(spec):
    """A list cannot be sent as a form."""
    body = {"content": {"application/x-www-form-urlencoded": {"schema": STRINGS}}}
    spec["paths"]["/toys/{toy_id}"]["get"]["requestBody"] = body

    assert ["a form has fields, but its schema is no object; any fields can be sent"] == [
        said for _, said in prepare_requests(spec)
    ]
    assert {"schema": {"type": "object"}} == body["content"]["application/x-www-form-urlencoded"]


@pytest.mark.parametrize(
    ("servers", "base_url", "said"),
    [
        (
            [{"url": "/api/v2"}],
            "https://host.test/api/v2",
            "the server is relative; base_url must be given, and /api/v2 is",
        ),
        ([{"url": "api/v2/"}], "https://host.test/api/v2", "the server is relative"),
        ([{"url": "/"}], "https://host.test", ""),
        ([], "https://host.test", ""),
        (
            [{"url": "https://your host/v1"}],
            "https://host.test",
            "the address 'https://your host/v1' cannot be used; it is left",
        ),
        ([{"url": "https://a.test/v1?key=1"}], "https://host.test", "cannot be used"),
        ([{"url": "/a <path>"}], "https://host.test", "cannot be used"),
        (None, "https://host.test", ""),
        ("https://a.test", "https://host.test", "servers is no list of servers; it is left out"),
    ],
)
def test_the_path_of_a_relative_server_is_added_to_a_base_url_without_one(
    spec, tmp_path, servers, base_url, said, forget_modules
):
    """A base_url with a path of its own is taken as it is."""
    spec["servers"] = servers
    path = tmp_path / "toys.json"
    if servers == "https://a.test":
        assert [("", said)] == prepare_requests(spec)
        return
    path.write_text(json.dumps(spec))
    document, sentences = read_and_repair(path)
    package_builder.build(document, tmp_path / "toys_client", "Generated by a test.")
    forget_modules("toys_client")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        make = importlib.import_module("toys_client").Client
        assert (base_url, base_url) == (
            make(base_url="https://host.test").base_url,
            make(base_url="https://host.test/").base_url,
        )
        assert base_url == make(base_url="https://host.test").with_timeout(1).base_url
        assert "https://host.test/own" == make(base_url="https://host.test/own/").base_url
        with pytest.raises(TypeError, match="base_url"):
            make()
    assert said in " ".join(sentences)


@pytest.mark.parametrize(
    ("server", "url", "arguments", "said"),
    [
        (
            {
                "url": "{scheme}://a.test:{port}",
                "variables": {"scheme": {"default": "https"}, "port": {"default": "8443"}},
            },
            "{scheme}://a.test:{port}",
            ["scheme", "port"],
            [],
        ),
        (
            {"url": "https://{token}.test", "variables": {"token": {"default": "a"}}},
            "https://{token}.test",
            ["token_"],
            [],
        ),
        (
            {"url": "{base}/v1", "variables": {"base": {"default": "https://a.test"}}},
            "https://a.test/v1",
            [],
            ["is more than a word"],
        ),
        (
            {"url": "https://{region}.test"},
            "https://{region}.test",
            ["region"],
            ["has no default; it is set to region"],
        ),
        (
            {"url": "https://{r}.test", "variables": {"r": {"default": "eu", "enum": ["us"]}}},
            "https://{r}.test",
            ["r"],
            ["none of its values; it is added"],
        ),
        ({"url": "//a.test/v1"}, "https://a.test/v1", [], ["it is read as https://a.test/v1"]),
        ({"url": "wss://a.test/v1"}, "", [], ["cannot be used; it is left out"]),
    ],
)
def test_variables_of_a_server_become_arguments(spec, server, url, arguments, said):
    """Names that a client's arguments have already get an underscore; what has no default gets one, and is said."""
    spec["servers"] = [server]
    found = [sentence for _, sentence in prepare_requests(spec)]
    servers = servers_of(spec)

    assert (url, arguments) == (servers.url, [one.argument for one in servers.variables])
    assert len(said) == len(found)
    assert all(part in sentence for part, sentence in zip(said, found, strict=True))


@pytest.mark.parametrize(
    ("root", "own", "sent_to"),
    [
        ("/v1", "", "/"),
        ("https://a.test/v1", "", "/"),
        ("https://a.test/v1", "/", "/"),
        ("https://a.test/v1", "/v2", "/v2"),
        ("https://a.test/v1", "/v1", "/v1"),
        ("https://a.test/v1", "https://a.test/v1/", ""),
        ("https://a.test/v1", "https://a b.test", ""),
        ("", "", ""),
    ],
)
def test_a_path_with_a_server_of_its_own_is_sent_there(spec, root, own, sent_to):
    """An empty address is the root of the host, not the document's server; one that cannot be used is that."""
    spec["servers"] = [{"url": root}]
    spec["paths"]["/toys/{toy_id}"]["servers"] = [{"url": own}]
    prepare_requests(spec)

    assert sent_to == own_server(spec, "/toys/{toy_id}", {})


def test_where_only_operations_name_servers_the_first_is_the_clients(spec):
    """Each operation is sent to its own; the client needs no base_url."""
    item = spec["paths"]["/toys/{toy_id}"]
    item["servers"] = [{"url": "https://a.test"}]
    spec["paths"]["/b/{toy_id}"] = deepcopy(item) | {"servers": [{"url": "https://b.test"}]}

    assert [] == prepare_requests(spec)
    assert "https://a.test" == servers_of(spec).url
    assert ["", "https://b.test"] == [own_server(spec, path, item["get"]) for path, item in spec["paths"].items()]


def test_a_name_that_is_sent_in_a_matrix_is_the_documents(spec, tmp_path, forget_modules):
    """Other names of path parameters are not sent, so that only Python sees them."""
    spec["servers"] = [{"url": "https://a.test"}]
    q = {"name": "toy.id", "in": "path", "required": True, "style": "matrix", "schema": {"type": "string"}}
    spec["paths"] = {"/toys/{toy.id}": {"get": spec["paths"]["/toys/{toy_id}"]["get"] | {"parameters": [q]}}}
    path = tmp_path / "toys.json"
    path.write_text(json.dumps(spec))
    package_builder.build(read_and_repair(path)[0], tmp_path / "toys_client", "Generated by a test.")
    forget_modules("toys_client")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        build = importlib.import_module("toys_client.api.toys.get_toy").build
        request: httpx.Request = build(importlib.import_module("toys_client").Client(), "x/y")
    assert b"/toys/;toy.id=x%2Fy" == request.url.raw_path


@pytest.mark.parametrize(
    ("required", "alternatives"),
    [((), [["a"], ["b"], []]), (("a",), [["a"], ["a", "b"]]), (("a", "b"), [["a", "b"]])],
)
def test_keys_that_are_required_parameters_are_sent_together(spec, required, alternatives):
    """Though the document calls them alternatives, as Trello's does: without one the request is refused."""
    operation = spec["paths"]["/toys/{toy_id}"]["get"]
    operation["security"] = [{"a": []}, {"b": []}, {}]
    operation["parameters"] += [parameter(name=name, required=name in required) for name in ("a", "b")]
    spec["components"]["securitySchemes"] = {name: {"type": "apiKey", "in": "query", "name": name} for name in "ab"}
    prepare_requests(spec)

    assert alternatives == [sorted(one) for one in operation["security"]]
