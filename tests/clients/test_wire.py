"""Wire: the TypedDicts and the models speak of the same things."""

import importlib

import pytest
from generator.places import services

from generator import effective_spec


@pytest.mark.parametrize("service", services())
def test_each_component_has_both(service):
    """
    Every schema of the spec is a model and a wire type of the same name.
    """
    components = set(effective_spec(service)["components"]["schemas"])

    assert components <= set(importlib.import_module(f"{service}_client.models").__all__)
    assert components <= set(vars(importlib.import_module(f"{service}_client.wire")))
