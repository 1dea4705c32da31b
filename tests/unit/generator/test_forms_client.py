"""The generated client of forms.yaml: compositions, closed models, fields that go one way, and unusual values."""

import inspect
import io
import json
from uuid import UUID

import pytest

from jobwait._httpx import httpx

pytestmark = pytest.mark.xdist_group("clients")  # the fixture `clients` generates once for this group


@pytest.fixture(scope="module")
def package(module_of):
    """Import a module of the client of forms.yaml."""
    return lambda name: module_of(f"forms_client.{name}")


@pytest.fixture(scope="module")
def read(package):
    """Read one field of an answer of get_forms."""
    get_forms = package("api.forms.get_forms")
    return lambda name, value: getattr(get_forms.parse(httpx.Response(200, json={name: value})), name)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("dog", {"kind": "dog", "bark": "loud"}, "Dog"),
        ("pet", {"kind": "puppy", "bark": "loud"}, "Dog"),
        ("pet", {"kind": "cat"}, "Cat"),
        ("event", {"id": 1, "type": "Started", "at": "2026-01-31T00:00:00Z"}, "EventStarted"),
        ("event", {"id": 1, "type": "Ended", "code": 3}, "EventEnded"),
        ("closed", {"a": "one"}, "ClosedA"),
        ("closed", {"b": "two"}, "ClosedB"),
        ("point", {"x": 0.5}, "Point"),
        ("pair", ["a", 1], "list"),
        ("typed", {"id": "a", "more": 1}, "FormsTyped"),
        ("patterns", {"x-a": True}, "FormsPatterns"),
        ("code", "007", "FormsCode"),
        ("mixed", 1, "FormsMixedType1"),
        ("mixed", "all", "FormsMixedType0"),
        ("version", 2, "int"),
        ("rate", 1.0, "float"),
        ("digest", "YQ==", "str"),
        ("keywords", {"nullable": True, "type": "t", "allOf": [], "$ref": "r", "models": "m"}, "Keywords"),
        ("keywords", {"nullable": True, "type": "t", "fields_set": "f"}, "Keywords"),
        ("color", "blue", "Color"),
        ("point_or_default", {"a": "two"}, "ClosedA"),
        ("kinds", {"type": "b", "n": 1}, "KindB"),
        ("kinds", {"type": "b", "new": 1}, "KindB"),
        ("kinds", {"type": "new", "n": 1}, "KindA"),
        ("wide", {"a": "x"}, "ClosedA"),
        ("wide", {"type": "b"}, "KindB"),
        ("wide", {"other": 1}, "FormsWideType0"),
        ("moment", "auto", "FormsMomentType0"),
        ("moment", "2026-01-31T00:00:00Z", "datetime"),
        ("moment", "new", "FormsMomentType0"),
        ("listed", {"type": "a"}, "KindA"),
        ("listed", {"type": "c"}, "KindC"),
        ("listed", {"type": "KindB"}, "KindB"),
        ("maybe", "k", "str"),
        ("text_or_pet", {"kind": "puppy", "bark": "loud"}, "Dog"),
        ("text_or_pet", "none", "str"),
        ("none", None, "NoneType"),
        ("none", {"a": "x"}, "ClosedA"),
    ],
)  # fmt: skip
def test_each_form_is_read_as_its_type_and_written_as_it_came(package, name, value, kind):
    """What to_dict gives is what came."""
    read = package("models").Forms.from_dict({name: value})

    assert kind == type(getattr(read, name)).__name__
    assert value == read.to_dict()[name]


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("dog", {"kind": "dog"}, "dog.bark"),
        ("pet", {"kind": "fish"}, "pet.kind"),
        ("event", {"type": "Ended"}, "event.id"),
        ("typed", {"id": "a", "more": "text"}, "typed.more"),
        ("patterns", {"x-a": 1}, "patterns.x-a"),
        ("pair", [None], "pair[0]"),
        ("version", 3, "version"),
        ("version", True, "version"),
        ("keywords", {"nullable": "yes", "type": "t"}, "keywords.nullable"),
        ("listed", {"type": "Nested"}, "listed.type"),
        ("maybe", "l", "maybe"),
    ],
)
def test_what_does_not_fit_is_a_decode_error_at_its_place(read, package, name, value, path):
    """The path names the field."""
    with pytest.raises(package("errors").DecodeError) as caught:
        read(name, value)

    assert path == caught.value.path


