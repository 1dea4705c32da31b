"""Lint: errors of a spec are reported all at once, each with its place."""

from copy import deepcopy

import pytest
from generator.errors import GeneratorError
from generator.spec.lint import lint, lint_references

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
    """Both checks, as in a run."""
    lint_references(spec, "toys.yaml")
    lint(spec, "toys.yaml")


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"responses": None}, f"at {OPERATION}: no response is documented"),
        ({"parameters": []}, f"at {OPERATION}: the path parameter toy_id is not declared"),
        (
            {"responses": {"200": {"$ref": "#/components/responses/None"}}},
            f"at {OPERATION}/responses/200: $ref to #/components/responses/None, which does not exist",
        ),
        (
            {"responses": {"200": {"$ref": "https://example.com/x.yaml#/a"}}},
            f"at {OPERATION}/responses/200: $ref to https://example.com/x.yaml#/a: references",
        ),
        (
            {"responses": {"200": {"$ref": "other.yaml"}}},
            f"at {OPERATION}/responses/200: $ref to other.yaml: references to other files",
        ),
    ],
)
def test_each_finding_names_file_and_json_pointer(spec, changes, finding):
    """Each finding has the file, the place as a JSON pointer, and what is wrong there."""
    spoil(spec, **changes)

    with pytest.raises(GeneratorError) as refusal:
        lint_all(spec)

    assert f"toys.yaml {finding}" in str(refusal.value)


def test_all_findings_are_in_one_error(spec):
    """One run reports all errors."""
    spoil(spec, responses=None, parameters=[])

    with pytest.raises(GeneratorError, match="2 errors"):
        lint(spec, "toys.yaml")


def test_duplicate_operation_id_is_refused(spec):
    """Two operations of one name would overwrite each other's module."""
    answers = {"200": {"description": ""}}
    spec["paths"]["/other"] = {"get": {"operationId": "get_toy", "tags": ["toys"], "responses": answers}}

    with pytest.raises(GeneratorError, match="operationId get_toy is also used at"):
        lint(spec, "toys.yaml")


@pytest.mark.parametrize(("first", "second"), [("getToys", "get_toys"), ("get-toys", "get toys")])
def test_operation_ids_with_the_same_module_name_are_refused(spec, first, second):
    """Names that differ in the spec but not in Python would overwrite each other too."""
    answers = {"200": {"description": ""}}
    spec["paths"]["/a"] = {"get": {"operationId": first, "responses": answers}}
    spec["paths"]["/b"] = {"get": {"operationId": second, "responses": answers}}

    with pytest.raises(GeneratorError, match=f"{second}, the same in Python as {first}, is also used at"):
        lint(spec, "toys.yaml")


def test_the_same_operation_id_under_two_tags_is_accepted(spec):
    """Operations of one name under two tags are in two folders."""
    spec["paths"]["/b"] = {"get": {"operationId": "get_toy", "tags": ["b"], "responses": {"200": {"description": ""}}}}

    lint(spec, "toys.yaml")


def test_a_spec_without_operations_is_refused(spec):
    """No client can be generated without operations."""
    spec["paths"] = {"/x": {}}

    with pytest.raises(GeneratorError, match="there are no operations"):
        lint(spec, "toys.yaml")


def test_paths_that_differ_only_in_parameter_names_are_refused(spec):
    """OpenAPI counts them as the same path."""
    other = deepcopy(spec["paths"]["/toys/{toy_id}"])
    other["get"]["operationId"] = "other"
    other["get"]["parameters"][0]["name"] = "id"
    spec["paths"]["/toys/{id}"] = other

    with pytest.raises(GeneratorError, match=r"the same as /toys/\{toy_id\} except"):
        lint_all(spec)


def test_a_schema_that_contains_itself_through_all_of_is_refused(spec):
    """AllOf of itself has infinitely many fields; a recursive field is accepted."""
    schemas = spec["components"]["schemas"]
    schemas["Base"] = {"allOf": [{"$ref": "#/components/schemas/Toy"}]}
    schemas["Toy"]["properties"]["next"] = {"$ref": "#/components/schemas/Toy"}
    lint_all(spec)
    schemas["Toy"]["allOf"] = [{"$ref": "#/components/schemas/Base"}]

    with pytest.raises(GeneratorError, match="/components/schemas/Toy: this schema contains itself"):
        lint_all(spec)
