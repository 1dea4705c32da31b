"""Lint: errors that no plain form can stand for are reported all at once, each with its place."""

import pytest
from generator.errors import GeneratorError
from generator.spec.lint import lint


def test_each_finding_names_file_and_json_pointer(spec):
    """Each finding has the file, the place as a JSON pointer, and what is wrong there."""
    spec["paths"]["/toys/{toy_id}"]["get"]["security"] = [{"key": []}]
    place = "/paths/~1toys~1{toy_id}/get/security"

    with pytest.raises(GeneratorError, match="the security scheme key is not defined") as refusal:
        lint(spec, "toys.yaml")

    assert f"toys.yaml at {place}: " in str(refusal.value)


def test_all_findings_are_in_one_error(spec):
    """One run reports all errors."""
    spec["security"] = [{"key": []}]
    spec["paths"] = {}

    with pytest.raises(GeneratorError, match="2 errors"):
        lint(spec, "toys.yaml")


def test_a_spec_without_operations_is_refused(spec):
    """No client can be generated without operations."""
    spec["paths"] = {"/x": {}}

    with pytest.raises(GeneratorError, match="there are no operations"):
        lint(spec, "toys.yaml")