def test_a_closed_member_of_a_union_is_chosen_by_its_fields(read):
    """A field that no member has is ignored, as a service may add one at any time; a constant may be written as 2.0."""
    assert ["ClosedA", "ClosedB"] == [type(read("closed", {name: "x", "new": 1})).__name__ for name in ("a", "b")]
    assert not hasattr(read("closed", {"a": "x"}), "additional_properties")
    assert 2 == read("version", 2.0)


def test_a_list_in_a_union_is_read_as_the_one_that_names_its_items(read):
    """The enum of the first list is open, so it could hold any text."""
    assert [["date"], ["FormsKindListType0Item"]] == [
        [type(one).__name__ for one in read("kind_list", [item])] for item in ("2026-01-31", "auto")
    ]


def test_defaults_hold_where_they_can(package):
    """The default of a described enum is a member; one that is an object is left out."""
    forms = package("models").Forms.from_dict({})

    assert (package("models").Color.RED, None) == (forms.color, forms.point_or_default)


def test_fields_go_the_way_that_the_document_says(package):
    """What is read-only is not asked for when sending, what is write-only not when reading."""
    add_item, models = package("api.forms.add_item"), package("models")
    client = package("client").Client()
    request = add_item.build(client, body=models.Item(name="a", secret="s"))
    item = add_item.parse(httpx.Response(201, json={"id": 1, "name": "a"}))

    assert {"name": "a", "secret": "s"} == json.loads(request.content)
    assert ("ItemResponse", 1, None, {"id", "name"}) == (type(item).__name__, item.id, item.note, item.fields_set)
    with pytest.raises(package("errors").DecodeError, match="id"):
        add_item.parse(httpx.Response(201, json={"name": "a"}))


def test_a_file_is_sent_in_a_form_and_read_as_text(package):
    """The component of both has two forms."""
    add_file, models = package("api.forms.add_file"), package("models")
    body = models.UploadForm(file=package("types").File(io.BytesIO(b"abc"), "a.txt"))
    request = add_file.build(package("client").Client(), body=body)

    assert b"abc" in request.read()
    assert "text" == add_file.parse(httpx.Response(200, json={"file": "text"})).file


def test_the_body_is_among_the_arguments(package):
    """The docstring names its type."""
    assert "body (Item): The body of the request." in package("api.forms.add_item").sync.__doc__


def test_a_uuid_may_be_given_as_text(package):
    """As an argument, in a list of them, and in a model that is only sent; what is read is a UUID."""
    get_item, models = package("api.forms.get_item"), package("models")
    text = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    both = [get_item.build(package("client").Client(), one, near=[one], parent=one) for one in (text, UUID(text))]
    item = get_item.parse(httpx.Response(200, json={"id": 1, "name": "a", "owner": text}))

    assert [f"https://api.example.test/items/{text}?near={text}&parent={text}"] * 2 == [str(one.url) for one in both]
    assert text == models.Item(name="a", secret="s", owner=text).to_dict()["owner"]
    assert UUID(text) == item.owner
    hints = get_item.build.__annotations__
    assert ("UUID | str", "list[UUID] | list[str] | Unset") == (hints["item_id"], hints["near"])


def test_an_enum_says_what_each_value_means(package):
    """In its docstring, in the source beside each member, and not again in the models that have it."""
    color, forms = package("models").Color, package("models").Forms

    assert 'The color.\n\n    red: as a rose\n    blue: as the "sea"\n' in color.__doc__
    assert '    """as a rose"""' in inspect.getsource(color)
    assert "1: Low" in package("models").Level.__doc__
    assert "color (Color): The color. Default" in forms.__doc__
