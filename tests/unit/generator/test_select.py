"""Select: chosen operations, and only the components that they refer to."""

from copy import deepcopy

import pytest
from generator.errors import GeneratorError
from generator.spec.normalise import normalise
from generator.spec.select import select


@pytest.fixture
def shop(spec):
    """The toys, and boxes that no toy refers to."""
    boxes = deepcopy(spec["paths"]["/toys/{toy_id}"])
    boxes["get"] |= {"operationId": "get_box", "tags": ["boxes"]}
    content = boxes["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"] = {"$ref": "#/components/schemas/Box"}
    spec["paths"]["/boxes/{toy_id}"] = boxes
    lid = {"$ref": "#/components/schemas/Lid"}
    spec["components"]["schemas"]["Box"] = {"type": "object", "properties": {"lid": lid}}
    spec["components"]["schemas"]["Lid"] = {
        "type": "object",
        "properties": {"on": {"$ref": "#/components/schemas/Box"}},
    }
    return normalise(spec)


@pytest.mark.parametrize("chosen", [({"get_box"}, set()), (set(), {"boxes"})])
def test_selected_operations_keep_only_the_models_that_they_refer_to(shop, chosen):
    """By name or tag; circular references are followed."""
    part = select(shop, *chosen)

    assert ["/boxes/{toy_id}"] == list(part["paths"])
    assert {"Box", "Lid"} == set(part["components"]["schemas"])


def test_an_empty_selection_keeps_everything(shop):
    """Without names and tags nothing is removed."""
    assert shop == select(shop, set(), set())


@pytest.mark.parametrize("chosen", [({"get_bx"}, set()), (set(), {"bxes"})])
def test_an_unknown_operation_or_tag_is_refused_with_the_known_ones(shop, chosen):
    """A typing error is answered with the known names."""
    with pytest.raises(GeneratorError, match=r"there are .*box"):
        select(shop, *chosen)
