"""Lint: what a spec gets wrong is said with its place, all at once."""

from copy import deepcopy

import pytest
from generator.faults import Fault
from generator.lint import lint, lint_references

OPERATION = "/paths/~1toys~1{toy_id}/get"


def spoil(spec, **changes):
    """Change the one operation of *spec*."""
    operation = spec["paths"]["/toys/{toy_id}"]["get"]
    for name, value in changes.items():
        if value is None:
            del operation[name]
        else:
            operation[name] = value


def lint_all(spec):
    """Both parts, as a run has them."""
    lint_references(spec, "toys.yaml")
    lint(spec, "toys.yaml")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
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
        lint_all(spec)

    assert f"toys.yaml {finding}" in str(refusal.value)


def test_all_findings_come_at_once(spec):
    """
    One run tells all that is to be mended.
    """
    spoil(spec, responses=None, parameters=[])

    with pytest.raises(Fault, match="2 faults"):
        lint(spec, "toys.yaml")


def test_one_name_for_each_operation(spec):
    """
    Two operations of one name would overwrite each other's module.
    """
    answers = {"200": {"description": ""}}
    spec["paths"]["/other"] = {"get": {"operationId": "get_toy", "tags": ["toys"], "responses": answers}}

    with pytest.raises(Fault, match="operationId get_toy is also that of"):
        lint(spec, "toys.yaml")


@pytest.mark.parametrize(("first", "second"), [("getToys", "get_toys"), ("get-toys", "get toys")])
def test_one_module_for_each_operation(spec, first, second):
    """
    Names that differ in the spec and not in Python would overwrite each other just so.
    """
    answers = {"200": {"description": ""}}
    spec["paths"]["/a"] = {"get": {"operationId": first, "responses": answers}}
    spec["paths"]["/b"] = {"get": {"operationId": second, "responses": answers}}

    with pytest.raises(Fault, match=f"{second}, in Python the same as {first}, is also that of"):
        lint(spec, "toys.yaml")


def test_one_name_in_two_folders_is_fine(spec):
    """
    Operations of one name under two tags do not meet.
    """
    spec["paths"]["/b"] = {"get": {"operationId": "get_toy", "tags": ["b"], "responses": {"200": {"description": ""}}}}

    lint(spec, "toys.yaml")


def test_a_spec_has_operations(spec):
    """
    A spec that describes nothing makes no client.
    """
    spec["paths"] = {"/x": {}}

    with pytest.raises(Fault, match="there are no operations"):
        lint(spec, "toys.yaml")


def test_paths_that_differ_in_names_only_are_one(spec):
    """
    One would be sent where the other is meant.
    """
    other = deepcopy(spec["paths"]["/toys/{toy_id}"])
    other["get"]["operationId"] = "other"
    other["get"]["parameters"][0]["name"] = "id"
    spec["paths"]["/toys/{id}"] = other

    with pytest.raises(Fault, match=r"the same path as /toys/\{toy_id\}"):
        lint_all(spec)


def test_a_model_that_is_made_of_itself_is_told(spec):
    """
    Two models that have all of each other's fields cannot be generated; whatever is recursive in a field can.
    """
    schemas = spec["components"]["schemas"]
    schemas["Base"] = {"allOf": [{"$ref": "#/components/schemas/Toy"}]}
    schemas["Toy"]["properties"]["next"] = {"$ref": "#/components/schemas/Toy"}
    lint_all(spec)
    schemas["Toy"]["allOf"] = [{"$ref": "#/components/schemas/Base"}]

    with pytest.raises(Fault, match="/components/schemas/Toy: this is made of itself"):
        lint_all(spec)
