"""Odd but legal specs: generation succeeds, the output passes mypy --strict, and it does what the spec says."""

import datetime as dt
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from uuid import UUID

import codegen
import httpx
import pytest
from tests.generator.odd import CLASSES, MANY, NAMES, odd

pytestmark = pytest.mark.xdist_group("odd")  # one client for all of them

LOADED = """
import sys, importlib
module = importlib.import_module("odd_client.api.t1.get_many_1")
print(len([name for name in sys.modules if name.startswith("odd_client.models.")]))
import httpx
module.parse(httpx.Response(200, json={"next": {}}))
print(sorted(name for name in sys.modules if name.startswith("odd_client.models.")))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Where the client of the odd spec lies: made by the command, which judges it by mypy --strict."""
    out = tmp_path_factory.mktemp("odd")
    spec = out / "odd.json"
    spec.write_text(json.dumps(odd()), encoding="utf-8")
    assert 0 == codegen.main(["client", str(spec), "--name", "odd", "--out", str(out)])
    return out


@pytest.fixture(scope="module")
def package(run):
    """Import a module of that client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(run)
        yield lambda name: importlib.import_module(f"odd_client.{name}")


@pytest.fixture(scope="module")
def builds(package):
    """The build of the operation on each colliding name, by its number."""
    found = {}
    for entry in pkgutil.walk_packages(package("api").__path__, "odd_client.api."):
        module = importlib.import_module(entry.name)
        number = re.search(r"/names/(\d+)/", module.__doc__ or "")
        if number:
            found[int(number[1])] = module.build
    return found


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_names_that_collide_are_sent_as_they_are(package, builds, number):
    """
    Whatever a parameter is called, its value arrives under its own name in each of the four places.
    """
    name, build = NAMES[number], builds[number]
    token = name if name.isascii() else "X"
    client = package("client").Client(base_url="https://example.com")
    arguments = [argument for argument in inspect.signature(build).parameters if argument not in {"client", "body"}]
    request = build(client, **{argument: f"v{index}" for index, argument in enumerate(arguments)})

    assert f"/names/{number}/v0/end" == request.url.path
    assert {name: "v1"} == dict(httpx.QueryParams(request.url.query))
    assert ("v2", f"{token}=v3") == (request.headers[token], request.headers["Cookie"])


def test_fields_that_collide_are_read_and_written(package):
    """
    A field may be called like anything in the model's module.
    """
    body = {name: f"v-{name}" for name in NAMES}

    assert body == package("models").Colliding.from_dict(body).to_dict()


def test_every_class_is_there(package):
    """
    No component is lost to another one of the same class.
    """
    names = set(package("models").__all__)

    assert len(names) >= len(CLASSES) + MANY
    assert {"AnyModel", "ClientModel", "ToyModel", "TOYModel2", "Error"} <= names


def test_a_nullable_enum_is_one_class(package):
    """
    A default of null makes no second and third enum of the same values.
    """
    names = [name for name in package("models").__all__ if name.startswith("NullColor")]

    assert 2 == len(names), names
    assert "NullColor" in names
    model = package("models").NullColor
    assert ("a", None) == (model.from_dict({"color": "a"}).color, model.from_dict({"color": None}).color)


def test_defaults_are_values(package):
    """
    A default is decoded like a value that was sent.
    """
    model = package("models").Defaults.from_dict({})

    assert ("a\"b'c\\d\n{e}", 1, False, "y") == (model.text, model.number, model.flag, model.color)
    assert (dt.date(2026, 1, 31), UUID("3c90c3cc-0d44-4b50-8888-8dd25736052a")) == (model.day, model.id)
    assert dt.datetime(2026, 1, 31, tzinfo=dt.UTC) == model.moment


def test_enum_values_of_one_name_stay_apart(package):
    """
    Values that differ in case or punctuation only are members of their own.
    """
    values = ["red", "RED", "Red", "light-red", "light red", "", "1", "-"]

    assert sorted(values) == sorted(member.value for member in package("models").Color)


def test_a_closed_model_refuses_what_it_does_not_name(package):
    """
    additionalProperties: false has no place to keep a field in; one more is dropped, as a server may grow.
    """
    assert {"only": "x"} == package("models").Closed.from_dict({"only": "x", "new": 1}).to_dict()


def test_answers_of_every_kind(package):
    """
    Text, bytes, nothing and an undescribed body are what they are.
    """
    parse = package("api.default.get_answers").parse

    assert "done" == parse(httpx.Response(200, text="done"))
    assert b"PK" == parse(httpx.Response(202, content=b"PK"))
    assert None is parse(httpx.Response(204))
    with pytest.raises(package("errors").StatusError) as failure:
        parse(httpx.Response(400, json={"error": "x", "detail": "no"}))
    assert 400 == failure.value.status


def test_derived_models_have_the_fields_of_their_base(package):
    """
    AllOf joins fields and what is required.
    """
    derived = package("models").Derived.from_dict({"id": 1, "kind": "d", "more": "x"})

    assert (1, "d", "x") == (derived.id, derived.kind, derived.more)
    with pytest.raises(package("errors").DecodeError, match="kind"):
        package("models").Derived.from_dict({"id": 1})


def test_one_operation_loads_its_own_models_only(run):
    """
    Importing one of some hundred operations loads no model; reading its answer loads those that it reaches.
    """
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=run, capture_output=True, text=True, check=True)

    assert ["0", str([f"odd_client.models.many_{number}" for number in (1, 2, 3)])] == done.stdout.splitlines()
