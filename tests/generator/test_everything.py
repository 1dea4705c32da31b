"""Everything: what the three services do not need, but `client` must get right for others."""

import datetime as dt
import importlib
import io
import json

import codegen
import httpx
import pytest
from generator.places import ROOT

pytestmark = pytest.mark.xdist_group("everything")  # one client for all of them

SPEC = ROOT / "tests" / "generator" / "everything.yaml"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Import a module of the client that everything.yaml describes."""
    out = tmp_path_factory.mktemp("everything")
    assert 0 == codegen.main(["client", str(SPEC), "--name", "everything", "--out", str(out)])
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(out)
        yield lambda name: importlib.import_module(f"everything_client.{name}")


@pytest.fixture
def client(package):
    """A client with a key."""
    return package("client").AuthenticatedClient(token="key")


def thing(package, operation):
    """The module of one operation on things."""
    return package(f"api.things.{operation}")


WHERE = ("a", dt.date(2026, 1, 31), 0.5)


def test_parameters_of_every_kind(package, client):
    """
    Path, query, header and cookie parameters are written as HTTP has them; clashing names get another one.
    """
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
    assert "params=x&params=y+z&a=1&kind=2&level=low&client=c&body=b" == request.url.query.decode()
    assert ("true", "session=s") == (request.headers["X-Trace"], request.headers["Cookie"])


@pytest.mark.parametrize(
    ("code", "body", "kind"),
    [
        (200, {"d": "d", "cls": None, "tags": [1, 7]}, "Thing"),
        (202, {"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}, "Later"),
        (204, None, "NoneType"),
    ],
)
def test_each_success_has_its_model(package, code, body, kind):
    """
    Where several successes are documented, each is read as its own model, and no content is None.
    """
    answer = thing(package, "get_thing").parse(httpx.Response(code, json=body))

    assert kind == type(answer).__name__


@pytest.mark.parametrize(("code", "kind"), [(418, "NoneType"), (404, "Error"), (503, "Error")])
def test_ranges_and_defaults_describe_faults(package, code, kind):
    """
    A fault's body is read by its own description, that of its range, or the default, in this order.
    """
    errors = package("errors")

    with pytest.raises(errors.StatusError) as failure:
        thing(package, "get_thing").parse(httpx.Response(code, json={"detail": ["x"]} if kind == "Error" else None))
    assert kind == type(failure.value.body).__name__


def test_answers_that_are_no_json(package):
    """
    Text is read as text, other content as bytes.
    """
    assert "done" == thing(package, "put_thing").parse(httpx.Response(201, text="done"))
    assert b"PK" == thing(package, "post_thing").parse(httpx.Response(200, content=b"PK"))


def test_a_list_of_either(package):
    """
    A union of plain values takes each of them and nothing else.
    """
    parse = package("api.default.post_raw").parse

    assert [1, "a"] == parse(httpx.Response(200, json=[1, "a"]))
    with pytest.raises(package("errors").DecodeError, match=r"\[1\]: expected a whole number or a string, got null"):
        parse(httpx.Response(200, json=[1, None]))


def test_a_body_of_either_kind(package, client):
    """
    Where several kinds of body are documented, the argument's type decides; an optional body may be left out.
    """
    models, put = package("models"), thing(package, "put_thing")
    form = put.build(client, *WHERE, body=models.Filter(a=1))
    plain = put.build(client, *WHERE, body=models.Thing(d="d", cls_=None, tags=[]))
    none = put.build(client, *WHERE)

    assert (b"a=1", "application/x-www-form-urlencoded") == (form.content, form.headers["Content-Type"])
    assert {"d": "d", "cls": None, "tags": [], "fields": True} | json.loads(plain.content) == json.loads(plain.content)
    assert b"" == none.content
    assert "Content-Type" not in none.headers


def test_a_multipart_body(package):
    """
    A file goes as it is, a list as repeated parts, an object as JSON.
    """
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
    assert b'{"a": 1}' in body


def test_a_body_from_a_file(package, client):
    """
    Raw content is the file's.
    """
    raw = package("types").File(io.BytesIO(b"data"))
    request = package("api.default.post_raw").build(client, body=raw)

    assert (b"data", "application/octet-stream") == (request.content, request.headers["Content-Type"])


def test_an_optional_key_is_sent_if_there_is_one(package, client):
    """
    An operation that works without a key takes both clients.
    """
    put = thing(package, "put_thing")

    assert "key" == put.build(client, *WHERE).headers["X-Key"]
    assert "X-Key" not in put.build(package("client").Client(), *WHERE).headers


def test_models_refer_to_themselves(package):
    """
    A model may hold models of its own kind, as deep as the data goes.
    """
    inner = {"d": "in", "cls": "c", "tags": []}
    body = inner | {"d": "out", "parent": inner, "children": [inner], "map": {"x": {"id": "bad"}}}

    with pytest.raises(package("errors").DecodeError, match=r"Thing at map\.x\.id: expected a UUID"):
        package("models").Thing.from_dict(body)
    del body["map"]
    outer = package("models").Thing.from_dict(body)
    assert ("out", "in", "in") == (outer.d, outer.parent.d, outer.children[0].d)


def test_too_deep_a_body_is_a_decode_error(package):
    """
    A body that is nested without end cannot exhaust the stack.
    """
    body = b'{"d": "", "cls": "", "tags": [], "parent": ' * 300 + b"null" + b"}" * 300

    with pytest.raises(package("errors").DecodeError, match="sane depth"):
        thing(package, "get_thing").parse(httpx.Response(200, content=body))


@pytest.mark.parametrize("value", [True, "1", 1.5, None, []])
def test_a_number_enum_takes_numbers(package, value):
    """
    Python counts True as 1; JSON does not.
    """
    with pytest.raises(package("errors").DecodeError, match=r"tags\[0\]"):
        package("models").Thing.from_dict({"d": "", "cls": None, "tags": [value]})


def test_text_defaults_are_what_the_spec_says(package):
    """
    A default with quotes in it comes out as it was written.
    """
    assert 'x"y' == package("models").Thing(d="", cls_=None, tags=[]).to_dict_


CAT, DOG = {"kind": "cat", "name": "Tom"}, {"kind": "Dog", "name": "Rex"}


def test_a_discriminator_is_obeyed(package):
    """
    Two bodies that differ in their kind only are two models, be the kind mapped or the model's own name.
    """
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
def test_an_unknown_kind_fits_no_model(package, pet, path, got):
    """
    A kind that the spec does not name is a DecodeError with the place, never the first model of the list.
    """
    with pytest.raises(package("errors").DecodeError) as refusal:
        package("models").Owner.from_dict({"pet": pet})

    assert (path, got) == (refusal.value.path, refusal.value.got)


def test_unions_without_discriminator_take_the_first_that_fits(package):
    """
    Where nothing tells the models apart, the first one whose fields are there is it.
    """
    either = package("models").Owner.from_dict({"pet": DOG, "either": {"id": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}})

    assert "Later" == type(either.either).__name__


def test_names_with_control_characters_stay_what_they_are(package):
    """
    A field or parameter name is sent as the spec writes it, whatever is in it.
    """
    odd = package("models").Odd.from_dict({"tab\tname": "x", "line\nbreak": 1})

    assert ("x", 1, {}) == (odd.tabname, odd.linebreak, odd.additional_properties)
    assert {"tab\tname": "x", "line\nbreak": 1} == odd.to_dict()
