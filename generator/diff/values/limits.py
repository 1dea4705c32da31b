"""Limits of a schema, and whether a change of one refuses values that were right before."""

from typing import Any

from generator.spec.pointers import Document

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
OTHER = (
    "pattern",
    "multipleOf",
    "uniqueItems",
    "format",
    "contentEncoding",
    "contentMediaType",
    "contains",
    "propertyNames",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "unevaluatedItems",
    "not",
    "if",
    "then",
    "else",
)
WITHOUT_EFFECT = {**dict.fromkeys(("minLength", "minItems", "minProperties"), 0), "uniqueItems": False}
WIDER_FORMATS = {("int32", "int64"), ("float", "double")}


def changed_limits(old: Document, new: Document) -> dict[str, tuple[Any, Any]]:
    """The keywords with another limit in *new* than in *old*: the old and the new one, None for no limit."""
    words = {word: (_limit(old, word), _limit(new, word)) for word in (*LOWER, *UPPER, *OTHER)}
    return {word: both for word, both in words.items() if both[0] != both[1]}


def loosened(word: str, old: Any, new: Any) -> bool:
    """Whether the limit *new* allows every value that *old* allowed."""
    if new is None:
        return True
    if word == "format":
        return (old, new) in WIDER_FORMATS
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return False
    return (word in LOWER and new < old) or (word in UPPER and new > old)


def _limit(schema: Document, word: str) -> Any:
    value = schema.get(word)
    return None if value == WITHOUT_EFFECT.get(word) else value
