"""Select: chosen operations, and only the components that they refer to."""

from copy import deepcopy

import pytest
from generator.errors import GeneratorError
from generator.spec.normalise import normalise
from generator.spec.select import Selection, select


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
    part = select(shop, Selection(*chosen))

    assert ["/boxes/{toy_id}"] == list(part["paths"])
    assert {"Box", "Lid"} == set(part["components"]["schemas"])


def test_an_empty_selection_keeps_everything(shop):
    """Without names and tags nothing is removed."""
    assert shop == select(shop)


@pytest.mark.parametrize("chosen", [({"get_bx"}, set()), (set(), {"bxes"})])
def test_an_unknown_operation_or_tag_is_refused_with_the_known_ones(shop, chosen):
    """A typing error is answered with the known names."""
    with pytest.raises(GeneratorError, match=r"there are .*box"):
        select(shop, Selection(*chosen))


def test_a_skipped_operation_is_left_out_with_its_models(shop):
    """All others are kept."""
    part = select(shop, Selection(skipped=["get_box"]))

    assert ["/toys/{toy_id}"] == list(part["paths"])
    assert {"Toy"} == set(part["components"]["schemas"])


def test_a_selection_has_nothing_of_the_webhooks(shop):
    """What a service sends is no operation, and its models are not needed."""
    shop["components"]["schemas"]["Hook"] = {"type": "object"}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Hook"}}}}
    shop["webhooks"] = {"done": {"post": {"requestBody": body, "responses": {"200": {"description": ""}}}}}

    part = select(shop, Selection(["get_box"]))

    assert "webhooks" not in part
    assert "Hook" not in part["components"]["schemas"]
