"""The specifications: the vendors' word for word, valid after our overlays, each of our actions with its reason."""

import hashlib
from pathlib import Path

import pytest
from generator.spec.load import load, load_spec
from generator.spec.overlays.apply import apply_file
from openapi_spec_validator import validate

from support.services import NAMES
from support.specs import effective_spec

SPECS = Path(__file__).parents[2] / "specs"
OVERLAYS = sorted(path.parent.name for path in SPECS.glob("*/overlay.yaml"))
# The published documents as they came; a vendor's newer one brings a new line here and a look at what it means.
PUBLISHED = {
    "freeplay": "7b078dc6642bbe265f8858ab4d8415a295bb9c51867251d34d3387b7bc26df92",
    "fryte": "00ff016f7cee175f7f2251e54a18c8d0475f06fb30dfd4c534c008fdf0203989",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_is_valid_with_its_overlay(name):
    """An independent validator accepts each specification after its overlay, and as the generator sees it."""
    overlay = SPECS / name / "overlay.yaml"
    validate(apply_file(load_spec(SPECS / name / "openapi.yaml"), overlay))
    validate(effective_spec(name))


@pytest.mark.parametrize("name", OVERLAYS)
def test_each_action_has_its_reason(name):
    """An overlay says of each of its actions why it is there."""
    for action in load(SPECS / name / "overlay.yaml")["actions"]:
        assert action.get("description", "").strip(), action["target"]


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_specs_are_word_for_word(name):
    """What a vendor published is not touched: corrections live in the overlay."""
    assert PUBLISHED[name] == hashlib.sha256((SPECS / name / "openapi.yaml").read_bytes()).hexdigest()
