"""Discriminators: which field of an object says what model it is, where a spec allows several."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from generator.names import class_name
from generator.pointers import Document, objects, steps


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

    What reads the base may get any of them, so that wherever it is referred to stands a union. Models that are made
    of it go on being made of it, and it is itself a member unless its discriminator names models for all else.
    """
    schemas = document.get("components", {}).get("schemas", {})
    unions = {f"{COMPONENTS}{name}": union for name, base in schemas.items() for union in [_union(schemas, name, base)]}
    for pointer, node in list(objects(document)):
        union = unions.get(node.get("$ref", ""))
        if union and not pointer.rpartition("/")[0].endswith(("/allOf", "/oneOf", "/anyOf")):
            del node["$ref"]
            node.update(deepcopy(union))


def _union(schemas: Document, name: str, base: Document) -> Document | None:
    """The union of the models that are made of the base *name*."""
    stated = base.get("discriminator")
    if "oneOf" in base or "anyOf" in base or not isinstance(stated, dict):
        return None
    place = f"{COMPONENTS}{name}"
    derived = [f"{COMPONENTS}{one}" for one, schema in schemas.items() if _is_made_of(schema, place)]
    del base["discriminator"]
    return {"oneOf": [{"$ref": one} for one in derived], "discriminator": stated} if derived else None


def _is_made_of(schema: Document, place: str) -> bool:
    return any(part.get("$ref") == place for part in schema.get("allOf", []))


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
