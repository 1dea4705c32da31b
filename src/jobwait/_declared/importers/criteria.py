"""Conditions of Arazzo's criteria, such as `$statusCode == 200`, as a rule's `when`."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jobwait._declared.importers.converted import CODES, Unsayable, body_path

_CONDITION: Final = re.compile(r"\s*(\$[^\s=!<>]+)\s*(==|!=|<=|>=|<|>)\s*(.+?)\s*")
_OPERATORS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Final = re.compile(r"\^(?:\((?:\?:)?)?([\w -]+(?:\|[\w -]+)*)\)?\$")
STATUS_CODE: Final = "$statusCode"
BODY: Final = "$response.body#"


def when_of(criteria: Any) -> dict[str, Any]:
    """The conditions that hold together where all *criteria* do; raises Unsayable."""
    found: dict[str, Any] = {}
    codes = set(CODES)
    for one in criteria if isinstance(criteria, list) else ():
        for context, test, value in _conditions(one):
            if context == STATUS_CODE:
                codes &= _codes(test, value)
                continue
            path = _path(context)
            if path in found:
                raise Unsayable(f"has two conditions on {path}")
            found[path] = _wanted(path, test, value)
    if len(codes) < len(CODES):
        if not codes:
            raise Unsayable("fits no status code")
        named = sorted(codes)
        return {"$http": named[0] if len(named) == 1 else named, **found}
    return found


def _conditions(criterion: Any) -> list[tuple[str, str, Any]]:
    """What is compared with what in a *criterion*, a mapping with a condition."""
    if not isinstance(criterion, Mapping) or not isinstance(criterion.get("condition"), str):
        raise Unsayable("has a criterion without a condition")
    text, kind = criterion["condition"], criterion.get("type", "simple")
    if kind == "regex":
        words = _WORDS.fullmatch(text.strip())
        if words is None or text.count("(") != text.count(")") or ("|" in text and "(" not in text):
            raise Unsayable(f"has the pattern {text!r}")
        return [(str(criterion.get("context", "")), "==", words[1].split("|"))]
    if kind != "simple":
        raise Unsayable(f"has a criterion of the type {kind!r}")
    return [_alternatives(part) for part in text.split("&&")]


def _alternatives(text: str) -> tuple[str, str, Any]:
    """One comparison; several of one place with == and || between them are one with a list."""
    parts = [_CONDITION.fullmatch(one) for one in text.split("||")]
    if not all(parts):
        raise Unsayable(f"has the condition {text.strip()!r}")
    found = [(one[1], one[2], _literal(one[3])) for one in parts if one is not None]
    if len(found) == 1:
        return found[0]
    if {one[:2] for one in found} != {(found[0][0], "==")}:
        raise Unsayable(f"has the condition {text.strip()!r}")
    return found[0][0], "==", [value for _, _, value in found]


def _literal(text: str) -> Any:
    if text[0] == text[-1] == "'" and len(text) > 1:
        return text[1:-1].replace("''", "'")
    try:
        value = json.loads(text)
    except ValueError:
        raise Unsayable(f"compares with {text}") from None
    if isinstance(value, dict | list):
        raise Unsayable(f"compares with {text}")
    return value


def _codes(test: str, value: Any) -> set[int]:
    """The status codes for which the comparison holds."""
    values = value if isinstance(value, list) else [value]
    try:
        return {code for code in CODES if any(_OPERATORS[test](code, int(one)) for one in values)}
    except (TypeError, ValueError):
        raise Unsayable(f"compares the status code with {value!r}") from None


def _path(context: str) -> str:
    """The path that the JSON pointer in *context* is."""
    if not context.startswith(f"{BODY}/"):
        raise Unsayable(f"reads {context}")
    parts = [one.replace("~1", "/").replace("~0", "~") for one in context.removeprefix(f"{BODY}/").split("/")]
    return body_path([int(one) if one.isdigit() else one for one in parts])


def _wanted(path: str, test: str, value: Any) -> Any:
    """The condition on the value at *path*."""
    if value is None and test in {"==", "!="}:
        return {"present": test == "!="}
    if test == "==" and value is not None:
        return value
    if test in {"<", ">"} and type(value) in {int, float}:
        return {"below" if test == "<" else "above": value}
    raise Unsayable(f"asks whether {path} {test} {json.dumps(value)}")
