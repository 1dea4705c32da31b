"""Applies an overlay (OpenAPI Overlay 1.0) with our additions and corrections to a vendor's spec."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import GeneratorError
from generator.spec.load import depth, load
from generator.spec.overlays.errors import Where, where_of
from generator.spec.overlays.published import MISSING, Step, has_entry, published, title, value_at, without
from generator.spec.pointers import Document, joined
from generator.spec.yaml_values import MAX_DEPTH

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathNode

MAX_DESCENTS = 2  # as often a target may search all levels: each time multiplies the places
SHOWN = 80  # characters of a target in a message


@dataclass(frozen=True)
class Stale:
    """Parts of the action *number* that the document has without it; the whole action if *parts* has ()."""

    number: int
    parts: list[tuple[Step, ...]]
    titles: list[str]

    @property
    def sentences(self) -> list[str]:
        """What follows "action 2" in messages, one for each part."""
        return [
            f"{title}, which the document {'no longer' if title.startswith('removes ') else 'now'} has: remove it"
            for title in self.titles
        ]


@dataclass
class Applied:
    """A document with an overlay; the actions that it needs no more or that find nothing; which wrote which places."""

    document: Document
    stale: list[Stale] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)  # a sentence for each
    written: dict[str, int] = field(default_factory=dict)  # the number of the action by the JSON pointer


def apply_file(document: Document, path: Path) -> Document:
    """*document* with the overlay at *path* applied; unchanged if there is no such file."""
    return applied_file(document, path).document


def applied_file(document: Document, path: Path, *, fitting: bool = False) -> Applied:
    """The same with what was found on the way; with *fitting*, what does not fit the document is left out."""
    if not path.exists():
        return Applied(document)
    return applied(document, load(path), where_of(path), fitting=fitting)


def apply(document: Document, overlay: Document, name: str = "the overlay") -> Document:
    """A copy of *document* with the actions of *overlay* applied in order, each to the result of the previous one."""
    return applied(document, overlay, lambda number: f"{name}, action {number}").document


def applied(document: Document, overlay: Document, where: Where, *, fitting: bool = False) -> Applied:
    """
    The same with what was found on the way.

    An action that adds what the document has, or removes what it has not, is an error; with *fitting* it is left out.
    """
    done = Applied(deepcopy(document))
    for number, action in enumerate(_actions(overlay, where), 1):
        try:
            _apply_action(done, number, action, where)
        except NotFoundError as error:
            if not fitting:
                raise
            if action.get("remove") is True:
                done.stale.append(Stale(number, [()], [f"removes {_short(action['target'])}"]))
            else:
                done.unfit.append(str(error))
    if done.stale and not fitting:
        raise _stale_error(done.stale, where)
    return done


class NotFoundError(GeneratorError):
    """An action whose target matches nothing."""


def _stale_error(stale: list[Stale], where: Where) -> GeneratorError:
    named = [f"{where(one.number)} {said}" for one in stale for said in one.sentences]
    return GeneratorError("The overlay adds what has been published; `codegen.py overlay --prune` removes that:", named)


def _actions(overlay: Document, where: Where) -> list[Any]:
    name = where(0).removesuffix(", action 0")
    version, actions = overlay.get("overlay"), overlay.get("actions")
    if not isinstance(version, str) or not version.startswith("1.0."):
        raise GeneratorError(f"{name} is not an Overlay 1.0 document: its field `overlay` is {version!r}.")
    if not isinstance(actions, list) or not actions:
        raise GeneratorError(f"{name} has no list of actions.")
    return actions


def _apply_action(done: Applied, number: int, action: Any, where: Where) -> None:
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        raise GeneratorError(f"{where(number)} has no target.")
    target = action["target"]
    if "update" not in action and action.get("remove") is not True:
        raise GeneratorError(f"{where(number)} ({_short(target)}): the action neither updates nor removes.")
    nodes = _found(done.document, target, number, where)
    if action.get("remove") is True:
        _remove(nodes, number, where)
        return
    update = action["update"]
    parts = published(done.document, [(node.location, node.value) for node in nodes], update)
    if parts:
        done.stale.append(Stale(number, parts, [_title(nodes[0].location, update, part) for part in parts]))
        update = without(update, parts)
    if max(len(node.location) for node in nodes) + depth(update) > MAX_DEPTH:
        raise GeneratorError(
            f"{where(number)} ({_short(target)}): the document would be nested deeper than {MAX_DEPTH} levels."
        )
    for node in nodes if update is not MISSING else ():
        if not isinstance(node.value, list) and not isinstance(update, dict):
            raise GeneratorError(f"{where(number)} ({_short(target)}): an object can only be updated with an object.")
        for pointer in _update(done.document, node.value, update, joined("", *node.location)):
            done.written[pointer] = number


def _title(place: tuple[Step, ...], update: Any, part: tuple[Step, ...]) -> str:
    """What the *part* of an update of the value at *place* does; of an update as a whole, what its fields do."""
    whole = not part and isinstance(update, dict) and update and all(isinstance(key, str) for key in update)
    if whole and not {"name", "url"} & set(update):
        return "adds " + ", ".join(title((*place, key), value) for key, value in update.items())
    return f"adds {title((*place, *part), value_at(update, part))}"


def _found(document: Document, target: str, number: int, where: Where) -> "list[JSONPathNode]":
    import jsonpath_rfc9535 as jsonpath  # noqa: PLC0415 - not needed without an overlay

    try:
        query = jsonpath.compile(target)
        if target.count("..") > MAX_DESCENTS:
            raise GeneratorError(f"{where(number)}: {_short(target)} has `..` more than {MAX_DESCENTS} times.")
        nodes = list(query.find(document))
    except (RecursionError, jsonpath.JSONPathRecursionError):
        raise GeneratorError(f"{where(number)}: {_short(target)} is nested too deep for a JSONPath.") from None
    except jsonpath.JSONPathError as error:
        raise GeneratorError(f"{where(number)}: {_short(target)} is not a JSONPath: {_short(str(error))}.") from None
    if not nodes:
        raise NotFoundError(f"{where(number)}: {_short(target)} matches nothing.")
    if not all(isinstance(node.value, dict | list) for node in nodes):
        raise GeneratorError(
            f"{where(number)}: {_short(target)} matches a plain value; name the object or array that contains it."
        )
    return nodes


def _update(document: Document, target: Any, update: Any, pointer: str) -> Iterator[str]:
    """Add *update* to *target*; yield the pointers of what is new."""
    if isinstance(target, list):
        for entry in update if isinstance(update, list) else [update]:
            if not has_entry(document, target, entry):  # one of several targets may have it
                target.append(deepcopy(entry))
                yield joined(pointer, len(target) - 1)
        return
    for name, value in update.items():  # objects are merged by key, arrays are concatenated, other values are replaced
        existing = target.get(name)
        if isinstance(existing, dict | list) and type(existing) is type(value):
            yield from _update(document, existing, value, joined(pointer, name))
        else:
            target[name] = deepcopy(value)
            yield joined(pointer, name)


def _remove(nodes: "list[JSONPathNode]", number: int, where: Where) -> None:
    """Delete the nodes from last to first, so that array indexes of the others stay valid."""
    unique = {node.location: node for node in nodes}
    for location in sorted(unique, key=lambda location: [_rank(step) for step in location], reverse=True):
        parent = unique[location].parent
        if parent is None:
            raise GeneratorError(f"{where(number)}: the whole document cannot be removed.")
        container: Any = parent.value
        del container[location[-1]]


def _rank(step: Step) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (0, step)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
