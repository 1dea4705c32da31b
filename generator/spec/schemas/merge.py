"""Merges the schemas of an `allOf`: the one schema of values that fit all of them."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from generator.spec.pointers import Document

# Keywords that say nothing about which values fit, or that are kept beside a composition.
ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "deprecated", "readOnly", "writeOnly", "example", "examples"),
        *(
            "nullable",
            "discriminator",
            "externalDocs",
            "xml",
            "$comment",
            "$schema",
            "$id",
            "$anchor",
            "$defs",
            "definitions",
        ),
    }
)
ALL_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
OBJECT_KEYWORDS = frozenset({"properties", "additionalProperties", "required"})


class ContradictionError(Exception):
    """No value fits all of the schemas."""


def assertions(schema: Document) -> set[str]:
    """The keywords of *schema* that say which values fit."""
    return {key for key in schema if key not in ANNOTATIONS and not key.startswith("x-")}


def merged(parts: Iterable[Document]) -> Document:
    """The assertions of all *parts* as one schema, unions left out; ContradictionError if no value can fit them."""
    result: Document = {}
    parts = list(parts)
    for part in parts:
        for key in part:
            if key in assertions(part) and key not in {"oneOf", "anyOf", "additionalProperties"}:
                value = deepcopy(part[key])
                result[key] = MERGERS.get(key, _last)(result[key], value) if key in result else value
    if isinstance(result.get("enum"), list) and "const" in result and result["const"] not in result["enum"]:
        raise ContradictionError("no value fits all parts")
    rest = _additional(parts)
    return result if rest is None else {**result, "additionalProperties": rest}


def _additional(parts: list[Document]) -> Any:
    """
    What other fields may be; None if no part says it.

    False only if all objects say so: strictly read, a closed base would allow none of the fields added to it.
    """
    stated = [
        one.get("additionalProperties", True) for one in parts if {"properties", "additionalProperties"} & set(one)
    ]
    typed = [one for one in stated if isinstance(one, dict) and one]
    if typed:
        return deepcopy(typed[0]) if all(one == typed[0] for one in typed) else {"allOf": deepcopy(typed)}
    if not any("additionalProperties" in one for one in parts):
        return None
    return not all(one is False for one in stated)


def _last(_: Any, second: Any) -> Any:
    return second


def _both(first: Any, second: Any) -> Any:
    """The merged schema of both, which is composed when the walk comes to it."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        return first if second is True else second
    if first == second or not assertions(second):
        return first
    return {"allOf": [first, second]} if assertions(first) else second


def _properties(first: Document, second: Document) -> Document:
    shared = {name: _both(first[name], schema) for name, schema in second.items() if name in first}
    return {**first, **second, **shared}


def _types(first: Any, second: Any) -> Any:
    one, other = _expanded(first), _expanded(second)
    common = [name for name in ALL_TYPES if name in one and name in other]
    common = [name for name in common if name != "integer" or "number" not in common]
    if not common:
        raise ContradictionError(f"it would have to be {_words(first)} and {_words(second)}")
    return common[0] if len(common) == 1 else common


def _expanded(types: Any) -> set[str]:
    names = {types} if isinstance(types, str) else set(types)
    return names | {"integer"} if "number" in names else names


def _words(types: Any) -> str:
    return types if isinstance(types, str) else " or ".join(types)


def _enum(first: list[Any], second: list[Any]) -> list[Any]:
    common = [value for value in first if value in second]
    if not common:
        raise ContradictionError("no value is in all of its enums")
    return common


def _const(first: Any, second: Any) -> Any:
    if first != second:
        raise ContradictionError("its constants differ")
    return first


def _required(first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))


def _greater(first: Any, second: Any) -> Any:
    return max(first, second)


def _less(first: Any, second: Any) -> Any:
    return min(first, second)


MERGERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "properties": _properties,
    "patternProperties": _properties,
    "items": _both,
    "enum": _enum,
    "const": _const,
    "required": _required,
    **dict.fromkeys(("minimum", "minLength", "minItems", "minProperties"), _greater),
    **dict.fromkeys(("maximum", "maxLength", "maxItems", "maxProperties"), _less),
}
