"""The kinds of value that a schema allows, each with a short name for messages."""

from dataclasses import replace

from generator.diff.values.effective_schema import Effective, base_name, effective, is_class, is_object, reference_of
from generator.diff.values.python_names import Naming
from generator.spec.pointers import Document, resolved, steps

ANYTHING, TEXT, UUID = "anything", "string", "string (uuid)"
TYPED_FORMATS = ("date", "date-time", "uuid", "binary")  # those whose values are no str in Python

Kinds = dict[str, Effective]


def value_kinds(document: Document, schema: Document, naming: Naming, within: frozenset[str] = frozenset()) -> Kinds:
    """
    The kinds of value that the normalised *schema* allows; its classes are named as *naming* says.

    A reference to a class is a kind of its own, and compared elsewhere; one to another name is followed. *within* are
    the references that are being followed, against circles.
    """
    place = reference_of(schema)
    if place is None:
        whole = replace(effective(document, schema), naming=naming, title=schema.get("title"))
        return kinds_of(document, whole, within)
    target = resolved(document, {"$ref": place})
    if is_class(document, target):
        return {base_name(place): Effective()}
    if place in within:
        return {ANYTHING: Effective()}
    return value_kinds(document, target, Naming("", steps(place)[-1]), within | {place})


def kinds_of(document: Document, schema: Effective, within: frozenset[str] = frozenset()) -> Kinds:
    """The same for a schema without allOf."""
    members = [*schema.keywords.get("anyOf", []), *schema.keywords.get("oneOf", [])]
    found: Kinds = {}
    for index, member in enumerate(members):
        title = member.get("title")
        naming = (schema.naming or Naming("", "")).part(
            str(title) if title and title != schema.title else f"type_{index}"
        )
        for name, inner in value_kinds(document, member, naming, within).items():
            found[_free(name, found)] = inner
    types = schema.keywords.get("type") or _type_of(schema.keywords.get("enum"))
    if members:
        if schema.properties:
            found[_free("object", found)] = schema
        return found
    if isinstance(types, list):
        return {_name(schema, kind): schema for kind in types}
    return {_name(schema, types): schema}


def _type_of(values: list[object] | None) -> str | None:
    """The type that an enum of *values* has, also where the schema states none."""
    kinds = {type(value) for value in values or () if value is not None}
    return {frozenset({str}): TEXT, frozenset({int}): "integer"}.get(frozenset(kinds))


def _free(name: str, taken: Kinds) -> str:
    """*name*, or with a number if another member of the union has it: `object 2`; a class or null is there once."""
    number = 2
    chosen = name
    while chosen in taken and name in {"object", "array"}:
        chosen, number = f"{name} {number}", number + 1
    return chosen


def _name(schema: Effective, kind: object) -> str:
    if "const" in schema.keywords:
        return f"constant {schema.keywords['const']!r}"
    if kind == "array":
        return "array"
    if kind in {None, "object"} and is_object(schema):
        return "object"
    if kind == "string" and schema.keywords.get("format") in TYPED_FORMATS and "enum" not in schema.keywords:
        return f"string ({schema.keywords['format']})"
    return str(kind or ANYTHING)
