"""What the client cannot express is kept in its plainest form and said; nothing is refused for a detail."""

import asyncio
import importlib
import io
import json
from pathlib import Path

import pytest
from generator.emit.client import parse_document
from generator.emit.package import build
from generator.publish.verify import verify
from generator.spec.effective import read_with_findings
from generator.spec.plain.types import known_types
from generator.spec.select import Selection

from jobwait._httpx import httpx

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
DONE = {"204": {"description": "done"}}


def answer(schema, media_type="application/json"):
    """The responses of an operation that answers *schema*."""
    return {"200": {"description": "", "content": {media_type: {"schema": schema}}}}


def ref(name, section="schemas"):
    """A reference to a component."""
    return {"$ref": f"#/components/{section}/{name}"}


def document(paths, schemas=None, **components):
    """A document with these paths and components."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.example.test"}],
        "paths": paths,
        "components": {"schemas": schemas or {}, **components},
    }


def getting(schema, **schemas):
    """A document whose one operation answers *schema*."""
    return document({"/x": {"get": {"operationId": "getx", "responses": answer(schema)}}}, schemas)


ODD = document(
    {
        "/up": {
            "post": {
                "operationId": "up",
                "requestBody": {
                    "required": True,
                    "content": {"application/octet-stream": {"schema": {"type": "string"}}},
                },
                "responses": answer({"type": "string", "format": "binary"}, "audio/mpeg"),
            }
        },
        "/note": {
            "post": {
                "operationId": "note",
                "requestBody": {"required": True, "content": {"text/plain": {"schema": {"type": "string"}}}},
                "responses": answer({"type": "object", "properties": {"a": {}}}, "text/csv"),
            }
        },
        "/many": {
            "post": {
                "operationId": "many",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": ref("Node")},
                        "text/plain": {"schema": {"type": "string"}},
                        "image/png": {},
                    }
                },
                "responses": {"200 OK": {"description": ""}, "2xx": {"description": ""}},
            }
        },
        "/things/{id}": ref("Thing", "pathItems"),
        "/things/{name}": {"get": {"operationId": "by_name", "responses": DONE}},
        "/x": {
            "get": {"operationId": "same", "responses": answer(ref("T"))},
            "put": {"operationId": "Same", "responses": answer(ref("Filter"))},
        },
        "/from/{a}/{b}": {
            "parameters": [
                {"name": "a", "in": "path", "required": True, "schema": {"type": "string", "default": "json"}},
                {"name": "b", "in": "path", "required": True, "schema": {"type": ["string", "null"]}},
            ],
            "get": {"operationId": "defaulted", "responses": answer({"type": "array"})},
        },
    },
    {
        "Node": {"type": "object", "properties": {"next": ref("Node"), "when": {"type": "string", "default": 5}}},
        "TMeta": {"type": "object", "properties": {"y": {"type": "string"}}},
        "T": {
            "type": "object",
            "$defs": {"P": {"type": "object", "properties": {"a": {"type": "string"}}}},
            "properties": {
                "meta": {"type": "object", "properties": {"x": {"type": "string"}}},
                "m": ref("TMeta"),
                "p": ref("T/$defs/P"),
                "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
                "text": {"allOf": [ref("Text"), {"maxLength": 9}]},
                "size": {"allOf": [{"type": "number"}, {"type": "integer", "minimum": 1}]},
                "odd": {"type": "whatever"},
                "gaps": {"type": "array", "items": {"type": ["string", "null"]}},
            },
        },
        "Text": {"type": "string"},
        "Filter": {"oneOf": [{"type": "string"}, {"type": "array", "items": ref("Filter")}]},
    },
    pathItems={"Thing": {"parameters": [ID], "get": {"operationId": "by_id", "responses": DONE}}},
)


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The folder with the client odd_client, its notices, and a function that imports its modules."""
    folder = tmp_path_factory.mktemp("plain")
    spec = folder / "odd.json"
    spec.write_text(json.dumps(ODD))
    found, notices = read_with_findings(spec)
    packages = folder / "packages"
    notices += build(found, packages / "odd_client", "a comment", notices)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(packages)
        yield packages, dict(notices), lambda name: importlib.import_module(f"odd_client.{name}")


def test_a_client_with_plain_forms_passes_all_checks(odd):
    """Mypy strict, and an import without warnings."""
    verify(odd[0], with_services=False)


