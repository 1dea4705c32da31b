"""Repair: what can be repaired safely is repaired, and each place is reported."""

from copy import deepcopy

import pytest
from generator.spec.repair import repair

GET = ("paths", "/toys/{toy_id}", "get")
TOY = ("components", "schemas", "Toy", "properties", "name")


def put(document, path, value):
    """Set or remove what lies at *path*."""
    for step in path[:-1]:
        document = document[step]
    if value is None:
        del document[path[-1]]
    else:
        document[path[-1]] = value


def at(document, path):
    """What lies at *path*."""
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize(
    ("path", "value", "sentence", "result"),
    [
        (("info", "version"), None, "/info: version is missing", "0"),
        (("info", "title"), "", "/info: title is missing", "API"),
        ((*GET, "operationId"), None, "it is set to get_toys_by_toy_id", "get_toys_by_toy_id"),
        ((*GET, "responses", "200", "description"), None, "/responses/200: description is missing", ""),
        ((*GET, "parameters", 0, "schema"), None, "toy_id has no schema", {"type": "string"}),
        ((*GET, "parameters", 0, "required"), None, "not marked as required", True),
        (("components", "schemas", "Toy", "required"), ["name", "nmae"], "nmae is required but not", ["name"]),
        ((*TOY, "enum"), ["a", 1], "written as strings", ["a", "1"]),
        ((*TOY, "enum"), [True], "written as strings", ["true"]),
        ((*TOY, "enum"), ["a", ["b"]], "neither all strings", KeyError),
        ((*TOY, "enum"), ["a\nb"], "control characters", KeyError),
        ((*TOY, "enum"), ["a", "b", "a"], "occurs twice", ["a", "b"]),
    ],
)
def test_each_error_is_repaired_and_reported_with_its_place(spec, path, value, sentence, result):
    """The sentence names the place and the repair."""
    put(spec, path, value)
    findings = [f"{pointer}: {message}" for pointer, message in repair(spec)]

    assert 1 == sum(sentence in finding for finding in findings)
    if result is KeyError:
        assert path[-1] not in at(spec, path[:-1])
    else:
        assert result == at(spec, path)


def test_enum_members_with_the_same_name_get_unique_names(spec):
    """Values that differ only in case or punctuation stay separate."""
    put(spec, (*TOY, "enum"), ["asc", "ASC", "a-sc", "a_sc", "1", "-1", ""])

    assert ["values are given the member names ASC, ASC_1, A_SC, A_SC_3, VALUE_4, VALUE_5, VALUE_6"] == [
        message.removeprefix("the ") for _, message in repair(spec)
    ]
    assert ["ASC", "ASC_1", "A_SC", "A_SC_3", "VALUE_4", "VALUE_5", "VALUE_6"] == at(spec, (*TOY, "x-enum-varnames"))


def test_components_with_the_same_class_name_are_renamed_with_their_references(spec):
    """So are components whose class would shadow an import."""
    schemas = spec["components"]["schemas"]
    for name in ("toy", "TOY", "Any", "Client"):
        schemas[name] = {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/toy"}}}
    repaired = repair(spec)

    assert ["Toy", "toyModel", "TOYModel2", "AnyModel", "ClientModel"] == list(spec["components"]["schemas"])
    assert 4 == len(repaired)
    assert {"$ref": "#/components/schemas/toyModel"} == at(
        spec, ("components", "schemas", "AnyModel", "properties", "other")
    )


def test_a_valid_spec_is_not_changed(spec):
    """Nothing is repaired where nothing is wrong."""
    before = deepcopy(spec)

    assert [] == repair(spec)
    assert before == spec
