"""Discriminators: the field that says which model of a union an object is."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from generator.errors import Finding
from generator.python_names import class_name
from generator.spec.pointers import Document, at, composition_of, schemas, steps

COMPONENTS = "#/components/schemas/"
COMPONENT = re.compile(r"/components/schemas/[^/]+")
ASSERTIONS = frozenset({"properties", "required", "additionalProperties", "oneOf", "anyOf"})  # beside an allOf


@dataclass(frozen=True)
class Discriminator:
    """The name of the discriminating field, and the class name for each of its values."""

    field: str
    classes: dict[str, str]


def discriminators(document: Document) -> list[Discriminator]:
    """
    The discriminators of the normalised *document*, one for each set of models.

    Where two unions of the same models differ in it, none is used: the models are then tried in order.
    """
    found: dict[frozenset[str], list[Discriminator]] = {}
    for discriminator in _with_mapping(document):
        classes = {value: class_name(steps(place)[-1]) for value, place in discriminator["mapping"].items()}
        one = Discriminator(discriminator["propertyName"], classes)
        known = found.setdefault(frozenset(classes.values()), [])
        if one not in known:
            known.append(one)
    return [known[0] for known in found.values() if len(known) == 1]


def state_implicit_names(document: Document) -> tuple[Finding, ...]:
    """
    Add to the mapping of each discriminator what OpenAPI implies: the name of each model, beside those that are stated.

    Nothing may have renamed a model before. A base type is one of its own models unless a mapping leaves it out.
    """
    named = document.get("components", {}).get("schemas", {})
    for pointer, schema in schemas(document):
        stated = schema.get("discriminator")
        if not isinstance(stated, dict):
            continue
        mapping = {value: reference_of(place) for value, place in (stated.get("mapping") or {}).items()}
        members = [one.get("$ref") for one in schema.get("oneOf") or schema.get("anyOf") or []]
        owner = f"#{pointer}"
        if not members and COMPONENT.fullmatch(pointer) and (derived := _derived_from(named, owner)):
            members = [*derived, owner] if owner in mapping.values() or not mapping else derived
        implied = {steps(place)[-1]: place for place in members if place}
        stated["mapping"] = {**mapping, **{name: place for name, place in implied.items() if name not in mapping}}
    return ()


def make_explicit(schema: Document) -> None:
    """
    Keep of the discriminator of the union *schema* what leads to its members, and name those that it does not name.

    It is removed if it cannot be used: it has no field, or a member of the union is not a component.
    """
    stated = schema.pop("discriminator", None)
    members = [one for one in schema.get("oneOf") or schema.get("anyOf") or [] if one != {"type": "null"}]
    places = [one.get("$ref") for one in members]
    if not isinstance(stated, dict) or not isinstance(stated.get("propertyName"), str) or None in places:
        return
    mapping = {value: place for value, place in (stated.get("mapping") or {}).items() if place in places}
    mapping |= {steps(place)[-1]: place for place in places if place not in mapping.values()}
    if mapping:
        schema["discriminator"] = {"propertyName": stated["propertyName"], "mapping": mapping}


def expand_base_types(document: Document) -> None:
    """
    Replace references to a base type with a discriminator by the union of its derived types.

    A response that refers to the base may contain any of them. References in `allOf` of the derived types are kept.
    The base itself is a member of the union if it is mapped.
    """
    named = document.get("components", {}).get("schemas", {})
    unions = {f"{COMPONENTS}{name}": _union(named, f"{COMPONENTS}{name}") for name in named}
    for pointer, node in list(schemas(document)):
        parts = node.get("allOf", [])
        described = len(parts) == 1 and not ASSERTIONS & set(node)
        if described and not COMPONENT.fullmatch(pointer):
            part, key = parts[0], "allOf"
        else:
            part, key = node, "$ref"
        union = unions.get(part.get("$ref", ""))
        if union and key in node and not _is_member(document, pointer):
            del node[key]
            node.update(deepcopy(union))


def _union(named: Document, place: str) -> Document | None:
    """The union of the types derived from the base type at *place*; None if it has no discriminator."""
    base = named[steps(place)[-1]]
    stated = base.get("discriminator")
    if "oneOf" in base or "anyOf" in base or not isinstance(stated, dict):
        return None
    derived = _derived_from(named, place)
    del base["discriminator"]
    itself = [place] if place in (stated.get("mapping") or {}).values() else []
    return {"oneOf": [{"$ref": one} for one in [*derived, *itself]], "discriminator": stated} if derived else None


def _derived_from(named: Document, place: str) -> list[str]:
    """The components with allOf of the one at *place*, directly or through others."""
    found: list[str] = []
    for base in (places := [place]):
        for name, schema in named.items():
            one = f"{COMPONENTS}{name}"
            if one not in [place, *found] and any(part.get("$ref") == base for part in schema.get("allOf", [])):
                found.append(one)
                places.append(one)
    return found


def _is_member(document: Document, pointer: str) -> bool:
    """Whether the schema at *pointer* is a member of an allOf, or of a union of more than one type beside null."""
    composition = composition_of(pointer)
    if composition in {"anyOf", "oneOf"}:
        members = at(document, pointer.rpartition("/")[0])
        return len([one for one in members if one != {"type": "null"}]) != 1
    return composition == "allOf"


def rename_mappings(document: Document, references: dict[str, str]) -> None:
    """Replace the references in all mappings as *references* says: from old to new."""
    for discriminator in _with_mapping(document):
        mapping = discriminator["mapping"]
        mapping.update({value: references.get(place, place) for value, place in mapping.items()})


def _with_mapping(document: Document) -> Iterator[Any]:
    for _, schema in schemas(document):
        if isinstance(schema.get("discriminator"), dict) and "mapping" in schema["discriminator"]:
            yield schema["discriminator"]


def reference_of(place: str) -> str:
    """The reference that a mapping means by *place*: itself, or that of the component of this name."""
    return place if place.startswith("#/") else f"{COMPONENTS}{place}"
