"""Overlay: our additions and corrections, OpenAPI Overlay 1.0, laid over a vendor's spec."""

from copy import deepcopy
from pathlib import Path
from typing import Any

from jsonpath_rfc9535 import JSONPathError, JSONPathNode, compile  # noqa: A004 - its own name

from generator.faults import Fault
from generator.load import load
from generator.pointers import Document


def apply_file(document: Document, path: Path) -> Document:
    """*document* with the overlay at *path* applied; a service without corrections needs no such file."""
    return apply(document, load(path), str(path)) if path.exists() else document


def apply(document: Document, overlay: Document, name: str = "the overlay") -> Document:
    """A copy of *document* with each action of *overlay* applied to the result of the one before."""
    version = overlay.get("overlay")
    actions = overlay.get("actions")
    if not isinstance(version, str) or not version.startswith("1.0."):
        raise Fault(f"{name} is no Overlay 1.0 document: its field `overlay` is {version!r}.")
    if not isinstance(actions, list) or not actions:
        raise Fault(f"{name} has no list of actions.")
    document = deepcopy(document)
    for number, action in enumerate(actions, 1):
        document = _act(document, action, f"{name}, action {number}")
    return document


def _act(document: Document, action: Any, where: str) -> Document:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise Fault(f"{where}: it has no target.")
    target = action["target"]
    if "update" not in action and action.get("remove") is not True:
        raise Fault(f"{where} ({target}): it neither updates nor removes.")
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
        raise Fault(f"{where}: {target} is no JSONPath: {error}.") from None
    if not nodes:
        raise Fault(f"{where}: {target} matches nothing.")
    if not all(isinstance(node.value, dict | list) for node in nodes):
        raise Fault(f"{where}: {target} matches a plain value; name the object or array that holds it.")
    return nodes


def _update(target: Any, update: Any, where: str) -> None:
    if isinstance(target, list):
        target.extend(deepcopy(update) if isinstance(update, list) else [deepcopy(update)])
    elif isinstance(update, dict):
        _merge(target, update)
    else:
        raise Fault(f"{where}: an object can only be updated with an object.")


def _merge(target: Document, update: Document) -> None:
    """Objects merge name by name, arrays are joined, everything else is replaced."""
    for name, value in update.items():
        existing = target.get(name)
        if isinstance(existing, dict) and isinstance(value, dict):
            _merge(existing, value)
        elif isinstance(existing, list) and isinstance(value, list):
            existing.extend(deepcopy(value))
        else:
            target[name] = deepcopy(value)


def _remove(nodes: list[JSONPathNode], where: str) -> None:
    """Take the nodes out from the last to the first, so that the indexes of the others hold."""
    once = {node.location: node for node in nodes}
    for location in sorted(once, key=lambda location: [_rank(step) for step in location], reverse=True):
        parent = once[location].parent
        if parent is None:
            raise Fault(f"{where}: the whole document cannot be removed.")
        held: Any = parent.value
        del held[location[-1]]


def _rank(step: int | str) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (0, step)