def operation(odd, name):
    """The module of one operation, and a client."""
    return odd[2](f"api.default.{name}"), odd[2]("client").Client()


def response(content, content_type="application/octet-stream"):
    """A success with this body."""
    return httpx.Response(200, content=content, headers={"content-type": content_type})


@pytest.mark.parametrize("body", ["ä", "ä".encode(), "file"])
def test_any_content_is_sent_as_it_is(odd, body):
    """Bytes, text as UTF-8, or the content of a file."""
    module, client = operation(odd, "up")
    given = odd[2]("types").File(io.BytesIO("ä".encode())) if body == "file" else body
    request = module.build(client, body=given)

    assert "ä".encode() == request.content
    assert "application/octet-stream" == request.headers["content-type"]


def test_media_types_that_nobody_decodes_are_text_or_bytes(odd):
    """text/* as str, anything else as bytes."""
    note, client = operation(odd, "note")

    assert b"\x00\xff" == operation(odd, "up")[0].parse(response(b"\x00\xff", "audio/mpeg"))
    assert "a;b" == note.parse(response(b"a;b", "text/csv"))
    assert b"hello" == note.build(client, body="hello").content
    assert "text/plain" == note.build(client, body="hello").headers["content-type"]


def answering(odd, status, content):
    """A client whose service answers so, in two pieces."""
    pieces = [content[:1], content[1:]]

    class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
        def __iter__(self):
            return iter(pieces)

        async def __aiter__(self):
            for piece in pieces:
                yield piece

    def handle(request):
        return httpx.Response(status, stream=Pieces())

    return odd[2]("client").Client(transport=httpx.MockTransport(handle))


def test_bytes_are_written_to_a_file_as_they_arrive(odd):
    """Nothing of the body is kept in memory; `sync` returns all of it."""
    module, into = operation(odd, "up")[0], io.BytesIO()
    client = answering(odd, 200, b"\x00\xff\x01")

    assert module.download(client, body=b"", into=into) is None
    asyncio.run(module.download_async(client, body=b"", into=into))
    assert b"\x00\xff\x01" * 2 == into.getvalue()
    assert b"\x00\xff\x01" == module.sync(client, body=b"")


def test_an_error_is_raised_and_not_written(odd):
    """The file stays empty, and the error has the start of the body."""
    module, into = operation(odd, "up")[0], io.BytesIO()

    with pytest.raises(odd[2]("errors").StatusError) as raised:
        module.download(answering(odd, 404, b"no such voice"), body=b"", into=into)

    assert ("no such voice", b"") == (raised.value.body, into.getvalue())


def test_of_several_media_types_the_one_that_fits_the_argument_is_sent(odd):
    """A model as JSON, text as text, bytes as an image; nothing if the argument is left out."""
    many, client = operation(odd, "many")
    node = odd[2]("models").Node()

    sent = [many.build(client, body=one) for one in (node, "text", b"bytes")]
    assert ["application/json", "text/plain", "image/png"] == [one.headers["content-type"] for one in sent]
    assert [b'{"when":"5"}', b"text", b"bytes"] == [one.content for one in sent]
    assert b"" == many.build(client).content


def test_path_items_by_reference_and_paths_that_differ_only_in_names_are_operations(odd):
    """Each is called by its own name."""
    for name, module in (("id", "by_id"), ("name", "by_name")):
        build_one, client = operation(odd, module)
        assert "/things/a" == build_one.build(client, **{name: "a"}).url.path


def test_operations_of_one_name_are_told_apart(odd):
    """The second one has its method in its name."""
    assert {"same", "same_put"} <= {path.stem for path in (odd[0] / "odd_client" / "api" / "default").iterdir()}


def test_schemas_without_a_python_form_are_any_json(odd):
    """A union within itself, a type that nobody knows, an array without items."""
    filtered = operation(odd, "same_put")[0]

    assert ["a", ["b", {"c": 1}]] == filtered.parse(response(b'["a", ["b", {"c": 1}]]'))
    assert "x" == filtered.parse(response(b'"x"'))
    assert [1, "a"] == operation(odd, "defaulted")[0].parse(response(b'[1, "a"]'))


def test_models_of_definitions_scalars_and_one_name(odd):
    """All fields of T are read and written."""
    raw = {"meta": {"x": "1"}, "m": {"y": "2"}, "p": {"a": "3"}, "pair": ["a", 1], "text": "t", "size": 2, "odd": [7]}
    read = operation(odd, "same")[0].parse(response(json.dumps(raw).encode()))

    assert raw == read.to_dict()
    assert ("1", "2", "3") == (read.meta.x, read.m.y, read.p.a)
    assert type(read.meta) is not type(read.m)


