"""Mend: what can be put right safely is put right, and each place is told."""

from copy import deepcopy

import pytest
from generator.mend import mend

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
    ("path", "value", "told", "result"),
    [
        (("info", "version"), None, "/info: version is missing", "0"),
        (("info", "title"), "", "/info: title is missing", "API"),
        ((*GET, "operationId"), None, "it is called get_toys_by_toy_id", "get_toys_by_toy_id"),
        ((*GET, "responses", "200", "description"), None, "/responses/200: description is missing", ""),
        ((*GET, "parameters", 0, "schema"), None, "toy_id has no schema", {"type": "string"}),
        ((*GET, "parameters", 0, "required"), None, "not marked as required", True),
        (("components", "schemas", "Toy", "required"), ["name", "nmae"], "nmae is required but not", ["name"]),
        ((*TOY, "enum"), ["a", 1], "not all text", KeyError),
        ((*TOY, "enum"), [True], "not all text", KeyError),
        ((*TOY, "enum"), ["a\nb"], "control characters", KeyError),
        ((*TOY, "enum"), ["a", "b", "a"], "there twice", ["a", "b"]),
    ],
)
def test_what_is_mended(spec, path, value, told, result):
    """
    Each of these is mended, and the sentence names the place.
    """
    put(spec, path, value)
    findings = [f"{pointer}: {message}" for pointer, message in mend(spec)]

    assert [told] == [told for finding in findings if told in finding]
    if result is KeyError:
        assert path[-1] not in at(spec, path[:-1])
    else:
        assert result == at(spec, path)


def test_members_of_one_name_get_others(spec):
    """
    Values that differ in case or punctuation only stay apart.
    """
    put(spec, (*TOY, "enum"), ["asc", "ASC", "a-sc", "a_sc", "1", "-1", ""])

    assert ["values need other names"] == [message.partition(";")[0] for _, message in mend(spec)]
    assert ["ASC", "ASC_1", "A_SC", "A_SC_3", "VALUE_4", "VALUE_5", "VALUE_6"] == at(spec, (*TOY, "x-enum-varnames"))


def test_components_of_one_class_get_other_names(spec):
    """
    Components that would be one class or one module, or hide an import, are renamed wherever they are referred to.
    """
    schemas = spec["components"]["schemas"]
    for name in ("toy", "TOY", "Any", "Client"):
        schemas[name] = {"type": "object", "properties": {"other": {"$ref": "#/components/schemas/toy"}}}
    mended = mend(spec)

    assert ["Toy", "toyModel", "TOYModel2", "AnyModel", "ClientModel"] == list(spec["components"]["schemas"])
    assert 4 == len(mended)
    assert {"$ref": "#/components/schemas/toyModel"} == at(
        spec, ("components", "schemas", "AnyModel", "properties", "other")
    )


def test_a_spec_in_order_is_left_alone(spec):
    """
    Nothing is mended where nothing is wrong, and nothing is mended twice.
    """
    before = deepcopy(spec)

    assert [] == mend(spec)
    assert before == spec
