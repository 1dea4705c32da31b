"""Schemas: what the emitters cannot express becomes a form that they can, and what is lost is reported."""

import json
import re
from copy import deepcopy
from pathlib import Path

import pytest
from generator.spec.load import load

from support.specs import read_and_repair

COMPONENTS = "#/components/schemas/"
A = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
B = {"type": "object", "required": ["b"], "properties": {"b": {"type": "integer"}}}
REF_A, REF_B = {"$ref": f"{COMPONENTS}A"}, {"$ref": f"{COMPONENTS}B"}
X = {"properties": {"x": {"type": "string"}}}
COLOR = {"type": "string", "enum": ["red", "blue"]}
OBJECT_X = {"type": "object", "properties": {"x": {"type": "string"}}}
CASES = load(Path(__file__).with_name("schema_forms.yaml"))


def made(folder, schemas, *, body=None, media="application/json", version="3.0.3"):
    """Components of the normalised document whose one operation answers T and takes *body*, and the findings."""
    operation = {
        "operationId": "go",
        "responses": {
            "200": {"description": "", "content": {"application/json": {"schema": {"$ref": f"{COMPONENTS}T"}}}}
        },
    }
    if body:
        operation["requestBody"] = {"content": {media: {"schema": {"$ref": f"{COMPONENTS}{body}"}}}}
    document = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/t": {"post": operation}},
        "components": {"schemas": deepcopy(schemas)},
    }
    spec = folder / "spec.json"
    spec.write_text(json.dumps(document), encoding="utf-8")
    normalised, findings = read_and_repair(spec)
    return normalised["components"]["schemas"], findings


def field(folder, schema, version="3.1.0"):
    """The normalised form of *schema* as a field beside components A, B and Color, and the findings."""
    holder = {"type": "object", "properties": {"f": schema}}
    found, findings = made(folder, {"T": holder, "A": A, "B": B, "Color": COLOR}, version=version)
    return found["T"]["properties"]["f"], findings


@pytest.mark.parametrize("case", CASES["compositions"], ids=str)
def test_a_composition_becomes_one_schema_or_a_union_of_whole_schemas(tmp_path, case):
    """What fits the result is what fits all of the parts."""
    assert (case["form"], []) == field(tmp_path, case["schema"])


@pytest.mark.parametrize("case", CASES["described"], ids=str)
def test_a_reference_that_is_only_described_stays_a_reference(tmp_path, case):
    """So the class is the one of the component, not a copy."""
    assert (case["form"], []) == field(tmp_path, case["schema"])


def test_a_union_beside_fields_becomes_components_that_the_discriminator_names(tmp_path):
    """The mapping leads to the whole schemas, by name, by reference or by the component's name, which is implied."""
    union = {
        **X,
        "type": "object",
        "oneOf": [REF_A, REF_B],
        "discriminator": {"propertyName": "x", "mapping": {"one": "A"}},
    }
    found, findings = made(tmp_path, {"T": union, "A": A, "B": B})

    places = [f"{COMPONENTS}TA", f"{COMPONENTS}TB"]
    assert (places, []) == ([one["$ref"] for one in found["T"]["oneOf"]], findings)
    assert {"one": places[0], "A": places[0], "B": places[1]} == found["T"]["discriminator"]["mapping"]
    assert ({"x", "a"}, {"x", "b"}) == (set(found["TA"]["properties"]), set(found["TB"]["properties"]))


def test_a_base_that_lists_its_derived_types_is_their_union(tmp_path):
    """The derived types have the fields of the base, and the base refers to them: no circle, no copies."""
    derived = {name: {"allOf": [{"$ref": f"{COMPONENTS}T"}, schema]} for name, schema in (("A", A), ("B", B))}
    found, findings = made(tmp_path, {"T": {**OBJECT_X, "oneOf": [REF_A, REF_B]}, **derived})

    assert ({"oneOf": [REF_A, REF_B]}, []) == (found["T"], findings)
    assert ({"x", "a"}, {"x", "b"}) == (set(found["A"]["properties"]), set(found["B"]["properties"]))


def test_unions_that_lead_back_to_themselves_end(tmp_path):
    """Three schemas, each a union with the next one: each has the fields of all."""
    circle = {
        name: {
            "type": "object",
            "properties": {name.lower(): {"type": "string"}},
            "oneOf": [{"$ref": COMPONENTS + other}],
        }
        for name, other in (("T", "U"), ("U", "V"), ("V", "T"))
    }
    found, _ = made(tmp_path, circle)

    assert [{"t", "u", "v"}] * 3 == [set(found[name]["properties"]) for name in circle]


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_alternatives_that_only_require_fields_are_described(tmp_path, keyword):
    """One model with all fields; the description and a finding say what it needs."""
    contact = {**OBJECT_X, "description": "A contact.", keyword: [{"required": ["x"]}, {"required": ["y", "z"]}]}
    found, findings = made(tmp_path, {"T": contact})

    assert {**OBJECT_X, "description": "A contact. Needs x, or y and z."} == found["T"]
    assert 1 == len(findings)
    assert "/components/schemas/T: it needs x, or y and z" in findings[0]


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"allOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
        {
            "allOf": [
                {"oneOf": [{"type": "object", "properties": {one: {}}} for one in half]}
                for half in ("abcdef", "ghijkl")
            ]
        },
    ],
)
def test_a_composition_that_nothing_fits_is_any_value_and_reported(tmp_path, schema):
    """The place and the reason are named."""
    found, findings = field(tmp_path, schema)

    assert {} == found
    assert "/properties/f: " in findings[0]
    assert "any value is accepted" in findings[0]


