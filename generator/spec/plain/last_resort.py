"""Plain forms of what openapi-python-client cannot parse, though no rule of this package knows why."""

from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, steps

KEPT = ("description", "title", "deprecated", "readOnly", "writeOnly")


def make_plain(document: Document, pointer: str, why: str) -> Finding | None:
    """Replace the schema at *pointer* by one that accepts any JSON; None if nothing of it can be replaced."""
    found = _at(document, pointer)
    if not isinstance(found, dict) or not set(found) - set(KEPT):
        return None
    parent, _, key = pointer.rpartition("/")
    if parent.endswith("/allOf"):
        at(document, parent)[int(key)] = {}
        return pointer, f"this part of allOf is left out: {why}"
    kept = {name: found[name] for name in KEPT if name in found}
    found.clear()
    found.update(kept)
    return pointer, f"any JSON is accepted: {why}"


def remove_part(document: Document, pointer: str, why: str) -> Finding | None:
    """Remove the value at *pointer*, which has a wrong form; None if it is not there."""
    parent, _, _ = pointer.rpartition("/")
    holder, key = _at(document, parent), steps(pointer)[-1]
    if isinstance(holder, list) and key.isdecimal() and int(key) < len(holder):
        del holder[int(key)]
    elif isinstance(holder, dict) and key in holder:
        del holder[key]
    else:
        return None
    return pointer, f"it is left out: {why}"


def tell_apart(document: Document, pointer: str, name: str, number: int) -> Finding | None:
    """Give the schema at *pointer* a title with *number*, which becomes part of its class: another one is *name*."""
    schema = _at(document, pointer)
    while isinstance(schema, dict) and isinstance(schema.get("items"), dict):  # a list has the class of its items
        schema, pointer = schema["items"], joined(pointer, "items")
    if not isinstance(schema, dict) or "$ref" in schema:
        return None
    base = str(schema.get("title") or steps(pointer)[-1])
    text, _, last = base.rpartition(" ")
    schema["title"] = f"{text if text and last.isdecimal() else base} {number}"
    return pointer, f"another model is named {name}; this one has the title {schema['title']}"


def leave_out_operation(document: Document, pointer: str, why: str) -> Finding | None:
    """Remove the operation at *pointer*, the last resort of all."""
    _, path, method = steps(pointer)
    if method not in document.get("paths", {}).get(path, {}):
        return None
    operation = document["paths"][path].pop(method)
    return joined("/paths", path), f"THE OPERATION {operation.get('operationId')} IS LEFT OUT: {why}"


def _at(document: Document, pointer: str) -> Any:
    try:
        return at(document, pointer)
    except (LookupError, ValueError, TypeError):
        return None
