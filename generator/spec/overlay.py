"""Applies an overlay (OpenAPI Overlay 1.0) with our additions and corrections to a vendor's spec."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import JSONPathError, JSONPathNode, compile  # noqa: A004 - its own name

from generator.errors import GeneratorError
from generator.spec.load import load
from generator.spec.pointers import Document


def apply_file(document: Document, path: Path) -> Document:
    """*document* with the overlay at *path* applied; unchanged if there is no such file."""
    return apply(document, load(path), str(path)) if path.exists() else document


def apply(document: Document, overlay: Document, name: str = "the overlay") -> Document:
    """A copy of *document* with the actions of *overlay* applied in order, each to the result of the previous one."""
    version = overlay.get("overlay")
    actions = overlay.get("actions")
    if not isinstance(version, str) or not version.startswith("1.0."):
        raise GeneratorError(f"{name} is not an Overlay 1.0 document: its field `overlay` is {version!r}.")
    if not isinstance(actions, list) or not actions:
        raise GeneratorError(f"{name} has no list of actions.")
    document = deepcopy(document)
    for number, action in enumerate(actions, 1):
        document = _apply_action(document, action, f"{name}, action {number}")
    return document


def _apply_action(document: Document, action: Any, where: str) -> Document:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise GeneratorError(f"{where} has no target.")
    target = action["target"]
    if "update" not in action and action.get("remove") is not True:
        raise GeneratorError(f"{where} ({target}): the action neither updates nor removes.")
    nodes = _found(document, target, where)
    if action.get("remove") is True:
        _remove(nodes, where)
        return document
    for node in nodes:
        _update(node.value, action["update"], f"{where} ({target})")
    return document


def _found(document: Document, target: str, where: str) -> list[JSONPathNode]:
    try:
        nodes = list(compile(target).find(document))
    except JSONPathError as error:
        raise GeneratorError(f"{where}: {target} is not a JSONPath: {error}.") from None
    if not nodes:
        raise GeneratorError(f"{where}: {target} matches nothing.")
    if not all(isinstance(node.value, dict | list) for node in nodes):
        raise GeneratorError(f"{where}: {target} matches a plain value; name the object or array that contains it.")
    return nodes


def _update(target: Any, update: Any, where: str) -> None:
    if isinstance(target, list):
        target.extend(deepcopy(update) if isinstance(update, list) else [deepcopy(update)])
    elif isinstance(update, dict):
        _merge(target, update)
    else:
        raise GeneratorError(f"{where}: an object can only be updated with an object.")


def _merge(target: Document, update: Document) -> None:
    """Objects are merged by key, arrays are concatenated, other values are replaced."""
    for name, value in update.items():
        existing = target.get(name)
        if isinstance(existing, dict) and isinstance(value, dict):
            _merge(existing, value)
        elif isinstance(existing, list) and isinstance(value, list):
            existing.extend(deepcopy(value))
        else:
            target[name] = deepcopy(value)


def _remove(nodes: list[JSONPathNode], where: str) -> None:
    """Delete the nodes from last to first, so that array indexes of the others stay valid."""
    unique = {node.location: node for node in nodes}
    for location in sorted(unique, key=lambda location: [_rank(step) for step in location], reverse=True):
        parent = unique[location].parent
        if parent is None:
            raise GeneratorError(f"{where}: the whole document cannot be removed.")
        container: Any = parent.value
        del container[location[-1]]


def _rank(step: int | str) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (0, step)
