"""Shape: a part of a wrong kind is a finding with its place, whatever it is and wherever it stands."""

import random
from copy import deepcopy

import pytest
from generator.changes import changes
from generator.effective import examined
from generator.facts import facts
from generator.faults import Fault
from generator.jobs import find
from generator.load import load_spec
from generator.places import ROOT
from generator.remarks import with_remarks

from generator import yields

SHOP = ROOT / "tests" / "generator" / "shop.yaml"
STRANGE = [None, [], {}, "x", 7, True, [None], {"x": None}, ["x"], {"$ref": "#/components/schemas/Toy"}, {"$ref": 5}]


def ways(node, way=()):
    """The way to each value below *node*."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*way, key)
        yield from ways(value, (*way, key))


def spoiled(document, way, value):
    """A copy of *document* with *value* at *way*."""
    document = deepcopy(document)
    holder = document
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return document


def test_nothing_strange_gets_past(write):
    """
    Whatever stands anywhere: the spec is read to its end, or a Fault says what is wrong.
    """
    document = load_spec(SHOP)
    before, _ = examined(SHOP)
    cases = [(way, value) for way in ways(document) for value in STRANGE]
    outcomes = {"read": 0, "refused": 0}
    for way, value in random.Random(20261122).sample(cases, 400):
        try:
            after, _ = examined(write(spoiled(document, way, value)))
        except Fault:
            outcomes["refused"] += 1
            continue
        changes(before, after)
        facts(after)
        with_remarks(after)
        found = find(after)
        if found is not None:
            yields.progress(after, found)
            yields.result(after, found)
        outcomes["read"] += 1

    assert outcomes["read"] > 50
    assert outcomes["refused"] > 50


GET = ("paths", "/toys/{toy_id}", "get")
PLACE = "/paths/~1toys~1{toy_id}/get"


@pytest.mark.parametrize(
    ("way", "value", "said"),
    [
        ((*GET, "parameters"), "x", f'{PLACE}/parameters: a list belongs here, not "x"'),
        ((*GET, "parameters", 0), 7, f"{PLACE}/parameters/0: an object belongs here, not 7"),
        ((*GET, "parameters", 0), {"in": "path"}, f"{PLACE}/parameters/0: name is missing"),
        ((*GET, "operationId"), 7, f"{PLACE}/operationId: text belongs here, not 7"),
        ((*GET, "responses", "200"), [], f"{PLACE}/responses/200: an object belongs here, not []"),
        (("components", "schemas", "Toy", "type"), ["string", None], "Toy/type: text or a list of texts belongs"),
        (("components", "schemas", "Toy", "items"), {"$ref": "#/paths"}, "$ref to #/paths, where there is no schema"),
        (("security",), {"key": []}, "/security: a list belongs here"),
    ],
)
def test_what_is_of_a_wrong_kind_is_told(spec, write, way, value, said):
    """
    The place, what belongs there and what there is.
    """
    with pytest.raises(Fault) as refusal:
        examined(write(spoiled(spec, way, value)))

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("way", "value", "said"),
    [
        ((*GET, "tags"), None, f"{PLACE}: tags has nothing behind it; it is left out"),
        (
            ("components", "schemas"),
            {"Toy": {"properties": None}},
            "Toy: properties has nothing behind it; it is left out",
        ),
        (
            ("components", "schemas", "Toy", "required"),
            True,
            "Toy: required wants a list of names; what stands there is left out",
        ),
    ],
)
def test_what_is_empty_is_left_out(spec, write, way, value, said):
    """
    A keyword with nothing behind it, as people leave it in YAML, is reported and means what its absence does.
    """
    _, mended = examined(write(spoiled(spec, way, value)))

    assert any(said in one for one in mended), mended


def test_true_is_any_value(spec, write):
    """
    OpenAPI 3.1 has a short form of the schema that allows everything.
    """
    spec["components"]["schemas"]["Toy"]["properties"]["free"] = True
    document, _ = examined(write(spec))

    assert {} == document["components"]["schemas"]["Toy"]["properties"]["free"]


def test_references_in_a_circle_are_told(spec, write):
    """
    A component that is another, which is the first, is nothing at all.
    """
    spec["components"]["schemas"]["Toy"] = {"$ref": "#/components/schemas/Game"}
    spec["components"]["schemas"]["Game"] = {"$ref": "#/components/schemas/Toy"}

    with pytest.raises(Fault, match="leads back to itself"):
        examined(write(spec))
