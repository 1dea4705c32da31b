"""Lint: what a spec gets wrong is said with its place, all at once."""

import pytest
from generator.faults import Fault
from generator.lint import lint

OPERATION = "/paths/~1toys~1{toy_id}/get"


def spoil(spec, **changes):
    """Change the one operation of *spec*."""
    operation = spec["paths"]["/toys/{toy_id}"]["get"]
    for name, value in changes.items():
        if value is None:
            del operation[name]
        else:
            operation[name] = value


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"operationId": None}, f"at {OPERATION}: operationId is missing"),
        ({"responses": None}, f"at {OPERATION}: no response is documented"),
        ({"parameters": []}, f"at {OPERATION}: the path parameter toy_id is not declared"),
        ({"security": [{"key": []}]}, f"at {OPERATION}/security: the security scheme key is not defined"),
        (
            {"responses": {"200": {"$ref": "#/components/responses/None"}}},
            f"at {OPERATION}/responses/200: $ref to #/components/responses/None, which does not exist",
        ),
        (
            {"responses": {"200": {"$ref": "https://example.com/x.yaml#/a"}}},
            f"at {OPERATION}/responses/200: $ref to https://example.com/x.yaml#/a: only places",
        ),
        (
            {"responses": {"200": {"$ref": "other.yaml"}}},
            f"at {OPERATION}/responses/200: $ref to other.yaml: only places in the same file",
        ),
    ],
)
def test_findings_name_file_and_place(spec, changes, finding):
    """
    Each finding names the file, the place as a JSON pointer, and what is wrong there.
    """
    spoil(spec, **changes)

    with pytest.raises(Fault) as refusal:
        lint(spec, "toys.yaml")

    assert f"toys.yaml {finding}" in str(refusal.value)


def test_all_findings_come_at_once(spec):
    """
    One run tells all that is to be mended.
    """
    spoil(spec, operationId=None, parameters=[])

    with pytest.raises(Fault, match="2 faults"):
        lint(spec, "toys.yaml")


def test_one_name_for_each_operation(spec):
    """
    Two operations of one name would overwrite each other's module.
    """
    spec["paths"]["/other"] = {"get": {"operationId": "get_toy", "responses": {"200": {"description": ""}}}}

    with pytest.raises(Fault, match="operationId get_toy is also that of"):
        lint(spec, "toys.yaml")


def test_a_required_field_must_be_a_property(spec):
    """
    A required field that is nowhere described is a slip of the pen.
    """
    spec["components"]["schemas"]["Toy"]["required"].append("nmae")

    with pytest.raises(Fault, match="nmae is required but not among the properties"):
        lint(spec, "toys.yaml")


def test_data_is_no_schema(spec):
    """
    What looks like a reference in an example is data, and a property may be called anything.
    """
    toy = spec["components"]["schemas"]["Toy"]
    toy["example"] = {"$ref": "nowhere"}
    toy["properties"]["default"] = {"type": "string"}
    toy["properties"]["$ref"] = {"type": "string"}

    lint(spec, "toys.yaml")
