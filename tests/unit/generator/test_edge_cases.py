"""Unusual but valid specs: names that collide, every form of schema, many operations."""

import datetime as dt
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from uuid import UUID

import pytest

from jobwait._httpx import httpx

from .edge_case_spec import CLASSES, NAMES

pytestmark = pytest.mark.xdist_group("clients")  # the fixture `clients` generates once for this group

LOADED = """
import sys, importlib
module = importlib.import_module("edge_cases_client.api.t1.get_many_1")
print(len([name for name in sys.modules if name.startswith("edge_cases_client.models.")]))
from jobwait._httpx import httpx
module.parse(httpx.Response(200, json={"next": {}}))
print(sorted(name for name in sys.modules if name.startswith("edge_cases_client.models.")))
"""


@pytest.fixture(scope="module")
def package(module_of):
    """Import a module of the client of edge_case_spec.py."""
    return lambda name: module_of(f"edge_cases_client.{name}")


@pytest.fixture(scope="module")
def builds(package):
    """The function build of the operation on each reserved name, by number."""
    found = {}
    for entry in pkgutil.walk_packages(package("api").__path__, "edge_cases_client.api."):
        module = importlib.import_module(entry.name)
        number = re.search(r"/names/(\d+)/", module.__doc__ or "")
        if number:
            found[int(number[1])] = module.build
    return found


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_parameters_with_reserved_names_are_sent_under_their_own_names(package, builds, number):
    """Whatever the name, the value arrives under it in path, query, header and cookie."""
    name, build = NAMES[number], builds[number]
    token = name if name.isascii() else "X"
    client = package("client").Client(base_url="https://example.com")
    arguments = [argument for argument in inspect.signature(build).parameters if argument not in {"client", "body"}]
    request = build(client, **{argument: f"v{index}" for index, argument in enumerate(arguments)})

    assert f"/names/{number}/v0/end" == request.url.path
    assert {name: "v1"} == dict(httpx.QueryParams(request.url.query))
    assert ("v2", f"{token}=v3") == (request.headers[token], request.headers["Cookie"])


def test_fields_with_reserved_names_are_read_and_written(package):
    """A field may have the name of anything in the model's module."""
    body = {name: f"v-{name}" for name in NAMES}

    assert body == package("models").Colliding.from_dict(body).to_dict()


def test_components_with_the_same_class_name_are_all_generated(package):
    """No component is lost to another one with the same class name."""
    names = set(package("models").__all__)

    assert len(names) >= len(CLASSES) + 20
    assert {"AnyModel", "ClientModel", "ToyModel", "TOYModel2", "Error"} <= names


def test_a_nullable_enum_with_default_null_is_one_class(package):
    """A default of null makes no second enum of the same values."""
    names = [name for name in package("models").__all__ if name.startswith("NullColor")]

    assert 2 == len(names), names
    assert "NullColor" in names
    model = package("models").NullColor
    assert ("a", None) == (model.from_dict({"color": "a"}).color, model.from_dict({"color": None}).color)


def test_defaults_are_decoded_like_values(package):
    """A default is decoded like a value that was sent."""
    model = package("models").Defaults.from_dict({})

    assert ("a\"b'c\\d\n{e}", 1, False, "y") == (model.text, model.number, model.flag, model.color)
    assert (dt.date(2026, 1, 31), UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a")) == (model.day, model.id)
    assert dt.datetime(2026, 1, 31, tzinfo=dt.UTC) == model.moment


def test_enum_values_with_the_same_member_name_are_separate_members(package):
    """Values that differ only in case or punctuation are separate members."""
    values = ["red", "RED", "Red", "light-red", "light red", "", "1", "-"]

    assert sorted(values) == sorted(member.value for member in package("models").Color)


def test_a_model_without_additional_properties_drops_unknown_fields(package):
    """additionalProperties: false: unknown fields are dropped, not an error, as a server may add fields."""
    assert {"only": "x"} == package("models").Closed.from_dict({"only": "x", "new": 1}).to_dict()


def test_text_binary_empty_and_undescribed_responses_are_read(package):
    """Text, bytes, no content and an undocumented status are read as what they are."""
    parse = package("api.default.get_answers").parse

    assert "done" == parse(httpx.Response(200, text="done"))
    assert b"PK" == parse(httpx.Response(202, content=b"PK"))
    assert None is parse(httpx.Response(204))
    with pytest.raises(package("errors").StatusError) as failure:
        parse(httpx.Response(400, json={"error": "x", "detail": "no"}))
    assert 400 == failure.value.status


def test_all_of_merges_fields_and_required_of_its_parts(package):
    """A derived model has the fields of its base, and requires what either requires."""
    derived = package("models").Derived.from_dict({"id": 1, "kind": "d", "more": "x"})

    assert (1, "d", "x") == (derived.id, derived.kind, derived.more)
    with pytest.raises(package("errors").DecodeError, match="kind"):
        package("models").Derived.from_dict({"id": 1})


def test_importing_one_operation_imports_no_model_until_a_response_is_read(clients):
    """Reading a response imports the models that it refers to, and no other."""
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=clients, capture_output=True, text=True, check=True)

    assert ["0", str([f"edge_cases_client.models.many_{number}" for number in (1, 2, 3)])] == done.stdout.splitlines()
