"""Normalise: equal meanings get one form."""

from copy import deepcopy

import pytest
from generator.spec.normalise import normalise

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
def test_all_forms_of_nullable_become_the_same_schema(spec, dialects):
    """The flag of 3.0, the type list of 3.1 and both unions with null give the same schema."""
    first, *others = [with_field(spec, dialect) for dialect in dialects]

    assert [first] * len(others) == others


def test_root_security_is_moved_to_operations_without_their_own(spec):
    """An operation keeps its own security, even an empty one."""
    spec["security"] = [{"key": []}]
    spec["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    spec["paths"]["/health"] = {"get": {"operationId": "h", "security": [], "responses": {"200": {"description": ""}}}}

    paths = normalise(spec)["paths"]

    assert [{"key": []}] == paths["/toys/{toy_id}"]["get"]["security"]
    assert [] == paths["/health"]["get"]["security"]


def test_inline_objects_with_a_title_become_components(spec):
    """The title is the name, and equal ones are one component."""
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


def test_an_inline_object_with_the_title_of_another_component_stays_inline(spec):
    """An inline object that differs from the component of its title is not changed."""
    inline = {"title": "Toy", "type": "object", "properties": {"ok": {"type": "boolean"}}}
    spec["components"]["schemas"]["Box"] = {"type": "object", "properties": {"toy": inline}}

    assert "$ref" not in normalise(spec)["components"]["schemas"]["Box"]["properties"]["toy"]


def test_a_component_named_after_a_module_path_is_renamed_to_its_title(spec):
    """All references are renamed too."""
    spec["components"]["schemas"]["api__toys__schemas__Part"] = {"title": "Part", **PART}
    spec["components"]["schemas"]["Toy"]["properties"]["part"] = {
        "$ref": "#/components/schemas/api__toys__schemas__Part"
    }

    schemas = normalise(spec)["components"]["schemas"]

    assert {"Toy", "Part"} == set(schemas)
    assert {"$ref": "#/components/schemas/Part"} == schemas["Toy"]["properties"]["part"]


def test_exclusive_limit_flags_of_3_0_become_numbers(spec):
    """OpenAPI 3.0 has a flag where 3.1 has the limit."""
    field = {
        "type": "integer",
        "minimum": 1,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": False,
    }

    assert {"type": "integer", "exclusiveMinimum": 1, "maximum": 9} == with_field(spec, field)


def test_normalising_twice_equals_normalising_once(spec):
    """A normalised document is not changed."""
    once = normalise(spec)

    assert once == normalise(once)
