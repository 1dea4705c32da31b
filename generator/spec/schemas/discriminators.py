"""Discriminators: the field that says which model of a union an object is."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from generator.errors import Finding
from generator.python_names import class_name
from generator.spec.pointers import Document, at, composition_of, resolved, schemas, steps

COMPONENTS = "#/components/schemas/"
COMPONENT = re.compile(r"/components/schemas/[^/]+")
STATED = "x-stated-values"  # the values of a mapping that the document states; the others are names of models
ASSERTIONS = frozenset({"properties", "required", "additionalProperties", "oneOf", "anyOf"})  # beside an allOf


@dataclass(frozen=True)
class Discriminator:
    """The name of the discriminating field, and the class name for each of its values."""

    field: str
    classes: dict[str, str]


def discriminators(document: Document) -> list[Discriminator]:
    """
    The discriminators of the normalised *document*, one for each set of models, the largest sets first.

    Where two unions of the same models differ in it, none is used: the models are then tried in order.
    """
    found: dict[frozenset[str], list[Discriminator]] = {}
    for discriminator in _with_mapping(document):
        classes = {value: class_name(steps(place)[-1]) for value, place in discriminator["mapping"].items()}
        one = Discriminator(discriminator["propertyName"], classes)
        known = found.setdefault(frozenset(classes.values()), [])
        if one not in known:
            known.append(one)
    return [found[names][0] for names in sorted(found, key=len, reverse=True) if len(found[names]) == 1]


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
        names = {name: place for name, place in implied.items() if name not in mapping}
        stated |= {STATED: list(mapping), "mapping": mapping | names}
    return ()


def make_explicit(document: Document, schema: Document) -> None:
    """
    Complete the discriminator of the union *schema*: beside what is stated, the values that models list, and names.

    Of two that claim one value, a stated mapping wins, then a model that lists it, then one that has the name.

    It is removed if it cannot be used: it has no field, or a member of the union is not a component.
    """
    stated = schema.pop("discriminator", None)
    members = [one for one in schema.get("oneOf") or schema.get("anyOf") or [] if one != {"type": "null"}]
    places = [one.get("$ref") for one in members]
    if not isinstance(stated, dict) or not isinstance(stated.get("propertyName"), str) or None in places:
        return
    places = list(filter(None, places))
    field, places = stated["propertyName"], list(filter(None, places))
    known = {value: place for value, place in (stated.get("mapping") or {}).items() if place in places}
    told = {value: place for value, place in known.items() if value in stated.get(STATED, known)}
    unions = _unions_inside(document, field, [one for one in places if one not in told.values()])
    names = known | {steps(place)[-1]: place for place in places if place not in known.values()}
    names = {value: place for value, place in names.items() if place not in unions}
    mapping: dict[str, str] = {}
    for found in (told, *unions.values(), _listed_values(document, field, places), names):
        mapping |= {value: place for value, place in found.items() if value not in mapping}
    if mapping:
        schema["discriminator"] = {"propertyName": field, "mapping": mapping}


def _unions_inside(document: Document, field: str, places: list[str]) -> dict[str, dict[str, str]]:
    """The mappings of those schemas at *places* that are unions themselves, by the same *field*; they are completed."""
    found = {}
    for place in places:
        inner = resolved(document, {"$ref": place})
        if inner.get("discriminator", {}).get("propertyName") == field:
            make_explicit(document, inner)
            found[place] = inner.get("discriminator", {}).get("mapping", {})
    return found


def _listed_values(document: Document, field: str, places: list[str]) -> dict[str, str]:
    """The values of *field* that one of the models at *places* lists alone, or in a shorter list than all others."""
    listed = {place: _listed(document, field, place) for place in places}
    found: dict[str, str] = {}
    for place, values in listed.items():
        others = [other for one, other in listed.items() if one != place and len(other) <= len(values)]
        found |= {value: place for value in values if not any(value in other for other in others)}
    return found


def _listed(document: Document, field: str, place: str) -> list[str]:
    """The texts that the model at *place* lists for *field*."""
    found = resolved(document, resolved(document, {"$ref": place}).get("properties", {}).get(field, {}))
    values = [found["const"]] if "const" in found else found.get("enum", [])
    return [value for value in values if isinstance(value, str)]


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
        if union and key in node and not _is_member(document, pointer, union):
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


def _is_member(document: Document, pointer: str, union: Document) -> bool:
    """Whether the schema at *pointer* is a member of an allOf, or of a union that names members of *union* itself."""
    composition = composition_of(pointer)
    if composition not in {"anyOf", "oneOf"}:
        return composition == "allOf"
    members = pointer.rpartition("/")[0]
    holder = at(document, members.rpartition("/")[0])
    beside = [one for one in at(document, members) if one in union["oneOf"]]
    return "discriminator" in holder or len(beside) > 1


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
