"""Overlay: the examples of the Overlay 1.0 specification, and what it leaves to tools."""

from typing import Any

import pytest
from generator.faults import Fault
from generator.overlay import apply, apply_file


def overlaid(document: Any, *actions: Any) -> Any:
    """*document* with *actions* applied."""
    return apply(document, {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)})


def test_structured_example():
    """
    One action may mirror the whole document; what is not named stays.
    """
    document = {
        "info": {"title": "Pets"},
        "paths": {"/": {"get": {"operationId": "root"}}, "/pets": {"get": {"summary": "old"}}},
    }
    update = {
        "info": {"x-overlay-applied": "structured-overlay"},
        "paths": {
            "/": {"summary": "The root resource", "get": {"summary": "Retrieve the root resource"}},
            "/pets": {"get": {"summary": "Retrieve a list of pets", "x-rate-limit": 100}},
        },
    }

    assert {
        "info": {"title": "Pets", "x-overlay-applied": "structured-overlay"},
        "paths": {
            "/": {
                "get": {"operationId": "root", "summary": "Retrieve the root resource"},
                "summary": "The root resource",
            },
            "/pets": {"get": {"summary": "Retrieve a list of pets", "x-rate-limit": 100}},
        },
    } == overlaid(document, {"target": "$", "update": update})


def test_targeted_example():
    """
    Actions may each name one place.
    """
    document = {"paths": {"/foo": {"get": {"description": "old"}}, "/bar": {"get": {"description": "old"}}}}

    assert {
        "paths": {
            "/foo": {"get": {"description": "new"}},
            "/bar": {"get": {"description": "updated"}, "post": {"description": "child", "x-safe": False}},
        }
    } == overlaid(
        document,
        {"target": "$.paths['/foo'].get", "update": {"description": "new"}},
        {"target": "$.paths['/bar'].get", "update": {"description": "updated"}},
        {"target": "$.paths['/bar']", "update": {"post": {"description": "child", "x-safe": False}}},
    )


def test_wildcard_example():
    """
    A wildcard or a filter names many places at once.
    """
    parameters = [{"name": "filter", "in": "query"}, {"name": "filter", "in": "path"}]
    document = {"paths": {"/a": {"get": {"parameters": parameters}}, "/b": {"get": {}}, "/c": {"post": {}}}}
    result = overlaid(
        document,
        {"target": "$.paths.*.get", "update": {"x-safe": True}},
        {
            "target": "$.paths.*.get.parameters[?@.name=='filter' && @.in=='query']",
            "update": {"schema": {"$ref": "#/components/schemas/filterSchema"}},
        },
    )

    assert [True, True, None] == [(item.get("get") or {}).get("x-safe") for item in result["paths"].values()]
    assert [
        {"name": "filter", "in": "query", "schema": {"$ref": "#/components/schemas/filterSchema"}},
        {"name": "filter", "in": "path"},
    ] == result["paths"]["/a"]["get"]["parameters"]


def test_array_examples():
    """
    An update of an array is one more entry of it; remove takes entries out.
    """
    document = {"paths": {"/a": {"get": {"parameters": [{"name": "dummy"}, {"name": "x"}, {"name": "dummy"}]}}}}

    assert [{"name": "x"}, {"name": "newParam", "in": "query"}] == overlaid(
        document,
        {"target": "$.paths.*.get.parameters", "update": {"name": "newParam", "in": "query"}},
        {"target": "$.paths.*.get.parameters[?@.name == 'dummy']", "remove": True},
    )["paths"]["/a"]["get"]["parameters"]


def test_traits_example():
    """
    A document may mark by an extension where an overlay is to act.
    """
    paged = {"x-oai-traits": {"paged": True}, "responses": {"200": {"description": "OK"}}}
    document = {"paths": {"/items": {"get": paged}, "/others": {"get": {}}}}
    action = {
        # The specification's own target leaves out the quotes that RFC 9535 wants around a name with hyphens.
        "target": "$.paths.*[?@['x-oai-traits'].paged]",
        "update": {"parameters": [{"name": "top", "in": "query"}]},
    }
    result = overlaid(document, action)

    assert [{"name": "top", "in": "query"}] == result["paths"]["/items"]["get"]["parameters"]
    assert {} == result["paths"]["/others"]["get"]


def test_actions_follow_each_other():
    """
    What one action removes the next may make anew.
    """
    assert {"servers": [{"url": "new"}]} == overlaid(
        {"servers": [{"url": "old"}]},
        {"target": "$.servers", "remove": True},
        {"target": "$", "update": {"servers": [{"url": "new"}]}},
    )


def test_arrays_inside_an_update_are_joined():
    """
    An array in an update adds to the one that is there, as an update of the array itself does.
    """
    assert {"a": {"required": ["x", "y"]}} == overlaid(
        {"a": {"required": ["x"]}}, {"target": "$.a", "update": {"required": ["y"]}}
    )


def test_remove_wins_over_update():
    """
    An action that says both removes.
    """
    assert {} == overlaid({"a": {}}, {"target": "$.a", "update": {"b": 1}, "remove": True})


def test_neighbours_are_removed_together():
    """
    Several entries of one array go in one action, and none that was not meant.
    """
    assert {"a": [{"k": 2}]} == overlaid(
        {"a": [{"k": 1}, {"k": 2}, {"k": 1}]}, {"target": "$.a[?@.k == 1]", "remove": True}
    )


def test_the_original_is_not_touched():
    """
    The vendor's document stays as it was, whatever the overlay does.
    """
    document = {"a": {"b": [1]}}
    overlaid(document, {"target": "$.a", "update": {"b": [2]}})

    assert {"a": {"b": [1]}} == document


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"target": "$.nowhere", "update": {}}, "matches nothing"),
        ({"target": "$.a.b", "update": "x"}, "matches a plain value"),
        ({"target": "$.a[", "update": {}}, "is no JSONPath"),
        ({"target": "$.a"}, "neither updates nor removes"),
        ({"update": {}}, "has no target"),
        ({"target": "$", "remove": True}, "whole document"),
        ({"target": "$.a", "update": "text"}, "only be updated with an object"),
    ],
)
def test_an_action_that_does_nothing_stops_the_run(action, said):
    """
    Each action must do what it is there for; the fault names its number and target.
    """
    with pytest.raises(Fault, match="action 2") as refusal:
        overlaid({"a": {"b": "plain"}}, {"target": "$.a", "update": {}}, action)

    assert said in str(refusal.value)


@pytest.mark.parametrize("overlay", [{}, {"overlay": "2.0.0", "actions": [{}]}, {"overlay": "1.0.0", "actions": []}])
def test_other_documents_are_no_overlay(overlay):
    """
    An overlay says which version it is, and has actions.
    """
    with pytest.raises(Fault):
        apply({}, overlay)


def test_a_missing_overlay_changes_nothing(tmp_path):
    """
    A service whose spec needs no correction has no overlay file.
    """
    assert {"a": 1} == apply_file({"a": 1}, tmp_path / "overlay.yaml")
