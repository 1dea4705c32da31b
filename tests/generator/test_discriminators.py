"""Discriminators on a base type: what reads the base gets the derived model that its field names."""

import importlib
import json

import codegen
import httpx
import pytest
from generator.discriminators import on_bases

PETS = {
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "#/components/schemas/Dog"}},
        "properties": {"kind": {"type": "string"}},
    },
    "Cat": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object", "properties": {"age": {}}}]},
    "Dog": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"type": "object", "properties": {"age": {}}}]},
}
PET = {"$ref": "#/components/schemas/Pet"}
CAT, DOG = ({"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Dog"))


@pytest.fixture
def pets(spec):
    """A spec whose answer is a pet, and a list of toys that may have one."""
    spec["components"]["schemas"] = {
        **PETS,
        "Toy": {
            "type": "object",
            "properties": {
                "of": {"anyOf": [PET, {"type": "null"}]},
                "old": {"allOf": [PET], "nullable": True},
                "all": {"type": "array", "items": PET},
            },
        },
    }
    (operation,) = spec["paths"]["/toys/{toy_id}"].values()
    operation["responses"]["200"]["content"]["application/json"]["schema"] = PET
    operation["responses"]["202"] = {
        "description": "",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Toy"}}},
    }
    return json.loads(json.dumps(spec))  # as a file is read: no part is another's


def test_a_base_gives_way_to_its_models(pets):
    """
    Wherever the base is referred to stands their union, null beside it; what is made of it stays so.
    """
    on_bases(pets)
    schemas = pets["components"]["schemas"]
    union = schemas["Toy"]["properties"]["all"]["items"]

    assert [CAT, DOG] == union["oneOf"]
    assert PETS["Pet"]["discriminator"] == union["discriminator"]
    assert [union, {"type": "null"}] == schemas["Toy"]["properties"]["of"]["anyOf"]
    assert {**union, "nullable": True} == schemas["Toy"]["properties"]["old"]
    assert PET == schemas["Cat"]["allOf"][0]


def test_models_are_told_apart_by_their_names_where_nothing_else_is_said(pets):
    """
    Without a mapping the base is one of them, and so is what is made of a model that is made of it.
    """
    schemas = pets["components"]["schemas"]
    del schemas["Pet"]["discriminator"]["mapping"]
    schemas["Kitten"] = {"allOf": [CAT]}
    on_bases(pets)

    members = schemas["Toy"]["properties"]["all"]["items"]["oneOf"]
    assert [CAT, DOG, {"$ref": "#/components/schemas/Kitten"}, PET] == members


def test_the_client_obeys(pets, tmp_path, monkeypatch):
    """
    Two answers that only the field tells apart are two models, and a kind that nobody named is neither.
    """
    spec = tmp_path / "pets.json"
    spec.write_text(json.dumps(pets), encoding="utf-8")
    assert 0 == codegen.main(["client", str(spec), "--name", "pets", "--out", str(tmp_path), "--tags", "toys"])
    monkeypatch.syspath_prepend(tmp_path)
    get_toy = importlib.import_module("pets_client.api.toys.get_toy")
    errors = importlib.import_module("pets_client.errors")

    def read(code, body):
        return get_toy.parse(httpx.Response(code, json=body))

    assert ["Cat", "Dog"] == [type(read(200, {"kind": kind, "age": 1})).__name__ for kind in ("cat", "dog")]
    assert (None, None) == (read(202, {"of": None}).of, read(202, {"old": None}).old)
    assert "Cat" == type(read(202, {"old": {"kind": "cat"}}).old).__name__
    assert "Dog" == type(read(202, {"of": {"kind": "dog"}}).of).__name__
    with pytest.raises(errors.DecodeError, match="kind"):
        read(200, {"kind": "fish"})
