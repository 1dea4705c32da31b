"""Discriminators: which field of an object says what model it is, where a spec allows several."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from generator.names import class_name
from generator.pointers import Document, at, objects, steps

COMPONENTS = "#/components/schemas/"


@dataclass(frozen=True)
class Kinds:
    """The field that tells the models of a union apart, and the class that each of its values stands for."""

    field: str
    classes: dict[str, str]


def kinds(document: Document) -> list[Kinds]:
    """What the unions of the normalised *document* say, once for each set of models."""
    found: dict[frozenset[str], Kinds] = {}
    for discriminator in _discriminators(document):
        classes = {value: class_name(steps(place)[-1]) for value, place in discriminator["mapping"].items()}
        found.setdefault(frozenset(classes.values()), Kinds(discriminator["propertyName"], classes))
    return list(found.values())


def explicit(schema: Document) -> None:
    """
    Write out what the discriminator of the union *schema* leaves to be inferred: each model's name, as a reference.

    One that says nothing of use is dropped: it tells components apart, and some member is none, or has no field.
    """
    stated = schema.pop("discriminator", None)
    members = [one for one in schema.get("oneOf") or schema.get("anyOf") or [] if one != {"type": "null"}]
    places = [one.get("$ref") for one in members]
    if not isinstance(stated, dict) or not isinstance(stated.get("propertyName"), str) or None in places:
        return
    named = {value: _reference(place) for value, place in (stated.get("mapping") or {}).items()}
    mapping = {value: place for value, place in named.items() if place in places}
    mapping |= {steps(place)[-1]: place for place in places if place not in mapping.values()}
    if mapping:
        schema["discriminator"] = {"propertyName": stated["propertyName"], "mapping": mapping}


def on_bases(document: Document) -> None:
    """
    Put the models of a base type in its place: one that tells its derived models apart, but lists them nowhere.

    What reads the base may get any of them, so that wherever it is referred to stands a union; what is made of it
    goes on being made of it. The base is a member where its discriminator does not say that it is none.
    """
    schemas = document.get("components", {}).get("schemas", {})
    unions = {f"{COMPONENTS}{name}": _union(schemas, f"{COMPONENTS}{name}") for name in schemas}
    for pointer, node in list(objects(document)):
        parts = node.get("allOf", [])
        if len(parts) == 1 and not re.fullmatch(r"/components/schemas/[^/]+", pointer):  # how 3.0 describes a reference
            part, held = parts[0], "allOf"
        else:
            part, held = node, "$ref"
        union = unions.get(part.get("$ref", ""))
        if union and held in node and _is_alone(document, pointer.rpartition("/")[0]):
            del node[held]
            node.update(deepcopy(union))


def _union(schemas: Document, place: str) -> Document | None:
    """The union of the models that are made of the base at *place*."""
    base = schemas[steps(place)[-1]]
    stated, derived = base.get("discriminator"), _made_of(schemas, place)
    if "oneOf" in base or "anyOf" in base or not isinstance(stated, dict):
        return None
    del base["discriminator"]
    named = {_reference(one) for one in (stated.get("mapping") or {}).values()}
    itself = [place] if place in named or not named else []
    return {"oneOf": [{"$ref": one} for one in [*derived, *itself]], "discriminator": stated} if derived else None


def _made_of(schemas: Document, place: str) -> list[str]:
    """The components that are made of the one at *place*, and those that are made of these."""
    found: list[str] = []
    for base in (places := [place]):
        for name, schema in schemas.items():
            one = f"{COMPONENTS}{name}"
            if one not in [place, *found] and any(part.get("$ref") == base for part in schema.get("allOf", [])):
                found.append(one)
                places.append(one)
    return found


def _is_alone(document: Document, holder: str) -> bool:
    """Whether what *holder* holds is no part of something else: a union lists its members itself, but for null."""
    if holder.endswith(("/anyOf", "/oneOf")):
        return len([one for one in at(document, holder) if one != {"type": "null"}]) == 1
    return not holder.endswith("/allOf")


def moved(document: Document, places: dict[str, str]) -> None:
    """Follow components that have new *places*."""
    for discriminator in _discriminators(document):
        mapping = discriminator["mapping"]
        mapping.update({value: places.get(place, place) for value, place in mapping.items()})


def _discriminators(document: Document) -> Iterator[Any]:
    for _, schema in objects(document):
        if isinstance(schema.get("discriminator"), dict) and "mapping" in schema["discriminator"]:
            yield schema["discriminator"]


def _reference(place: str) -> str:
    return place if place.startswith("#/") else f"{COMPONENTS}{place}"
