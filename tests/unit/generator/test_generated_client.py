"""The generated client of everything.yaml: features that the three services do not use."""

import datetime as dt
import io
import json
from uuid import UUID

import pytest
from generator.publish.verify import verify

from jobwait._httpx import httpx

pytestmark = pytest.mark.xdist_group("clients")  # the fixture `clients` generates once for this group


@pytest.fixture(scope="module")
def package(module_of):
    """Import a module of the client of everything.yaml."""
    return lambda name: module_of(f"everything_client.{name}")


def test_generated_clients_pass_mypy_strict_and_import_without_warnings(clients):
    """The clients of all unusual specs pass the checks that the command makes before the swap."""
    verify(clients, with_services=False)


@pytest.fixture
def client(package):
    """A client with an API key."""
    return package("client").AuthenticatedClient(token="key")


def thing(package, operation):
    """The module of one operation on things."""
    return package(f"api.things.{operation}")


WHERE = ("a", dt.date(2026, 1, 31), 0.5)


def test_path_query_header_and_cookie_parameters_are_encoded(package, client):
    """Parameters are encoded as HTTP requires; reserved names get an underscore; deprecated ones warn."""
    models = package("models")
    with pytest.warns(DeprecationWarning, match="deprecated by its service") as warned:
        request = thing(package, "get_thing").build(
            client,
            *WHERE,
            params=["x", "y z"],
            filter_=models.Filter(a=1, b=None),
            kind=models.Kind.VALUE_2,
            client_query="c",
            body_="b",
            x_trace=True,
            session="s",
        )

    assert [("get_thing", __file__), ("the parameter kind", __file__)] == [
        (str(one.message).removesuffix(" is deprecated by its service."), one.filename) for one in warned
    ]

    assert "https://eu.example.com/v1/things/a/2026-01-31/0.5" == str(request.url.copy_with(query=None))
    assert "params=x&params=y%20z&a=1&kind=2&level=low&client=c&body=b" == request.url.query.decode()
    assert ("true", "session=s") == (request.headers["X-Trace"], request.headers["Cookie"])


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (200, {"d": "d", "cls": None, "tags": [1, 7]}, "Thing"),
        (202, {"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}, "Later"),
        (204, None, "NoneType"),
    ],
)
def test_each_success_status_is_read_as_its_own_model(package, code, body, kind):
    """Several documented successes each have their model; no content is None."""
    answer = thing(package, "get_thing").parse(httpx.Response(code, json=body))

    assert kind == type(answer).__name__


@pytest.mark.parametrize(("code", "kind"), [(418, "NoneType"), (404, "Error"), (503, "Error")])
def test_error_bodies_are_read_by_code_then_range_then_default(package, code, kind):
    """An error body is read by the description of its code, else its range, else the default."""
    errors = package("errors")

    with pytest.raises(errors.StatusError) as failure:
        thing(package, "get_thing").parse(httpx.Response(code, json={"detail": ["x"]} if kind == "Error" else None))
    assert kind == type(failure.value.body).__name__


def test_text_is_read_as_str_and_other_content_as_bytes(package):
    """Text is a str, other content is bytes."""
    assert "done" == thing(package, "put_thing").parse(httpx.Response(201, text="done"))
    assert b"PK" == thing(package, "post_thing").parse(httpx.Response(200, content=b"PK"))


def test_a_list_of_a_union_accepts_only_its_members(package):
    """A union of scalars accepts each of them and nothing else."""
    parse = package("api.default.post_raw").parse

    assert [1, "a"] == parse(httpx.Response(200, json=[1, "a"]))
    with pytest.raises(package("errors").DecodeError, match=r"\[1\]: expected a whole number or a string, got null"):
        parse(httpx.Response(200, json=[1, None]))


def test_content_type_of_a_body_follows_the_type_of_the_argument(package, client):
    """Of several content types, the argument's type decides; an optional body may be omitted."""
    models, put = package("models"), thing(package, "put_thing")
    form = put.build(client, *WHERE, body=models.Filter(a=1))
    plain = put.build(client, *WHERE, body=models.Thing(d="d", cls_=None, tags=[]))
    none = put.build(client, *WHERE)

    assert (b"a=1", "application/x-www-form-urlencoded") == (form.content, form.headers["Content-Type"])
    assert {"d": "d", "cls": None, "tags": [], "fields": True} | json.loads(plain.content) == json.loads(plain.content)
    assert b"" == none.content
    assert "Content-Type" not in none.headers


def test_multipart_body_has_files_repeated_parts_and_json(package):
    """A file is sent unchanged, a list as repeated parts, an object as JSON."""
    models, types = package("models"), package("types")
    upload = models.Upload(
        file=types.File(io.BytesIO(b"data"), "a.txt", "text/x"), names=["m", "n"], meta=models.Filter(a=1)
    )
    client = package("client").Client()
    request = thing(package, "post_thing").build(client, *WHERE, body=upload)
    body = request.read()

    assert request.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="file"; filename="a.txt"\r\nContent-Type: text/x\r\n\r\ndata' in body
    assert 2 == body.count(b'name="names"')
    assert b'{"a":1}' in body


def test_binary_body_is_the_content_of_the_file(package, client):
    """A binary body is the content of the File."""
    raw = package("types").File(io.BytesIO(b"data"))
    request = package("api.default.post_raw").build(client, body=raw)

    assert (b"data", "application/octet-stream") == (request.content, request.headers["Content-Type"])