def test_each_plain_form_is_said_with_its_place(odd):
    """The notices of this document, all of them in its README."""
    notices = odd[1]
    said = {
        "/paths/~1note/post/responses/200/content/text~1csv": "text/csv is not decoded to its schema",
        "/paths/~1many/post/responses/200 OK": "200 OK is not a status",
        "/paths/~1things~1{name}/get": "the path parameter name is not declared; it is a string",
        "/components/schemas/T/properties/meta": "another model is named TMeta; this one is named TMetaModel",
        "/components/schemas/T/properties/odd/type": "there is no type whatever; any JSON is accepted",
        "/components/schemas/T/properties/pair/prefixItems": "positions are not checked",
        "/components/schemas/Filter/oneOf/1/items": "Filter contains itself without an object between",
        "/paths/~1from~1{a}~1{b}/get": "the path parameter a must be given like the others",
        "/paths/~1x/put": "operationId Same is used before; this operation is named Same_put",
    }
    assert {place: text for place, text in said.items() if text not in notices.get(place, "")} == {}
    assert set(notices) == set(said)
    readme = (odd[0] / "odd_client" / "README.md").read_text()
    assert len(notices) == sum(line.startswith("- /") for line in readme.splitlines())


def notices_of(write, content, chosen=None):
    """The document that is generated from, and its notices by place."""
    found, notices = read_with_findings(write(content), None, *([chosen] if chosen else []))
    return found, dict(notices)


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "string", "enum": ["x", "y"]}, "z"),
        ({"type": "integer"}, "five"),
        ({"type": "integer"}, 1.5),
        ({"type": "boolean"}, "yes"),
        ({"type": "number"}, "NaN"),
        ({"type": "string", "format": "date-time"}, "now()"),
        ({"type": "string", "format": "uuid"}, "x"),
        ({"type": "object", "properties": {"a": {}}}, {"a": 1}),
        ({"type": "array", "items": {}}, []),
        ({"allOf": [{"$ref": "#/components/schemas/O"}]}, {"n": 1}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "a"),
    ],
)
def test_a_default_that_is_no_value_of_its_schema_or_none_of_python_is_left_out(write, schema, default):
    """The field has no default then."""
    field = {**schema, "default": default}
    content = getting({"type": "object", "properties": {"a": field}}, O={"type": "object", "properties": {"n": {}}})
    found, notices = notices_of(write, content)

    place = "/paths/~1x/get/responses/200/content/application~1json/schema/properties/a"
    assert "left out" in notices[f"{place}/default"]
    schema = found["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert "default" not in schema["properties"]["a"]


@pytest.mark.parametrize(
    ("schema", "default", "kept"),
    [
        ({"type": "string"}, 5, "5"),
        ({"type": "string"}, True, "true"),
        ({"type": "integer"}, 2.0, 2),
        ({"type": "string", "format": "date"}, "2026-01-31", "2026-01-31"),
        ({"oneOf": [{"type": "integer"}, {"type": "string"}]}, "a", "a"),
    ],
)
def test_a_default_that_fits_is_kept(write, schema, default, kept):
    """Without a notice, in the type of its schema."""
    found, notices = notices_of(write, getting({"type": "object", "properties": {"a": {**schema, "default": default}}}))

    schema = found["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert (kept, {}) == (schema["properties"]["a"]["default"], notices)


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("#/components/schemas/None", "which does not exist; any JSON is accepted"),
        ("other.yaml#/A", "references to other files are not followed; any JSON is accepted"),
        ("https://example.com/a.json", "references to other files are not followed"),
        ("#/paths/~1x/get/responses/200", "which is not a schema; any JSON is accepted"),
    ],
)
def test_a_reference_that_leads_to_no_schema_is_any_json(write, reference, why):
    """The notice names the reference and the reason."""
    found, notices = notices_of(write, getting({"type": "object", "properties": {"a": {"$ref": reference}}}))

    place = "/paths/~1x/get/responses/200/content/application~1json/schema"
    assert f"$ref to {reference}" in notices[f"{place}/properties/a"]
    assert why in notices[f"{place}/properties/a"]
    schema = found["paths"]["/x"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert {} == schema["properties"]["a"]


def test_references_to_any_place_are_models_of_their_own(write):
    """A schema inside another one, at the top of the document, or written with percent-escapes."""
    content = getting(
        {
            "type": "object",
            "properties": {"a": ref("B/properties/c"), "d": {"$ref": "#/definitions/D"}, "e": ref("F%20G")},
        },
        B={"type": "object", "properties": {"c": {"type": "object", "properties": {"x": {}}}}},
        **{"F G": {"type": "object", "properties": {"y": {}}}},
    )
    content["definitions"] = {"D": {"type": "object", "properties": {"z": {}}}}
    found, notices = notices_of(write, content)

    schemas = found["components"]["schemas"]
    assert ref("c") == schemas["B"]["properties"]["c"]
    assert {"B", "c", "D", "F_G"} == set(schemas)
    assert not [text for text in notices.values() if "renamed" not in text]


def test_a_part_that_is_referred_to_may_refer_to_others(write):
    """An answer of another operation, whose schema is that of a third one."""
    content = getting({"type": "object", "properties": {"x": {}}})
    schema = "#/paths/~1x/get/responses/200/content/application~1json/schema"
    answers = {"/b": answer({"allOf": [{"$ref": schema}]}), "/a": {"200": {"$ref": "#/paths/~1b/get/responses/200"}}}
    paths = {path: {"get": {"operationId": f"get{path[1:]}", "responses": answers[path]}} for path in ("/a", "/b")}
    content["paths"] = {**paths, **content["paths"]}
    found, notices = notices_of(write, content)

    assert {} == notices
    read = [found["paths"][path]["get"]["responses"]["200"]["content"] for path in ("/a", "/b", "/x")]
    assert read[0] == read[1] == read[2]
    assert [*found["components"]["schemas"]] == [read[0]["application/json"]["schema"]["$ref"].rpartition("/")[2]]


@pytest.mark.parametrize("section", ["parameters", "responses", "requestBodies"])
def test_components_that_are_references_are_followed(write, section):
    """A parameter, an answer or a body may be a reference to another one."""
    real = {
        "parameters": {"name": "q", "in": "query", "schema": {"type": "string"}},
        "responses": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}},
        "requestBodies": {"content": {"application/json": {"schema": {"type": "string"}}}},
    }[section]
    content = document({"/x": {"post": {"operationId": "a", "responses": DONE}}}, **{section: {"R": real}})
    content["components"][section]["A"] = ref("R", section)
    value = ref("A", section)
    changes = {"parameters": [value], "responses": {"200": value}, "requestBody": value}
    key = section if section in changes else "requestBody"
    content["paths"]["/x"]["post"][key] = changes[key]
    found, notices = notices_of(write, content)

    assert ({}, real) == (notices, found["components"][section]["A"])


