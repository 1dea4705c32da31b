"""Normalise: the same thing said in several ways becomes one."""

from copy import deepcopy

import pytest
from generator.normalise import normalise

REF = {"$ref": "#/components/schemas/Part"}
PART = {"type": "object", "properties": {"x": {"type": "integer"}}}


def with_field(spec, field):
    """*spec* with a field *field* in its model, normalised; gives that field."""
    spec = deepcopy(spec)
    spec["components"]["schemas"]["Part"] = PART
    spec["components"]["schemas"]["Toy"]["properties"]["part"] = deepcopy(field)
    return normalise(spec)["components"]["schemas"]["Toy"]["properties"]["part"]


@pytest.mark.parametrize(
    "dialects",
    [
        [
            {"type": "string", "format": "uuid", "nullable": True, "title": "Part", "default": None},
            {"type": ["string", "null"], "format": "uuid", "title": "Part", "default": None},
            {"type": ["null", "string"], "format": "uuid", "title": "Part", "default": None},
            {
                "anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}],
                "title": "Part",
                "default": None,
            },
            {
                "oneOf": [{"type": "null"}, {"type": "string", "format": "uuid"}],
                "title": "Part",
                "default": None,
            },
        ],
        [
            {"allOf": [REF], "nullable": True},
            {"anyOf": [{"allOf": [REF]}, {"type": "null"}]},
            {"oneOf": [{"type": "null"}, {"allOf": [REF]}]},
        ],
        [
            {"anyOf": [REF, {"type": "string"}], "nullable": True},
            {"anyOf": [{"type": "null"}, REF, {"type": "string"}]},
            {"oneOf": [REF, {"type": "string"}, {"type": "null"}]},
        ],
        [
            {"type": "string", "enum": ["a", None], "nullable": True},
            {"type": ["string", "null"], "enum": ["a", None]},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
        ],
    ],
)
def test_nullable_dialects_are_alike(spec, dialects):
    """
    3.0's flag, 3.1's list of types and both unions with null come out as one and the same.
    """
    first, *others = [with_field(spec, dialect) for dialect in dialects]

    assert [first] * len(others) == others


def test_root_security_is_pushed_into_operations(spec):
    """
    An operation has the root's security unless it has its own, be that none at all.
    """
    spec["security"] = [{"key": []}]
    spec["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    spec["paths"]["/health"] = {"get": {"operationId": "h", "security": [], "responses": {"200": {"description": ""}}}}

    paths = normalise(spec)["paths"]

    assert [{"key": []}] == paths["/toys/{toy_id}"]["get"]["security"]
    assert [] == paths["/health"]["get"]["security"]


def test_titled_inline_objects_become_components(spec):
    """
    A model that stands inline is known by its title, and equal ones are one model.
    """
    inline = {"title": "Answer", "type": "object", "properties": {"ok": {"type": "boolean"}}}
    content = spec["paths"]["/toys/{toy_id}"]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = deepcopy(inline)
    spec["components"]["schemas"]["Toy"]["properties"]["last"] = deepcopy(inline)

    normal = normalise(spec)

    reference = {"$ref": "#/components/schemas/Answer"}
    answer = normal["paths"]["/toys/{toy_id}"]["get"]["responses"]["200"]["content"]
    assert reference == answer["application/json"]["schema"]
    assert reference == normal["components"]["schemas"]["Toy"]["properties"]["last"]
    assert {"ok": {"type": "boolean"}} == normal["components"]["schemas"]["Answer"]["properties"]


def test_a_title_that_is_taken_is_left(spec):
    """
    An inline model that is not the component of its title stays where it is.
    """
    inline = {"title": "Toy", "type": "object", "properties": {"ok": {"type": "boolean"}}}
    spec["components"]["schemas"]["Box"] = {"type": "object", "properties": {"toy": inline}}

    assert "$ref" not in normalise(spec)["components"]["schemas"]["Box"]["properties"]["toy"]


def test_module_paths_give_way_to_titles(spec):
    """
    A component named after the module that it came from takes its title's name, wherever it is referred to.
    """
    spec["components"]["schemas"]["api__toys__schemas__Part"] = {"title": "Part", **PART}
    spec["components"]["schemas"]["Toy"]["properties"]["part"] = {
        "$ref": "#/components/schemas/api__toys__schemas__Part"
    }

    schemas = normalise(spec)["components"]["schemas"]

    assert {"Toy", "Part"} == set(schemas)
    assert {"$ref": "#/components/schemas/Part"} == schemas["Toy"]["properties"]["part"]


def test_old_exclusive_limits_become_numbers(spec):
    """
    OpenAPI 3.0 flags a limit as exclusive where 3.1 has a limit of its own.
    """
    field = {
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": False,
    }

    assert {"type": "integer", "exclusiveMinimum": 1, "maximum": 9} == with_field(spec, field)


def test_normalising_twice_changes_nothing(spec):
    """
    What is normal stays as it is.
    """
    once = normalise(spec)

    assert once == normalise(once)
