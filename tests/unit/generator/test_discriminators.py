"""Discriminators on a base type: a response that refers to the base is read as the derived model."""

import pytest
from generator.spec.effective import read_with_findings
from generator.spec.schemas.discriminators import discriminators, expand_base_types, make_explicit, state_implicit_names

from jobwait._httpx import httpx

from .pets_spec import CAT, DOG, PET, PETS, pets_document

pytestmark = pytest.mark.xdist_group("clients")  # the fixture `clients` generates once for this group


@pytest.fixture
def pets():
    """The document of pets_spec.py, which a test may change."""
    return pets_document()


def test_references_to_a_base_type_become_the_union_of_its_derived_types(pets):
    """Every reference becomes the union, with null if it was nullable; references in allOf are kept."""
    expand_base_types(pets)
    schemas = pets["components"]["schemas"]
    union = schemas["Toy"]["properties"]["all"]["items"]

    assert [CAT, DOG] == union["oneOf"]
    assert PETS["Pet"]["discriminator"] == union["discriminator"]
    assert [union, {"type": "null"}] == schemas["Toy"]["properties"]["of"]["anyOf"]
    assert {**union, "nullable": True} == schemas["Toy"]["properties"]["old"]
    assert PET == schemas["Cat"]["allOf"][0]


def test_without_a_mapping_base_and_indirectly_derived_types_are_members(pets):
    """Without a mapping the base is a member of the union, and so are types derived from derived types."""
    schemas = pets["components"]["schemas"]
    del schemas["Pet"]["discriminator"]["mapping"]
    schemas["Kitten"] = {"allOf": [CAT]}
    state_implicit_names(pets)
    expand_base_types(pets)

    members = schemas["Toy"]["properties"]["all"]["items"]["oneOf"]
    assert [CAT, DOG, {"$ref": "#/components/schemas/Kitten"}, PET] == members


def test_names_of_models_are_implied_beside_a_mapping(write):
    """Of a union and of a base type, also where the client renames the model; a stated name wins."""
    models = {name: {"type": "object", "properties": {"k": {"type": "string"}}} for name in ("Cat", "Any", "base")}
    models["base"]["discriminator"] = {"propertyName": "k", "mapping": {"one": "Sub"}}
    models["Sub"] = {"allOf": [{"$ref": "#/components/schemas/base"}], "type": "object", "properties": {"s": {}}}
    models["Pet"] = {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in ("Cat", "Any")],
        "discriminator": {"propertyName": "k", "mapping": {"cat": "Cat"}},
    }
    content = [{"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}} for name in ("Pet", "base")]
    answers = {str(200 + number): {"description": "", "content": one} for number, one in enumerate(content)}
    paths = {"/": {"get": {"operationId": "get", "responses": answers}}}
    spec = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    document, _ = read_with_findings(write({**spec, "components": {"schemas": models}}))

    found = [one.classes for one in discriminators(document)]
    assert [{"cat": "Cat", "Cat": "Cat", "Any": "AnyModel"}, {"one": "Sub", "Sub": "Sub"}] == found


def test_a_listed_value_wins_over_the_name_of_a_model_and_a_mapping_over_both():
    """Each union has the same models; one that leads back to itself is no model, and ends the search."""
    values = {"a": ["b", "c"], "b": ["a", "d"]}
    models = {name: {"properties": {"k": {"enum": listed}}} for name, listed in values.items()}
    members = [{"$ref": f"#/components/schemas/{name}"} for name in models]
    unions = {
        "Listed": {"oneOf": members, "discriminator": {"propertyName": "k"}},
        "Mapped": {"oneOf": members, "discriminator": {"propertyName": "k", "mapping": {"a": "a", "d": "a"}}},
        "Round": {"oneOf": [*members, {"$ref": "#/components/schemas/Trip"}], "discriminator": {"propertyName": "k"}},
        "Trip": {"oneOf": [{"$ref": "#/components/schemas/Round"}], "discriminator": {"propertyName": "k"}},
    }
    document = {"components": {"schemas": {**models, **unions}}}
    state_implicit_names(document)
    for union in unions.values():
        make_explicit(document, union)

    found = {
        name: {value: place[-1] for value, place in union["discriminator"]["mapping"].items()}
        for name, union in unions.items()
    }
    listed = {"a": "b", "b": "a", "c": "a", "d": "b"}
    assert (listed, listed | {"a": "a", "d": "a"}) == (found["Listed"], found["Mapped"])
    assert listed.items() <= found["Round"].items()


@pytest.mark.parametrize(("second", "used"), [("kind", 1), ("sort", 0)])
def test_two_unions_of_the_same_models_with_different_discriminators_have_none(second, used):
    """A discriminator is known by its models, so the wrong one would be read; one that is stated twice is one."""
    mapping = {"cat": CAT["$ref"], "dog": DOG["$ref"]}
    unions = {
        name: {"oneOf": [CAT, DOG], "discriminator": {"propertyName": field, "mapping": mapping}}
        for name, field in (("A", "kind"), ("B", second))
    }
    assert used == len(discriminators({"components": {"schemas": unions}}))


def test_client_reads_each_response_as_the_model_that_the_discriminator_names(module_of):
    """Two bodies that differ only in the discriminator are two models; an unknown value is a DecodeError."""
    get_toy = module_of("pets_client.api.toys.get_toy")
    errors = module_of("pets_client.errors")

    def read(code, body):
        return get_toy.parse(httpx.Response(code, json=body))

    assert ["Cat", "Dog"] == [type(read(200, {"kind": kind, "age": 1})).__name__ for kind in ("cat", "dog")]
    assert (None, None) == (read(202, {"of": None}).of, read(202, {"old": None}).old)
    assert "Cat" == type(read(202, {"old": {"kind": "cat"}}).old).__name__
    assert "Dog" == type(read(202, {"of": {"kind": "dog"}}).of).__name__
    with pytest.raises(errors.DecodeError, match="kind"):
        read(200, {"kind": "fish"})