def test_notices_are_those_of_the_selected_part(write):
    """What is wrong in other operations and their models is not said."""
    content = getting(ref("A"), A={"type": "object", "properties": {"a": {"type": "integer", "default": "b"}}})
    content["paths"]["/y"] = {"get": {"operationId": "gety", "responses": DONE}}
    content["components"]["schemas"]["A"]["required"] = ["nothing"]

    assert 2 == len(notices_of(write, content)[1])
    assert {} == notices_of(write, content, Selection(["gety"]))[1]
    assert {} == notices_of(write, content, Selection(skipped=["getx"]))[1]


def test_an_all_of_that_contains_itself_loses_that_part(write):
    """It would have infinitely many fields."""
    content = getting(ref("A"), A={"allOf": [ref("B"), {"properties": {"a": {}}}]}, B={"allOf": [ref("A"), {"x": 1}]})
    found, notices = notices_of(write, content)

    assert ["A contains itself through allOf; this part is left out"] == [
        text for text in notices.values() if "allOf" in text
    ]
    assert {"a"} == set(found["components"]["schemas"]["A"]["properties"])


@pytest.mark.parametrize(
    ("fields", "notices"),
    [
        ({"additionalProperties": True}, []),
        *(
            ({"properties": {name: ref("A")}}, ["A contains itself without an object between"])
            for name in ("a", "enum")
        ),
    ],
)
def test_a_union_is_read_with_the_fields_of_its_objects(write, fields, notices):
    """Whatever their names are; a boolean is a schema without references."""
    union = {"anyOf": [{"type": "object", **fields}, {"type": "string"}]}
    said = [text.partition(";")[0] for text in notices_of(write, getting(ref("A"), A=union))[1].values()]

    assert notices == said