def test_optional_api_key_is_sent_if_the_client_has_one(package, client):
    """An operation with optional security accepts both clients."""
    put = thing(package, "put_thing")

    assert "key" == put.build(client, *WHERE).headers["X-Key"]
    assert "X-Key" not in put.build(package("client").Client(), *WHERE).headers


def test_recursive_models_are_decoded(package):
    """A model may refer to itself."""
    inner = {"d": "in", "cls": "c", "tags": []}
    body = inner | {"d": "out", "parent": inner, "children": [inner], "map": {"x": {"id": 7}}}

    with pytest.raises(package("errors").DecodeError, match=r"Thing at map\.x\.id: expected a UUID"):
        package("models").Thing.from_dict(body)
    del body["map"]
    outer = package("models").Thing.from_dict(body)
    assert ("out", "in", "in") == (outer.d, outer.parent.d, outer.children[0].d)


def test_a_body_nested_too_deeply_is_a_decode_error(package):
    """A deeply nested body cannot exhaust the stack."""
    body = b'{"d": "", "cls": "", "tags": [], "parent": ' * 300 + b"null" + b"}" * 300

    with pytest.raises(package("errors").DecodeError, match="sane depth"):
        thing(package, "get_thing").parse(httpx.Response(200, content=body))


@pytest.mark.parametrize("value", [True, "1", 1.5, None, []])
def test_an_integer_enum_refuses_other_types(package, value):
    """Python counts True as 1; JSON does not."""
    with pytest.raises(package("errors").DecodeError, match=r"tags\[0\]"):
        package("models").Thing.from_dict({"d": "", "cls": None, "tags": [value]})


def test_a_string_default_with_quotes_is_not_escaped_twice(package):
    """A default with quotes is what the spec says."""
    assert 'x"y' == package("models").Thing(d="", cls_=None, tags=[]).to_dict_


CAT, DOG = {"kind": "cat", "name": "Tom"}, {"kind": "Dog", "name": "Rex"}


def test_discriminator_decides_the_model_of_a_union(package):
    """Two bodies that differ only in their kind are two models, by mapping or by the model's name."""
    models = package("models")
    owner = models.Owner.from_dict({"pet": DOG, "pets": [CAT, DOG, None]})

    assert ["Dog", "Cat", "Dog", "NoneType"] == [type(one).__name__ for one in (owner.pet, *owner.pets)]
    assert {"pet": DOG, "pets": [CAT, DOG, None]} == owner.to_dict()


@pytest.mark.parametrize(
    ("pet", "path", "got"),
    [
        ({"kind": "fish", "name": "Nemo"}, "pet.kind", "another string"),
        ({"name": "Nemo"}, "pet.kind", "nothing: it is missing"),
        ({"kind": None}, "pet.kind", "null"),
        ({"kind": ["cat"]}, "pet.kind", "an array"),
        ({"kind": "cat", "name": 7}, "pet.name", "a number"),
        ("cat", "pet", "a string"),
    ],
)
def test_an_unknown_discriminator_value_is_a_decode_error(package, pet, path, got):
    """An unknown kind is a DecodeError with its path, and never the first model."""
    with pytest.raises(package("errors").DecodeError) as refusal:
        package("models").Owner.from_dict({"pet": pet})

    assert (path, got) == (refusal.value.path, refusal.value.got)


def test_a_union_without_discriminator_takes_the_first_matching_model(package):
    """Without a discriminator the first model that can be decoded is taken."""
    either = package("models").Owner.from_dict({"pet": DOG, "either": {"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}})

    assert "Later" == type(either.either).__name__


def test_field_names_with_control_characters_are_kept(package):
    """A field is sent under the name in the spec, whatever characters it has."""
    odd = package("models").Odd.from_dict({"tab\tname": "x", "line\nbreak": 1})

    assert ("x", 1, {}) == (odd.tabname, odd.linebreak, odd.additional_properties)
    assert {"tab\tname": "x", "line\nbreak": 1} == odd.to_dict()


def test_a_union_takes_other_text_as_an_id_only_where_nothing_else_fits(package):
    """Members that the form of an id tells apart are; in a list, in a model, and of a union in a union."""
    decode, types = package("_decode"), package("types")
    text, real = "no-uuid", "3c90c3cc-0d44-4b50-8888-8dd25736052a"

    def entity(fields):
        return decode.Fields("Entity", fields).required("id", decode.uuid)

    def named(fields):
        return decode.Fields("Named", fields).required("id", decode.string)

    whole, part = decode.Member(entity, {"id", "new"}), decode.Member(named, {"id"})  # the first names more of a value
    ids, words = decode.list_of(decode.uuid), decode.list_of(decode.string)
    for first, second, value, kind in [
        (decode.uuid, decode.string, text, str),
        (decode.uuid, decode.integer, text, types.TextId),
        (decode.uuid, decode.OneOf(decode.integer, decode.string), text, str),
        (decode.OneOf(decode.uuid, decode.null), decode.string, text, str),
        (decode.model(entity), decode.model(named), {"id": text}, str),
        (decode.model(entity), decode.integer, {"id": text}, types.TextId),
        (decode.model(entity), decode.model(named), {"id": real}, UUID),
        (ids, words, [real, text], str),
        (ids, decode.integer, [text], types.TextId),
        (decode.OneOf(whole, part), decode.integer, {"id": text, "new": 1}, types.TextId),
    ]:
        found = decode.OneOf(first, second)(value)
        assert kind is type(found[0] if isinstance(found, list) else found)
    with pytest.raises(package("errors").DecodeError, match="expected a UUID or a whole number, got null"):
        decode.OneOf(decode.uuid, decode.integer)(None)
    assert types.TextId(text) == decode.uuid(text)
