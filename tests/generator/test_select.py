"""Select: some operations, with what they reach and nothing else."""

from copy import deepcopy

import pytest
from generator.faults import Fault
from generator.normalise import normalise
from generator.select import select


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
def test_only_what_is_reached_is_kept(shop, chosen):
    """
    Operations are chosen by name or tag; models come along as far as they are reached, also in a circle.
    """
    part = select(shop, *chosen)

    assert ["/boxes/{toy_id}"] == list(part["paths"])
    assert {"Box", "Lid"} == set(part["components"]["schemas"])


def test_nothing_chosen_is_everything(shop):
    """
    Without a choice all is kept.
    """
    assert shop == select(shop, set(), set())


@pytest.mark.parametrize("chosen", [({"get_bx"}, set()), (set(), {"bxes"})])
def test_unknown_names_are_refused(shop, chosen):
    """
    A slip of the pen is told with the names that there are.
    """
    with pytest.raises(Fault, match=r"there are .*box"):
        select(shop, *chosen)