def test_parameters_that_are_sent_nowhere_or_twice_are_removed(write):
    """The first of two is kept; a body parameter of Swagger is none of OpenAPI 3."""
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    content = document({"/x": {"get": {"operationId": "a", "responses": DONE}}})
    content["paths"]["/x"]["get"]["parameters"] = [query, dict(query), {"name": "b", "in": "body", "schema": {}}, ID]
    found, notices = notices_of(write, content)

    assert [query] == found["paths"]["/x"]["get"]["parameters"]
    assert [
        "the query parameter q is declared twice; the second one is removed",
        "a parameter cannot be in body; b is removed",
        "the path parameter id is not in the path; it is removed",
    ] == list(notices.values())


def test_definitions_of_an_enclosing_schema_are_found(write):
    """JSON Schema has `$defs` in each schema, and references to them that begin there."""
    found, notices = notices_of(
        write,
        getting(ref("M"), M={"type": "array", "$defs": {"P": {"type": "object"}}, "items": {"$ref": "#/$defs/P"}}),
    )

    assert ({}, ref("P")) == (notices, found["components"]["schemas"]["M"]["items"])


def test_a_path_without_a_slash_does_not_change_the_host(write):
    """It would be appended to the server's address."""
    found, notices = notices_of(write, document({".evil.test": {"get": {"operationId": "a", "responses": DONE}}}))

    assert ["/.evil.test"] == list(found["paths"])
    assert ["the path .evil.test does not begin with a slash; it is read as /.evil.test"] == list(notices.values())


@pytest.mark.parametrize(
    ("method", "codes", "kept", "said"),
    [
        ("get", ["204", "default"], {"204": False, "default": True}, "HTTP allows no body"),
        ("head", ["200"], {"200": False}, "HTTP allows no body"),
        ("get", ["400", "5XX"], {"400": True, "5XX": True, "2XX": False}, "no success is documented"),
        ("get", ["202"], {"202": True}, ""),
    ],
)
def test_answers_are_those_that_http_can_send(write, method, codes, kept, said):
    """An answer that has no body is not read as JSON, and there is a success."""
    answer = {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}
    item = {method: {"operationId": "a", "responses": dict.fromkeys(codes, answer)}}
    found, notices = notices_of(write, document({"/x": item}))

    responses = found["paths"]["/x"][method]["responses"]
    assert kept == {code: bool(response.get("content")) for code, response in responses.items()}
    assert bool(said) == len(notices)
    assert all(sentence.startswith(said) for sentence in notices.values())


def test_parts_that_no_client_needs_are_never_a_reason(write):
    """Headers, links, callbacks, webhooks, tags and examples of any form."""
    content = getting({"type": "string", "example": {"a": [1]}, "examples": "x", "externalDocs": 7, "xml": []})
    content |= {"tags": "x", "servers": "x", "info": 5, "externalDocs": [1], "security": "x", "webhooks": 1}
    content["components"] |= {"examples": 3, "headers": {"a": 1}, "links": "x"}
    operation = content["paths"]["/x"]["get"]
    operation |= {"callbacks": {"c": {"x": {"post": {"responses": {"200": {"$ref": "#/nope"}}}}}}, "externalDocs": 1}
    operation["responses"]["200"] |= {"headers": {"X": {"schema": {"$ref": "#/nope"}}, "Y": 5}, "links": 7}
    found, _ = notices_of(write, content)

    parsed = parse_document(found, Path("probe_client"))
    assert [] == parsed.findings
    groups = parsed.data.endpoint_collections_by_tag.values()
    assert ["getx"] == [str(one.name) for group in groups for one in group.endpoints]


@pytest.mark.parametrize(
    ("words", "is_file"),
    [
        ({"contentMediaType": "application/octet-stream"}, True),
        ({"contentMediaType": "image/png"}, True),
        ({"contentMediaType": "image/png", "contentEncoding": "base64"}, False),
        ({"contentMediaType": "application/json"}, False),
        ({"contentMediaType": "text/html"}, False),
    ],
)
def test_text_of_a_media_type_of_bytes_is_a_file(words, is_file):
    """OpenAPI 3.1 and FastAPI write an upload so; as text it would be sent without a file name, and refused."""
    schema = {"type": "string", **words}
    assert [] == list(known_types({"components": {"schemas": {"Upload": schema}}}))
    assert is_file == (schema.get("format") == "binary")
