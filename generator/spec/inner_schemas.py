"""Moves schemas that are referred to by their place inside others, as those in `$defs`, to the components."""

from itertools import chain, count
from typing import Any

from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.pointers import Document, at, schemas, steps

COMPONENTS = "#/components/schemas/"
COMPONENT_DEPTH = 3


def move_inner_schemas(document: Document) -> None:
    """Make a component of each inner schema that a reference leads to; `$defs` are then of no more use."""
    holders = dict(schemas(document))
    wanted = {str(node["$ref"]) for node in holders.values() if isinstance(node.get("$ref"), str)}
    inner = {place for place in wanted if place.removeprefix("#") in holders and not _is_component(place)}
    moved: dict[str, str] = {}
    for place in sorted(inner, key=lambda one: (-len(steps(one)), one)):  # the innermost first
        moved[place] = _moved(document, place)
    for _, node in list(schemas(document)):
        if node.get("$ref") in moved:
            node["$ref"] = moved[node["$ref"]]
        for keyword in ("$defs", "definitions"):
            node.pop(keyword, None)


def _is_component(place: str) -> bool:
    return place.startswith(COMPONENTS) and len(steps(place)) == COMPONENT_DEPTH


def _moved(document: Document, place: str) -> str:
    """Move the schema at *place* to the components, and refer to it from there; the new place."""
    schema: Any = at(document, place.removeprefix("#"))
    if set(schema) == {"$ref"}:
        return str(schema["$ref"])
    components = document.setdefault("components", {}).setdefault("schemas", {})
    taken = {*RESERVED_CLASSES, *map(class_name, components)}
    path = steps(place)
    plain = class_name(path[-1] if not path[-1].isdigit() else "_".join(path[-2:]))
    whole = class_name("_".join(path[2:])) if path[1] == "schemas" else plain
    numbered = (f"{whole}{number}" for number in count(2))
    name = next(one for one in chain((plain, whole), numbered) if class_name(one) not in taken)
    components[name] = dict(schema)
    schema.clear()
    schema["$ref"] = f"{COMPONENTS}{name}"
    return f"{COMPONENTS}{name}"
