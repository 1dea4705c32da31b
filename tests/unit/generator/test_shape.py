"""Shape: a part of the wrong type is a finding with its place."""

import random
from copy import deepcopy
from pathlib import Path

import pytest
from generator.diff.changes import changes
from generator.emit.descriptions import with_full_descriptions
from generator.emit.template_data import template_data
from generator.errors import GeneratorError
from generator.scaffold.detect.progress import detect_progress
from generator.scaffold.detect.result import detect_result
from generator.scaffold.detect.status import find_status_operation
from generator.spec.load import load_spec
from generator.spec.shape import repair_shape

from support.specs import read_and_repair

from .conftest import ALL

SHOP = Path(__file__).parent / "shop.yaml"
STRANGE = [None, [], {}, "x", 7, True, [None], {"x": None}, ["x"], {"$ref": "#/components/schemas/Toy"}, {"$ref": 5}]


def all_paths(node, path=()):
    """The path of each value below *node*."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*path, key)
        yield from all_paths(value, (*path, key))


def spoiled(document, way, value):
    """A copy of *document* with *value* at *way*."""
    document = deepcopy(document)
    holder = document
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return document


def use(before, spec):
    """Run on *spec* every step that reads a document."""
    after, _ = read_and_repair(spec)
    changes(before, after)
    template_data(after)
    with_full_descriptions(after)
    found = find_status_operation(after)
    if found is not None:
        detect_progress(after, found)
        detect_result(after, found)


def test_any_value_at_any_place_is_read_or_refused_with_a_generator_error(write):
    """Whatever value is at a place: all later steps work, or a GeneratorError says what is wrong."""
    document = load_spec(SHOP)
    before, _ = read_and_repair(SHOP)
    cases = [(way, value) for way in all_paths(document) for value in STRANGE]
    chosen = cases if ALL else random.Random(20261122).sample(cases, 150)
    refused = 0
    for way, value in chosen:
        try:
            use(before, write(spoiled(document, way, value)))
        except GeneratorError:
            refused += 1

    assert refused < len(chosen) / 10  # what is no OpenAPI document or has no operation


GET = ("paths", "/toys/{toy_id}", "get")
PLACE = "/paths/~1toys~1{toy_id}/get"


@pytest.mark.parametrize(
    ("way", "value", "expected"),
    [
        ((*GET, "parameters"), "x", f'{PLACE}/parameters: expected a list, got "x"'),
        ((*GET, "parameters", 0), 7, f"{PLACE}/parameters/0: expected an object, got 7"),
        ((*GET, "parameters", 0), {"in": "path"}, f"{PLACE}/parameters/0: name is missing"),
        ((*GET, "operationId"), 7, f"{PLACE}/operationId: expected a string, got 7"),
        ((*GET, "responses", "200"), [], f"{PLACE}/responses/200: expected an object, got []"),
        (
            ("components", "schemas", "Toy", "type"),
            ["string", None],
            "Toy/type: expected a string or a list of strings",
        ),
        (("components", "schemas", "Toy", "items"), {"$ref": "#/paths"}, "$ref to #/paths, which is not a schema"),
        (("security",), {"key": []}, "/security: expected a list"),
    ],
)
def test_a_wrong_type_is_reported_with_place_and_expected_type(spec, write, way, value, expected):
    """The notice has the place, what is expected, what is there and what was done; nothing is refused."""
    _, notices = read_and_repair(write(spoiled(spec, way, value)))

    assert any(expected in one for one in notices), notices


@pytest.mark.parametrize(
    ("key", "value", "meant"),
    [
        ("title", 2019, "2019"),
        ("deprecated", "True", True),
        ("minimum", "5", 5),
        ("maximum", "1.5", 1.5),
        ("required", "name", ["name"]),
        ("type", ["string", 7], ["string"]),
    ],
)
def test_a_value_that_was_meant_otherwise_is_read_as_meant(key, value, meant):
    """A number in quotes is a number, a number where text is expected is its digits."""
    document = {"components": {"schemas": {"Toy": {key: value}}}}
    findings = repair_shape(document)

    assert meant == document["components"]["schemas"]["Toy"][key]
    assert "it is read as" in findings[0][1]


@pytest.mark.parametrize(
    ("way", "value", "expected"),
    [
        ((*GET, "tags"), None, f"{PLACE}: tags has no value; it is removed"),
        (
            ("components", "schemas"),
            {"Toy": {"properties": None}},
            "Toy: properties has no value; it is removed",
        ),
        (
            ("components", "schemas", "Toy", "required"),
            True,
            "Toy/required: expected a list of names, got true; it is removed",
        ),
    ],
)
def test_an_empty_keyword_is_removed_and_reported(spec, write, way, value, expected):
    """A keyword without a value means the same as no keyword."""
    _, repairs = read_and_repair(write(spoiled(spec, way, value)))

    assert any(expected in one for one in repairs), repairs


def test_the_schema_true_allows_any_value(spec, write):
    """OpenAPI 3.1 has a short form of the schema that allows everything."""
    spec["components"]["schemas"]["Toy"]["properties"]["free"] = True
    document, _ = read_and_repair(write(spec))

    assert {} == document["components"]["schemas"]["Toy"]["properties"]["free"]


def test_a_circular_reference_is_any_json(spec, write):
    """A component that is a reference to itself has no content."""
    spec["components"]["schemas"]["Toy"] = {"$ref": "#/components/schemas/Game"}
    spec["components"]["schemas"]["Game"] = {"$ref": "#/components/schemas/Toy"}

    document, notices = read_and_repair(write(spec))

    assert {} == document["components"]["schemas"]["Toy"]
    assert any("is a circular reference; any JSON is accepted" in one for one in notices)
