"""Finds what an action of an overlay adds although the document has it: the vendor has published it meanwhile."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from generator.spec.operations import METHODS
from generator.spec.pointers import Document, resolved

Step = int | str
Path = tuple[Step, ...]  # the way to a value: in an update, or in the document
MISSING = object()
WORDS = frozenset({"title", "description", "summary", "example", "examples"})
TYPING = ("type", "$ref", "allOf", "anyOf", "oneOf", "enum")  # one of them makes an object the definition of a schema
KINDS = {
    "paths": "path",
    "schemas": "schema",
    "properties": "property",
    "parameters": "parameter",
    "responses": "response",
    "requestBodies": "body",
    "securitySchemes": "security scheme",
    "content": "content type",
    "required": "required field",
    "enum": "value",
}


def published(document: Document, targets: Sequence[tuple[Path, Any]], update: Any) -> list[Path]:
    """The parts of *update* that each of *targets*, values of *document* with their places, has; () is all of it."""
    found = [set(_parts(document, target, update, place)) for place, target in targets]
    common = set.intersection(*found) if found else set()
    return sorted((one for one in common if not any(one[:end] in common for end in range(len(one)))), key=order)


def _parts(document: Document, target: Any, update: Any, place: Path) -> Iterator[Path]:
    """The same for one target: things that it has, and objects of which it has every part."""
    if isinstance(target, list):
        entries = update if isinstance(update, list) else [update]
        have = [index for index, entry in enumerate(entries) if has_entry(document, target, entry)]
        yield from ((index,) for index in have if isinstance(update, list))
        if entries and len(have) == len(entries):
            yield ()
    elif isinstance(target, dict) and isinstance(update, dict):
        covered = True
        for name, value in update.items():
            existing = target.get(name, MISSING)
            inner = _existing(document, existing, value, (*place, name))
            yield from ((name, *part) for part in inner if part or isinstance(value, dict | list))
            covered = covered and () in inner
        if update and covered:
            yield ()


def _existing(document: Document, existing: Any, value: Any, place: Path) -> list[Path]:
    """The parts of *value* that the *existing* value at *place* has."""
    if existing is MISSING:
        return []
    if isinstance(existing, dict) and isinstance(value, dict) and is_definition(place, existing, value):
        return [()]
    if type(existing) is type(value) and isinstance(value, dict | list):
        return list(_parts(document, existing, value, place))
    return [()] if existing == value and type(existing) is type(value) else []


def is_definition(place: Path, existing: Document, value: Document) -> bool:
    """
    Whether both define the thing at *place* as a whole: *value* was an addition then, and no correction.

    That is so for operations with answers, parameters, and components with a type; for other schemas if they differ
    in words only.
    """
    if place[-1] in METHODS and len(place) > 1 and place[-3:-2] == ("paths",):
        return "responses" in existing and "responses" in value
    if all(word in one for word in ("name", "in") for one in (existing, value)):
        return True
    if len(place) > 1 and place[-2:-1] == ("schemas",) and "type" in value and "properties" in value:
        return bool(existing.get("type") == value["type"])
    return any(word in value for word in TYPING) and _contains(existing, value)


def _contains(existing: Any, value: Any) -> bool:
    """Whether *existing* has all of *value* except words."""
    if isinstance(existing, dict) and isinstance(value, dict):
        return all(name in WORDS or (name in existing and _contains(existing[name], value[name])) for name in value)
    if isinstance(existing, list) and isinstance(value, list):
        return all(any(_contains(one, entry) for one in existing) for entry in value)
    return type(existing) is type(value) and bool(existing == value)


def has_entry(document: Document, entries: list[Any], entry: Any) -> bool:
    """Whether the list *entries* has *entry*: the same value, or a parameter, tag or server of the same name."""
    wanted = _identity(entry)
    return any(one == entry or (wanted and _identity(_target(document, one)) == wanted) for one in entries)


def _target(document: Document, entry: Any) -> Any:
    try:
        return resolved(document, entry)
    except (LookupError, TypeError, ValueError):
        return entry


def _identity(entry: Any) -> tuple[str, ...] | None:
    """What a list has only once: a parameter by its place and name, a server by its address, a tag by its name."""
    if not isinstance(entry, dict):
        return None
    if "name" in entry and "in" in entry:
        name = str(entry["name"])
        return str(entry["in"]), name.lower() if entry["in"] == "header" else name
    for word in ("url", "name"):
        if isinstance(entry.get(word), str):
            return word, entry[word].rstrip("/")
    return None


def title(place: Path, value: Any) -> str:
    """What is added at *place* of the document, in words: `parameter corridor`, `operation POST /planner`."""
    names = [step for step in place if isinstance(step, str)]
    match value:
        case {"name": name, "in": _}:
            return f"parameter {name}"
        case {"url": url}:
            return f"server {url}"
        case {"name": name} if names[-1:] == ["tags"]:
            return f"tag {name}"
        case str() if names and names[-1] in KINDS:
            return f"{KINDS[names[-1]]} {value}"
    if len(names) > 2 and names[-3] == "paths" and names[-1] in METHODS:
        return f"operation {names[-1].upper()} {names[-2]}"
    kind = KINDS.get(names[-2], "") if len(names) > 1 else ""
    return f"{kind} {names[-1]}".strip() if names else "what it says"


def without(update: Any, parts: Sequence[Path]) -> Any:
    """A copy of *update* without *parts*, nor what contains nothing else; MISSING if nothing is left."""
    kept = deepcopy(update)
    for part in sorted(emptied(update, parts), key=order, reverse=True):
        if not part:
            return MISSING
        holder = kept
        for step in part[:-1]:
            holder = holder[step]
        del holder[part[-1]]
    return kept


def emptied(update: Any, parts: Sequence[Path]) -> list[Path]:
    """*parts*, with those replaced by the object or list that contains them where it contains nothing else."""
    chosen = set(parts)
    for depth in range(max(map(len, chosen), default=0), 0, -1):
        for parent in {part[:-1] for part in chosen if len(part) == depth}:
            inside = {part for part in chosen if part[:-1] == parent and part}
            if len(inside) == len(value_at(update, parent)):
                chosen = {part for part in chosen if part[: len(parent)] != parent} | {parent}
    return sorted(chosen, key=order)


def value_at(update: Any, part: Path) -> Any:
    """The value at *part* of *update*."""
    for step in part:
        update = update[step]
    return update


def order(part: Path) -> list[tuple[int, str]]:
    """By this key parts are in the order in which they stand, so that from last to first indexes stay valid."""
    return [(step, "") if isinstance(step, int) else (0, step) for step in part]
