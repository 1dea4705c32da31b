"""Lint: what no plain form can stand for is refused."""

import pytest
from generator.errors import GeneratorError
from generator.spec.lint import lint


@pytest.mark.parametrize(
    ("paths", "finding"),
    [({"/x": {}}, "toys.yaml at /paths: there are no operations"), (None, "toys.yaml at /: there are no paths")],
)
def test_a_document_without_operations_is_refused(spec, paths, finding):
    """The message has the file, the place as a JSON pointer, and what is wrong there."""
    spec["paths"] = paths

    with pytest.raises(GeneratorError, match=finding):
        lint(spec, "toys.yaml")
