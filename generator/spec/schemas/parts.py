"""The parts that a schema is all of: its own, and those that `allOf` and references add."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from generator.errors import Finding
from generator.spec.pointers import Document, resolved
from generator.spec.schemas.merge import assertions, merged

UNIONS = ("oneOf", "anyOf")
Chain = frozenset[str]  # the references that led to a schema


@dataclass
class Source:
    """The document, its components as they were, and what was found."""

    document: Document
    original: Document
    findings: list[Finding] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    named: frozenset[str] = frozenset()  # the components that a discriminator tells apart

    @property
    def components(self) -> Document:
        """The components as they become, by name."""
        found: Document = self.document["components"]["schemas"]
        return found


def parts_of_schema(source: Source, schema: Document, chain: Chain) -> Iterator[Document]:
    """The schemas that *schema* is all of, without references and `allOf`, the bases first and its own part last."""
    references = [{"$ref": schema["$ref"]}] if "$ref" in schema else []
    for one in [*references, *schema.get("allOf", [])]:
        place = one.get("$ref")
        if place is None or assertions({key: value for key, value in one.items() if key != "$ref"}):
            yield from parts_of_schema(source, one, chain)
        elif place not in chain:
            yield from parts_at(source, place, chain)
    rest = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    if rest:
        yield rest


def parts_at(source: Source, place: str, chain: Chain) -> Iterator[Document]:
    """The parts of the schema at *place*, without its description; and without a union that leads back to *chain*."""
    for part in parts_of_schema(source, resolved(source.original, {"$ref": place}), chain | {place}):
        plain = {key: value for key, value in part.items() if key == "nullable" or assertions({key: value})}
        members = [one.get("$ref") for key in UNIONS for one in part.get(key, [])]
        if chain & set(members):
            plain = {key: value for key, value in plain.items() if key not in UNIONS}
        elif members and isinstance(part.get("discriminator"), dict):
            plain["discriminator"] = part["discriminator"]
        if plain:
            yield plain


def annotations_of(parts: list[Document], own: Document) -> Document:
    """Title, description and the like of inline parts, where the schema has none of its own."""
    found: Document = {}
    for part in parts:
        found |= {key: value for key, value in part.items() if not assertions({key: value}) and key not in own}
    found.pop("discriminator", None)
    if found.pop("nullable", False) and all(part.get("nullable") for part in parts if assertions(part)):
        found["nullable"] = True
    return found


def described_by(source: Source, schema: Document, parts: list[Document]) -> str:
    """The reference that *schema* adds nothing to; empty if there is none, or more than one."""
    members = [schema, *schema.get("allOf", [])]
    found = [one["$ref"] for one in members if "$ref" in one]
    if len(found) != 1:
        return ""
    alone = list(parts_at(source, found[0], frozenset()))
    return found[0] if merged(alone) == merged(parts) and unions_of(alone) == unions_of(parts) else ""


def unions_of(parts: list[Document]) -> list[list[Document]]:
    """The members of each union among *parts*."""
    return [part[key] for part in parts for key in UNIONS if key in part]
