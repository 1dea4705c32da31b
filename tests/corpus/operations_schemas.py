"""Schemas of an OpenAPI document: references, what fits two of them, limits, and texts of patterns."""

from functools import cache
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

Schema = dict[str, Any]
Document = dict[str, Any]
TOO_DEEP = 24


class NoValueError(Exception):
    """No value fits the schema, as far as these modules know."""


def resolved(document: Document, node: Any) -> dict[str, Any]:
    """*node*, or what its references lead to in *document*, with what stands beside them in OpenAPI 3.1."""
    beside: dict[str, Any] = {}
    for _ in range(TOO_DEEP):
        if not isinstance(node, dict):
            return beside
        if not isinstance(node.get("$ref"), str):
            return both(node, beside) if beside else node
        if not document["openapi"].startswith("3.0"):
            beside = both({key: value for key, value in node.items() if key != "$ref"}, beside)
        target: Any = document
        for step in node["$ref"].removeprefix("#").split("/")[1:]:
            key = step.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
            target = target[int(key)] if isinstance(target, list) else target.get(key, {})
        node = target
    return beside


def both(one: Schema, other: Schema) -> Schema:
    """A schema of the values that fit both; a property of both is an allOf."""
    mine, theirs = one.get("properties", {}), other.get("properties", {})
    shared = {key: {"allOf": [mine[key], theirs[key]]} for key in mine if key in theirs and mine[key] != theirs[key]}
    merged = {**one, **other}
    if mine or theirs:
        merged["properties"] = {**mine, **theirs, **shared}
    if "nullable" in merged:  # which has a meaning beside a type alone
        merged["nullable"] = all(part.get("nullable") for part in (one, other) if part.keys() & {"type", "enum"})
    if "required" in one and "required" in other:
        merged["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    if "enum" in one and "enum" in other:
        merged["enum"] = [value for value in one["enum"] if value in other["enum"]]
    if "type" in one and "type" in other:
        shared_types = sorted(types_of(one) & types_of(other))
        merged["type"] = shared_types[0] if len(shared_types) == 1 else shared_types
    return merged


def types_of(schema: Schema) -> set[str]:
    """The types that *schema* allows; an integer is a number."""
    listed = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return {*listed, *(["integer"] if "number" in listed else [])}


def fitting_words(schema: Schema) -> list[Any]:
    """The values of the enum of *schema*, null alone if it is all; NoValueError where a list is to be a single word."""
    wanted = {"array": list, "object": dict}.get(str(schema.get("type")))
    words = [one for one in schema["enum"] if one is not None] or [None]
    if wanted and not any(isinstance(one, wanted) for one in words):
        raise NoValueError("an enum has no value of its type")
    return words


def may_be_null(schema: Schema) -> bool:
    """Whether null fits *schema*, without compositions; in 3.0 an enum with null needs `nullable` too."""
    kind = schema.get("type")
    typed = schema.get("nullable") is True or (isinstance(kind, list) and "null" in kind)
    return typed and None in schema.get("enum", [None])


def limits(schema: Schema) -> tuple[float | None, float | None]:
    """The least and the greatest integer or number, with exclusive limits in both versions' forms."""
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if above is True and low is not None:
        low += 1
    elif above not in (None, True, False):
        low = above + 1
    if below is True and high is not None:
        high -= 1
    elif below not in (None, True, False):
        high = below - 1
    if low is None and high is not None:
        low = min(high, 1)
    return low, high


@cache
def matching(pattern: str, least: int, most: int | None) -> str:
    """A text that *pattern* finds, the same in each run; NoValueError if there is none of that length."""
    found: list[str] = []
    try:
        texts = st.from_regex(pattern).filter(lambda one: len(one) >= least and (most is None or len(one) <= most))

        @settings(max_examples=20, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
        @given(texts.filter(lambda one: one.isprintable() and one.strip() == one and one not in {"", ".", ".."}))
        def take(text: str) -> None:
            found.append(text)

        take()
    except Exception as error:  # noqa: BLE001 - hypothesis raises many kinds, re another
        if not found:
            raise NoValueError(f"no text for the pattern {pattern}: {type(error).__name__}") from None
    return max(found, key=len)
