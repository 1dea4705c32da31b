"""Templates: the tool's own ones are kept beside ours, so that an upgrade is a visible merge."""

from pathlib import Path

import openapi_python_client
import pytest
from generator.places import TEMPLATES

ORIGINALS = Path(openapi_python_client.__file__).parent / "templates"
KEPT = TEMPLATES.parent / "upstream"
NAMES = sorted(path.name for path in TEMPLATES.glob("*.jinja"))


@pytest.mark.parametrize("name", NAMES)
def test_the_original_is_the_one_that_ours_was_made_from(name):
    """
    When the installed tool's template differs from the kept one, merge the change into ours and keep it.
    """
    assert (KEPT / name).read_text() == (ORIGINALS / name).read_text()


def test_each_template_of_ours_replaces_one():
    """
    A template that the tool does not know would never be used, and an original without ours says nothing.
    """
    assert NAMES == sorted(path.name for path in KEPT.iterdir())
