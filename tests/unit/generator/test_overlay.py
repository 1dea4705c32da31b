"""Overlay: the specification's examples, and errors."""

from typing import Any

import pytest
from generator.errors import GeneratorError
from generator.spec.overlays.apply import apply, apply_file


def overlaid(document: Any, *actions: Any) -> Any:
    """*document* with *actions* applied."""
    return apply(document, {"overlay": "1.0.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)})


def test_one_action_updates_several_places_of_the_document():
    """Places that the update does not name are kept."""
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


def test_actions_update_single_places():
    """Each action may name one place."""
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


def test_wildcards_and_filters_update_many_places():
    """A wildcard or filter matches many places."""
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


def test_arrays_are_appended_to_and_entries_are_removed():
    """An update of an array appends; remove deletes entries."""
    document = {"paths": {"/a": {"get": {"parameters": [{"name": "dummy"}, {"name": "x"}, {"name": "dummy"}]}}}}

    assert [{"name": "x"}, {"name": "newParam", "in": "query"}] == overlaid(
        document,
        {"target": "$.paths.*.get.parameters", "update": {"name": "newParam", "in": "query"}},
        {"target": "$.paths.*.get.parameters[?@.name == 'dummy']", "remove": True},
    )["paths"]["/a"]["get"]["parameters"]


def test_actions_match_extensions():
    """A document may mark by an extension where an overlay applies."""
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


def test_each_action_applies_to_the_result_of_the_one_before():
    """An action may add again what the one before removed."""
    assert {"servers": [{"url": "new"}]} == overlaid(
        {"servers": [{"url": "old"}]},
        {"target": "$.servers", "remove": True},
        {"target": "$", "update": {"servers": [{"url": "new"}]}},
    )


def test_arrays_inside_an_update_are_appended():
    """An array in an update is appended to the existing one."""
    assert {"a": {"required": ["x", "y"]}} == overlaid(
        {"a": {"required": ["x"]}}, {"target": "$.a", "update": {"required": ["y"]}}
    )


def test_an_action_with_remove_and_update_removes():
    """Remove takes precedence."""
    assert {} == overlaid({"a": {}}, {"target": "$.a", "update": {"b": 1}, "remove": True})


def test_several_entries_of_one_array_are_removed_in_one_action():
    """Only the entries that match are removed."""
    assert {"a": [{"k": 2}]} == overlaid(
        {"a": [{"k": 1}, {"k": 2}, {"k": 1}]}, {"target": "$.a[?@.k == 1]", "remove": True}
    )


def test_the_original_document_is_not_changed():
    """The result is a copy."""
    document = {"a": {"b": [1]}}
    overlaid(document, {"target": "$.a", "update": {"b": [2]}})

    assert {"a": {"b": [1]}} == document


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"target": "$.nowhere", "update": {}}, "matches nothing"),
        ({"target": "$.a.b", "update": "x"}, "matches a plain value"),
        ({"target": "$.a[", "update": {}}, "is not a JSONPath"),
        ({"target": "$.a"}, "neither updates nor removes"),
        ({"update": {}}, "has no target"),
        ({"target": "$", "remove": True}, "whole document"),
        ({"target": "$.a", "update": "text"}, "only be updated with an object"),
    ],
)
def test_an_action_without_effect_is_an_error(action, said):
    """The error names the number and target of the action."""
    with pytest.raises(GeneratorError, match="action 2") as refusal:
        overlaid({"a": {"b": "plain"}}, {"target": "$.a", "update": {}}, action)

    assert said in str(refusal.value)


@pytest.mark.parametrize("overlay", [{}, {"overlay": "2.0.0", "actions": [{}]}, {"overlay": "1.0.0", "actions": []}])
def test_a_document_that_is_not_an_overlay_1_0_is_refused(overlay):
    """An overlay has a version and actions."""
    with pytest.raises(GeneratorError):
        apply({}, overlay)


def test_a_missing_overlay_file_changes_nothing(tmp_path):
    """A service without corrections has no overlay file."""
    assert {"a": 1} == apply_file({"a": 1}, tmp_path / "overlay.yaml")
