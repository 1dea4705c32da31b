"""Makes every reference lead to a component of the kind that is expected; reports those that lead nowhere."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, objects, references, steps
from generator.spec.shape import kinds_of

SECTIONS = {
    "schema": "schemas",
    "parameter": "parameters",
    "body": "requestBodies",
    "response": "responses",
    "scheme": "securitySchemes",
}
# What stands for a part that does not exist.
PLAIN: dict[str | None, Document] = {
    "response": {"description": ""},
    "body": {"content": {"application/json": {}}},
}
SAID = {
    "schema": "any JSON is accepted",
    "response": "its body is not read",
    "body": "any JSON is sent",
    "parameter": "the parameter is removed",
    "path": "the path is removed",
}
GENERIC = frozenset({"properties", "items", "schema", "content", "allOf", "anyOf", "oneOf", "$defs", "definitions"})
Part = tuple[str, Document]  # a JSON pointer, and the object that is there


def localise_references(document: Document) -> list[Finding]:
    """Inline or move what is referred to outside of the components; return the references that lead nowhere."""
    kinds = kinds_of(document)
    nodes = [(pointer, node) for pointer, node in objects(document) if isinstance(node.get("$ref"), str)]
    # What is inside of others first, so that no copy has references that are not local yet.
    nodes.sort(key=lambda part: {"schema": 0, "path": 2}.get(kinds.get(part[0], ""), 1))
    targets = {reference: _target(document, reference) for _, reference in references(document)}
    findings = [found for part in nodes for found in _localise(document, part, kinds, targets)]
    _drop_parts(document)
    return findings


def _localise(
    document: Document, part: Part, kinds: dict[str, str], targets: dict[str, Part | None]
) -> Iterator[Finding]:
    pointer, node = part
    kind, reference = kinds.get(pointer), node.get("$ref")
    target = targets.get(reference) or _enclosed(document, pointer, reference) if isinstance(reference, str) else None
    found_kind = kinds.get(target[0]) if target else None
    if target is None or (found_kind and kind and found_kind != kind):
        why = f", which is not a {kind}" if target else _why_not(document, reference)
        _make_plain(node, kind)
        yield pointer, f"$ref to {reference}{why}; {SAID.get(str(kind), 'it is removed')}"
    elif kind == "schema":
        node["$ref"] = _component(document, *target)
    elif kind in SECTIONS and _is_component(target[0], kind) and not pointer.startswith("/components/"):
        node["$ref"] = f"#{target[0]}"
    elif kind is not None:
        own = {key: value for key, value in node.items() if key != "$ref"} if kind == "path" else {}
        node.clear()
        node.update(deepcopy(target[1]) | own)


def _enclosed(document: Document, pointer: str, reference: str) -> Part | None:
    """What *reference* leads to from a schema around *pointer*: JSON Schema has `$defs` of its own in each schema."""
    around = steps(pointer)
    for count in range(len(around), 0, -1) if reference.startswith(("#/$defs/", "#/definitions/")) else ():
        found = _target(document, f"#{joined('', *around[:count])}{reference[1:]}")
        if found:
            return found
    return None


def _why_not(document: Document, reference: Any) -> str:
    if not str(reference).startswith("#"):
        return ": references to other files are not followed"
    if not str(reference).startswith("#/"):
        return ": references to anchors are not followed"
    try:
        at(document, str(reference).removeprefix("#"))
    except (LookupError, ValueError, TypeError):
        return ", which does not exist"
    return ", which is a circular reference"


def _target(document: Document, reference: str) -> Part | None:
    """The last object that *reference* leads to, with its pointer; None where it leads nowhere."""
    seen: set[str] = set()
    node: Any = {"$ref": reference}
    pointer = ""
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        place = node["$ref"]
        if place in seen or not place.startswith("#/"):
            return None
        seen.add(place)
        try:
            pointer, node = _at(document, place.removeprefix("#"))
        except (LookupError, ValueError, TypeError):
            return None
    return (pointer, node) if isinstance(node, dict) else None


def _at(document: Document, pointer: str) -> tuple[str, Any]:
    """The value at *pointer* as it is written or, as the fragment of an address, with its percent-escapes undone."""
    try:
        return pointer, at(document, pointer)
    except (LookupError, ValueError, TypeError):
        plain = unquote(pointer)
        return plain, at(document, plain)


def _make_plain(node: Document, kind: str | None) -> None:
    node.clear()
    node.update(deepcopy(PLAIN.get(kind, {})))
    if kind in {"parameter", "path", "scheme"}:
        node["x-dropped"] = True


def _drop_parts(document: Document) -> None:
    """Remove parameters, paths and security schemes that referred to nothing."""
    for _, node in list(objects(document)):
        for key, held in list(node.items()):
            if isinstance(held, list):
                held[:] = [one for one in held if not _is_dropped(one)]
            elif _is_dropped(held):
                del node[key]


def _is_dropped(node: Any) -> bool:
    return isinstance(node, dict) and node.get("x-dropped") is True


def _is_component(pointer: str, kind: str) -> bool:
    return steps(pointer)[:-1] == ["components", SECTIONS[kind]]


def _component(document: Document, pointer: str, schema: Document) -> str:
    """The reference to *schema*, which becomes a component if it is none."""
    if _is_component(pointer, "schema"):
        return f"#{pointer}"
    if "$ref" in schema:  # it was made one meanwhile
        return str(schema["$ref"])
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    name = _free_name(pointer, schemas)
    schemas[name] = dict(schema)
    schema.clear()
    schema["$ref"] = f"#{joined('/components/schemas', name)}"
    return str(schema["$ref"])


def _free_name(pointer: str, taken: Document) -> str:
    """A name for the schema at *pointer*, of as few of its last steps as are needed to be unique."""
    words = [one for one in steps(pointer) if one not in GENERIC and not one.isdecimal()]
    for count in range(1, len(words) + 1):
        name = "_".join(words[-count:])
        if name not in taken:
            return name
    return next(name for number in range(2, len(taken) + 3) if (name := f"{words[-1]}_{number}") not in taken)
