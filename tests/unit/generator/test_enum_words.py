"""Enums: what a description says about each value, however it lists them."""

import pytest
from generator.emit.expressions.enum_words import words
from generator.spec.names.enums import enums

VALUES = ("OPEN", "IN_PROGRESS", "DONE")
MEANINGS = {"OPEN": "waits", "IN_PROGRESS": "runs now", "DONE": "has ended"}


@pytest.mark.parametrize(
    ("description", "general"),
    [
        ("The state.\n\n- OPEN: waits\n- IN_PROGRESS: runs now\n- DONE: has ended", "The state."),
        ("* `OPEN` - waits\n* `IN_PROGRESS` - runs\n  now\n* `DONE` - has ended\n\nMore text.", "More text."),
        ("State: OPEN: waits, IN_PROGRESS: runs now, DONE: has ended", "State:"),
        ("**OPEN** = waits; **IN_PROGRESS** = runs now; **DONE** = has ended", ""),
        (
            "| Status | Description |\n|---|---|\n| OPEN | waits |\n| IN_PROGRESS | runs now |\n| DONE | has ended |",
            None,
        ),
        ("The state.<ul><li>OPEN: waits</li><li>IN_PROGRESS: runs now</li><li>DONE: has ended</li></ul>", "The state."),
        ("The state. - 'OPEN' \u2013 waits - 'IN_PROGRESS' \u2013 runs now - 'DONE' \u2013 has ended", "The state."),
    ],
)
def test_each_value_has_its_meaning(description, general):
    """Bullets, tables, HTML and lists in one line."""
    found = words(description, VALUES)

    assert MEANINGS == found.meanings
    assert general is None or general == found.general


@pytest.mark.parametrize(
    "description",
    [
        "The state, OPEN at first.",
        "OPEN: waits. Anything else is an error.",
        "",
        "not-OPEN: x, REOPEN: y",
        "OPEN, DONE",
    ],
)
def test_a_description_without_a_list_stays_what_it_is(description):
    """A value that is mentioned, or one entry alone, is no list."""
    assert (description, {}) == (words(description, VALUES).general, words(description, VALUES).meanings)


def test_numbers_have_meanings_too():
    """The values of an IntEnum are listed as their digits; 1 is not found inside 10."""
    assert {"1": "off", "10": "on"} == words("1 = off, 10 = on", (1, 10)).meanings


CONSTANTS = [{"const": "a", "title": "A", "description": "First."}, {"const": "b", "title": "Second."}]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "description": "One.", "enum": ["a", "b"], "x-enum-descriptions": ["First.", "Second."]},
        {
            "type": "string",
            "description": "One.",
            "enum": ["a", "b"],
            "x-enumDescriptions": {"a": "First.", "b": "Second."},
        },
        {"description": "One.", "oneOf": CONSTANTS},
    ],
)
def test_extensions_and_described_constants_become_a_list(schema):
    """All tools read the description; a union of constants is an enum."""
    document = {"components": {"schemas": {"E": schema}}}
    findings = list(enums(document))
    found = document["components"]["schemas"]["E"]

    assert ([], ["a", "b"], "string") == (findings, found["enum"], found["type"])
    assert "One.\n\n- a: First.\n- b: Second." == found["description"]
