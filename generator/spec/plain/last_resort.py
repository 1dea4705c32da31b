"""Plain forms of what openapi-python-client cannot parse, though no rule of this package knows why."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from generator.errors import Finding
from generator.python_names import class_name, module_name
from generator.spec.pointers import Document, at, joined, schemas, steps

COMPONENTS = "/components/schemas"
FIELD = re.compile(r"(.*/properties/)[^/]+")  # greedy: the innermost field of a place
UNIONS = ("oneOf", "anyOf")
KEYWORDS = frozenset({"properties", "items", "additionalProperties", "content", "schema", *UNIONS})
DEPTH = 3  # steps of the pointer of an operation or a component
KEPT = ("description", "title", "deprecated", "readOnly", "writeOnly")


def make_plain(document: Document, pointer: str, why: str) -> list[Finding] | None:
    """Replace the schema at *pointer* by one that accepts any JSON; None if nothing of it can be replaced."""
    found = _at(document, pointer)
    if not isinstance(found, dict) or not set(found) - set(KEPT):
        return None
    if "in" in found and "schema" in found:
        if found["schema"] == {"type": "string"}:
            return None
        found["schema"] = {"type": "string"}
        return [(pointer, f"its value is sent as a string: {why}")]
    parent, _, key = pointer.rpartition("/")
    if parent.endswith("/allOf"):
        at(document, parent)[int(key)] = {}
        return [(pointer, f"this part of allOf is left out: {why}")]
    kept = {name: found[name] for name in KEPT if name in found}
    found.clear()
    found.update(kept)
    return [(pointer, f"any JSON is accepted: {why}")]


def remove_part(document: Document, pointer: str, why: str) -> list[Finding] | None:
    """Remove the value at *pointer*, which has a wrong form; None if it is not there."""
    parent, _, _ = pointer.rpartition("/")
    holder, key = _at(document, parent), steps(pointer)[-1]
    if isinstance(holder, list) and key.isdecimal() and int(key) < len(holder):
        del holder[int(key)]
    elif isinstance(holder, dict) and key in holder:
        del holder[key]
    else:
        return None
    return [(pointer, f"it is left out: {why}")]


def make_component(document: Document, pointer: str, name: str) -> list[Finding] | None:
    """
    Make the inline schema at *pointer* a component, as the parser makes a second class *name* of it.

    It gets that name, or one with `Model` at its end if another model has it; equal schemas become one model. Other
    fields of the same object get the same class by their title, so they are moved too: the parser names one at a time.
    None if there is no such schema.
    """
    schema = _at(document, pointer)
    while isinstance(schema, dict) and isinstance(schema.get("items"), dict):  # a list has the class of its items
        schema, pointer = schema["items"], joined(pointer, "items")
    if not isinstance(schema, dict) or "$ref" in schema or pointer.rpartition("/")[0] == COMPONENTS:
        return None
    findings: list[Finding] = []
    for place, one in [(pointer, schema), *_of_same_title(document, pointer, schema)]:
        used = _component_of(document["components"]["schemas"], name, one)
        one.clear()
        one["$ref"] = f"#{joined(COMPONENTS, used)}"
        if used != name:
            findings.append((place, f"another model is named {name}; this one is named {used}"))
    return findings


def _of_same_title(document: Document, pointer: str, schema: Document) -> list[tuple[str, Document]]:
    """The other schemas with the title of *schema* in fields of the object that has a field at *pointer*."""
    field = FIELD.match(pointer)
    if field is None or "title" not in schema:
        return []
    found = [(place, one) for place, one in schemas(document) if place.startswith(field[1])]
    return [
        (place, one)
        for place, one in reversed(found)
        if one is not schema and one.get("title") == schema["title"] and "/properties/" not in place[len(field[1]) :]
    ]


def _component_of(named: Document, name: str, schema: Document) -> str:
    """The key in *named* of the component that *schema* becomes: *name*, or the first one that is free or equal."""
    body = {key: value for key, value in schema.items() if key != "title"}
    classes = {class_name(one) for one in named}
    modules = {module_name(one) for one in classes}
    for one in _numbered(name):
        if named.get(one) == body:
            return one
        if one not in classes and module_name(one) not in modules:
            named[one] = body
            return one
    raise AssertionError  # the names have no end


def _numbered(name: str) -> Iterator[str]:
    yield from (name, f"{name}Model")
    yield from (f"{name}Model{number}" for number in count(2))


def member_name(document: Document, pointer: str) -> str:
    """A name for the member of a union at *pointer*, of its component or operation and the steps on the way."""
    *way, index = steps(pointer)
    path = way[1:DEPTH] if way[0] == "paths" else None
    first = at(document, joined("/paths", *path))["operationId"] if path else way[2]
    words = [one for one in way[DEPTH:] if one not in KEYWORDS and "/" not in one]
    return class_name("_".join([first, *words, f"type_{index}"]))


def union_members(document: Document, place: str) -> dict[str, Document]:
    """The inline objects in the union at *place*, by their pointers; as components they have names of their own."""
    schema = at(document, place)
    found = {joined(place, key, index): one for key in UNIONS for index, one in enumerate(schema.get(key, []))}
    return {pointer: one for pointer, one in found.items() if "properties" in one}


def make_components(document: Document, place: str) -> list[Finding]:
    """Make the members of the union at *place* components; what was said of them."""
    made = [make_component(document, one, member_name(document, one)) for one in union_members(document, place)]
    return [said for found in made if found for said in found]


def leave_out_operation(document: Document, pointer: str, why: str) -> list[Finding] | None:
    """Remove the operation at *pointer*, the last resort of all."""
    _, path, method = steps(pointer)
    if method not in document.get("paths", {}).get(path, {}):
        return None
    operation = document["paths"][path].pop(method)
    return [(joined("/paths", path), f"THE OPERATION {operation.get('operationId')} IS LEFT OUT: {why}")]


def _at(document: Document, pointer: str) -> Any:
    try:
        return at(document, pointer)
    except (LookupError, ValueError, TypeError):
        return None
