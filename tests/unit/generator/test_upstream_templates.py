"""Templates: the originals are kept beside ours, so that an upgrade of the tool is a visible merge."""

from pathlib import Path

import openapi_python_client
import pytest
from generator.paths import TEMPLATES

ORIGINALS = Path(openapi_python_client.__file__).parent / "templates"
KEPT = TEMPLATES.parent / "upstream_templates"
OURS = {"arguments.jinja", "methods.py.jinja"}  # which our code and templates name; the tool has none like them
NAMES = sorted(path.name for path in TEMPLATES.glob("*.jinja") if path.name not in OURS)


@pytest.mark.parametrize("name", NAMES)
def test_installed_template_equals_the_kept_original(name):
    """If it differs, merge the change into our template and keep the new original."""
    assert (KEPT / name).read_text() == (ORIGINALS / name).read_text()


def test_our_templates_and_the_kept_originals_have_the_same_names():
    """A template that the tool does not know would never be used."""
    assert NAMES == sorted(path.name for path in KEPT.iterdir())