@pytest.mark.parametrize("case", CASES["plain"], ids=str)
def test_what_python_cannot_express_gets_its_plainest_form(tmp_path, case):
    """A finding says what is lost; where nothing is lost there is none."""
    found, findings = field(tmp_path, case["schema"])

    assert case["form"] == found
    assert ("finding" in case) == bool(findings)
    for one in findings:
        assert "/components/schemas/T/properties/f" in one
        assert case["finding"] in one


def test_inner_schemas_become_components(tmp_path):
    """References into `$defs`, into the fields of another schema and into a response are references to components."""
    holder = {
        "type": "object",
        "$defs": {"P": {**OBJECT_X, "$defs": {"Q": B}}},
        "properties": {
            "p": {"$ref": f"{COMPONENTS}T/$defs/P"},
            "q": {"$ref": f"{COMPONENTS}T/$defs/P/$defs/Q"},
            "inner": {"type": "object", "properties": {"n": {"type": "integer"}}},
            "again": {"$ref": f"{COMPONENTS}T/properties/inner"},
            "whole": {"$ref": "#/paths/~1t/post/responses/200/content/application~1json/schema"},
        },
    }
    found, findings = made(tmp_path, {"T": holder}, version="3.1.0")

    assert ({"T", "P", "Q", "inner"}, []) == (set(found), findings)
    places = {name: schema["$ref"] for name, schema in found["T"]["properties"].items()}
    names = {"p": "P", "q": "Q", "inner": "inner", "again": "inner", "whole": "T"}
    assert {name: f"{COMPONENTS}{target}" for name, target in names.items()} == places


ITEM = {
    "type": "object",
    "required": ["id", "name", "secret"],
    "properties": {
        "id": {"type": "integer", "readOnly": True},
        "name": {"type": "string"},
        "secret": {"type": "string", "writeOnly": True},
    },
}


def test_what_is_sent_has_no_read_only_field_and_what_is_read_no_write_only_one(tmp_path):
    """The model that is sent keeps its name; the one that is read has its own."""
    found, findings = made(tmp_path, {"T": ITEM}, body="T")

    assert ([["name", "secret"], ["id", "name"]], []) == (
        [found[name]["required"] for name in ("T", "TResponse")],
        findings,
    )
    assert [{"name", "secret"}, {"id", "name"}] == [set(found[name]["properties"]) for name in ("T", "TResponse")]


def test_models_with_such_fields_inside_have_two_forms_too(tmp_path):
    """A model is copied only where it, or a model in it, differs; one that goes one way keeps its name."""
    order = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": {"$ref": f"{COMPONENTS}Item"}}, "a": REF_A},
    }
    page = {"type": "object", "properties": {"orders": {"type": "array", "items": {"$ref": f"{COMPONENTS}Order"}}}}
    found, _ = made(tmp_path, {"T": page, "Order": order, "Item": ITEM, "A": A}, body="Order")

    assert {"T", "Order", "OrderResponse", "Item", "ItemResponse", "A"} == set(found)
    assert f"{COMPONENTS}OrderResponse" == found["T"]["properties"]["orders"]["items"]["$ref"]
    assert f"{COMPONENTS}ItemResponse" == found["OrderResponse"]["properties"]["items"]["items"]["$ref"]
    assert f"{COMPONENTS}Item" == found["Order"]["properties"]["items"]["items"]["$ref"]
    assert REF_A == found["OrderResponse"]["properties"]["a"]


def test_a_read_only_discriminator_is_sent(tmp_path):
    """Without it the service could not tell which model it received."""
    kinds = {
        name: {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "readOnly": True}, "id": ITEM["properties"]["id"]},
        }
        for name in ("A", "B")
    }
    union = {"oneOf": [REF_A, REF_B], "discriminator": {"propertyName": "kind"}}
    found, _ = made(tmp_path, {"T": union, **kinds}, body="T")

    assert [["kind"], ["id", "kind"]] == [sorted(found[name]["properties"]) for name in ("A", "AResponse")]
    assert {"A": f"{COMPONENTS}AResponse", "B": f"{COMPONENTS}BResponse"} == found["TResponse"]["discriminator"][
        "mapping"
    ]


def test_a_file_inside_json_is_text(tmp_path):
    """`format: binary` is a file in a form only; a component of both has two forms."""
    upload = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
    found, _ = made(tmp_path, {"T": upload}, body="T", media="multipart/form-data")

    assert [{"type": "string"}, {"type": "string", "format": "binary"}] == [
        found[name]["properties"]["file"] for name in ("T", "TForm")
    ]


KEYWORDS = re.findall(
    r"\S+",
    "nullable type properties enum $ref items required default allOf anyOf oneOf not additionalProperties const "
    "discriminator patternProperties prefixItems $defs format title description schema example examples deprecated "
    "readOnly writeOnly exclusiveMinimum minimum parameters responses in name x-name content headers",
)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "array", "items": REF_A},
        REF_A,
        {"type": "object", "properties": {"a": {"type": "string"}}},
    ],
)
def test_fields_may_be_called_as_keywords(tmp_path, schema):
    """Each walk over a document knows whether it stands in a schema or in a map of names."""
    holder = {"type": "object", "required": [*KEYWORDS], "properties": dict.fromkeys(KEYWORDS, schema)}
    found, findings = made(tmp_path, {"T": holder, "A": A}, body="T")

    assert ([], holder) == (findings, found["T"])
