"""A declaration in the names of a generated package: those of its models and of its functions' arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from jobwait._declared.vocabulary.answer_path import AnswerPath, path_text

_OF_ANSWERS: Final = ("reason", "progress", "hints")


def renamed(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """*value* with the ids, and with each path in the answer about a job, by *names*."""
    found = {**value, "ids": [names.get(one, one) for one in value["ids"]]}
    for field in _OF_ANSWERS:
        if field in found:
            found[field] = _paths(found[field], names)
    for field, place in (("state", "path"), ("poll", "id"), ("queue", "place")):
        if place in found.get(field, ()):
            found[field] = {**found[field], place: _paths(found[field][place], names)}
    if "rules" in found:
        found["rules"] = [
            {**rule, "when": {_path(name, names): wanted for name, wanted in rule["when"].items()}}
            for rule in found["rules"]
        ]
    return found


def _paths(value: Any, names: Mapping[str, str]) -> Any:
    """A path, a list of paths, or a mapping to them."""
    if isinstance(value, Mapping):
        return {name: _paths(one, names) for name, one in value.items()}
    return [_path(one, names) for one in value] if isinstance(value, list) else _path(value, names)


def _path(text: str, names: Mapping[str, str]) -> str:
    steps = AnswerPath.of(text, "path").steps
    return (
        text if text == "$http" else path_text([names.get(one, one) if isinstance(one, str) else one for one in steps])
    )
