"""Discriminators: which field of an object says what model it is, where a spec allows several."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.names import class_name
from generator.pointers import Document, objects, steps


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
    return place if place.startswith("#/") else f"#/components/schemas/{place}"
