"""
Composition: each `allOf`, and each union beside fields, becomes one schema or a union of whole schemas.

The emitters read plain objects, unions and references alone. A reference with a description beside it stays one.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import count

from generator.errors import Finding
from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.pointers import Document, resolved, schemas, steps
from generator.spec.schemas.discriminators import COMPONENTS, reference_of
from generator.spec.schemas.merge import OBJECT_KEYWORDS, ContradictionError, assertions, merged

MAX_VARIANTS = 32
COMPONENT = re.compile(r"/components/schemas/([^/]+)")
UNIONS = ("oneOf", "anyOf")
# The keywords of alternatives that say which fields must come together, but not what they are.
CONDITIONS = frozenset({"required", "not", "minProperties", "maxProperties", "dependentRequired", "type"})
Chain = frozenset[str]  # the references that led to a schema


@dataclass
class _Variant:
    """One whole schema of a union: the schema itself, or the reference *place* where nothing is added to it."""

    schema: Document
    place: str = ""
    whole: bool = False


@dataclass
class _Source:
    """The document, its components as they were, and what was found."""

    document: Document
    original: Document
    findings: list[Finding] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    named: frozenset[str] = frozenset()  # the components that a discriminator tells apart

    @property
    def components(self) -> Document:
        found: Document = self.document["components"]["schemas"]
        return found


def compose(document: Document) -> list[Finding]:
    """Write every composition of *document* as plain schemas, in place; return what they cannot express."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    source = _Source(document, {"components": {"schemas": deepcopy(components)}}, named=_named(document))
    _compose_all(source, document)
    for name in source.added:  # which grows
        _compose_all(source, {"components": {"schemas": {name: components[name]}}})
    return source.findings


def _named(document: Document) -> frozenset[str]:
    mappings = [
        one["discriminator"].get("mapping") or {}
        for _, one in schemas(document)
        if isinstance(one.get("discriminator"), dict)
    ]
    return frozenset(reference_of(place) for mapping in mappings for place in mapping.values())


def _compose_all(source: _Source, part: Document) -> None:
    for pointer, schema in schemas(part):  # which goes on into what is written here
        if _is_composed(source, schema):
            result = _composed(source, pointer, schema)
            schema.clear()
            schema.update(result)


def _is_composed(source: _Source, schema: Document) -> bool:
    if "allOf" in schema:
        return True
    beside = {key: value for key, value in schema.items() if key not in UNIONS}
    if "$ref" in schema:
        return source.document.get("openapi", "").startswith("3.1") and assertions(beside) > {"$ref"}
    return any(key in schema for key in UNIONS) and bool(assertions(beside))


def _composed(source: _Source, pointer: str, schema: Document) -> Document:
    """*schema* without `allOf`, and with whole schemas in its union."""
    own = {key: value for key, value in schema.items() if not assertions({key: value})}
    owner = COMPONENT.fullmatch(pointer)
    place = f"{COMPONENTS}{owner[1]}" if owner else ""
    chain = frozenset({place} if place else ())
    parts = list(_parts(source, schema, chain))
    own |= _annotations(parts, own)
    if any(one.get("nullable") is True and not assertions(one) for one in schema.get("allOf", [])):
        own["nullable"] = True  # a part that says nothing else is meant for the whole
    try:
        reference = _described(source, schema, parts)
        if reference and not (place in source.named and "properties" in merged(parts)):
            return {**own, "allOf": [{"$ref": reference}]} if own else {"$ref": reference}
        variants = _variants(source, pointer, parts, chain)
    except ContradictionError as error:
        source.findings.append((pointer, f"{error}; any value is accepted"))
        return own
    if len(variants) > MAX_VARIANTS:
        source.findings.append((pointer, "there are too many combinations of alternatives; any value is accepted"))
        return own
    if len(variants) == 1:
        said = " ".join(filter(None, (own.get("description"), variants[0].schema.get("description"))))
        return own | variants[0].schema | ({"description": said} if said else {})
    return _union(source, pointer, own, variants, parts)


def _parts(source: _Source, schema: Document, chain: Chain) -> Iterator[Document]:
    """The schemas that *schema* is all of, without references and `allOf`, the bases first and its own part last."""
    references = [{"$ref": schema["$ref"]}] if "$ref" in schema else []
    for one in [*references, *schema.get("allOf", [])]:
        place = one.get("$ref")
        if place is None or assertions({key: value for key, value in one.items() if key != "$ref"}):
            yield from _parts(source, one, chain)
        elif place not in chain:
            yield from _parts_of(source, place, chain)
    rest = {key: value for key, value in schema.items() if key not in {"$ref", "allOf"}}
    if rest:
        yield rest


def _parts_of(source: _Source, place: str, chain: Chain) -> Iterator[Document]:
    """The parts of the schema at *place*, without its description; and without a union that leads back to *chain*."""
    for part in _parts(source, resolved(source.original, {"$ref": place}), chain | {place}):
        plain = {key: value for key, value in part.items() if key == "nullable" or assertions({key: value})}
        members = [one.get("$ref") for key in UNIONS for one in part.get(key, [])]
        if chain & set(members):
            plain = {key: value for key, value in plain.items() if key not in UNIONS}
        elif members and isinstance(part.get("discriminator"), dict):
            plain["discriminator"] = part["discriminator"]
        if plain:
            yield plain


def _annotations(parts: list[Document], own: Document) -> Document:
    """Title, description and the like of inline parts, where the schema has none of its own."""
    found: Document = {}
    for part in parts:
        found |= {key: value for key, value in part.items() if not assertions({key: value}) and key not in own}
    found.pop("discriminator", None)
    if found.pop("nullable", False) and all(part.get("nullable") for part in parts if assertions(part)):
        found["nullable"] = True
    return found


def _described(source: _Source, schema: Document, parts: list[Document]) -> str:
    """The reference that *schema* adds nothing to; empty if there is none, or more than one."""
    members = [schema, *schema.get("allOf", [])]
    found = [one["$ref"] for one in members if "$ref" in one]
    if len(found) != 1:
        return ""
    alone = list(_parts_of(source, found[0], frozenset()))
    return found[0] if merged(alone) == merged(parts) and _unions(alone) == _unions(parts) else ""


def _unions(parts: list[Document]) -> list[list[Document]]:
    return [part[key] for part in parts for key in UNIONS if key in part]


def _variants(source: _Source, pointer: str, parts: list[Document], chain: Chain) -> list[_Variant]:
    """The schemas of which a value that fits all *parts* is one: one for each choice from the unions among them."""
    base, unions = merged(parts), _unions(parts)
    real = [union for union in unions if not _only_conditions(source, union)]
    if len(real) < len(unions):
        _tell_conditions(source, pointer, base, [union for union in unions if union not in real])
    if not real:
        return [_Variant(base)]
    found: list[_Variant] = []
    others = [{"anyOf": union} for union in real[1:]]
    for member in real[0]:
        found += _chosen(source, pointer, member, [base, *others], chain)
        if len(found) > MAX_VARIANTS:
            break
    if not found:
        raise ContradictionError("no alternative fits the rest of the schema")
    return found


def _chosen(source: _Source, pointer: str, member: Document, beside: list[Document], chain: Chain) -> list[_Variant]:
    """The variants with *member* of a union, none where it contradicts what stands *beside* it."""
    place = member.get("$ref", "")
    if place in chain:
        return []
    derived = place and _derives_from(source, place, chain)
    alone = list(_parts_of(source, place, chain)) if place else list(_parts(source, member, chain))
    try:
        together = merged([*beside, *alone])
        if derived or (len(beside) == 1 and _adds_nothing(beside[0], together, merged(alone))):
            return [_Variant(member if place else together | _annotations(alone, {}), place, whole=True)]
        found = _variants(source, pointer, [*beside, *alone], chain | {place} if place else chain)
    except ContradictionError:
        return []
    for one in found:
        one.place = one.place or place
        one.schema = _annotations(alone, {}) | one.schema if not place and not one.whole else one.schema
    return found


def _adds_nothing(beside: Document, together: Document, alone: Document) -> bool:
    known = {"type": together.get("type"), **alone} if OBJECT_KEYWORDS & set(alone) else alone
    return set(beside) <= {"type"} or together == known


def _derives_from(source: _Source, place: str, chain: Chain) -> bool:
    """Whether the schema at *place* is all of one in *chain*: then it has its fields already."""
    waiting, seen = [place], {place}
    while waiting:
        target = resolved(source.original, {"$ref": waiting.pop()})
        bases = {one["$ref"] for one in target.get("allOf", []) if "$ref" in one}
        if bases & chain:
            return True
        waiting += bases - seen
        seen |= bases
    return False


def _only_conditions(source: _Source, union: list[Document]) -> bool:
    """Whether the members of *union* say which fields come together, and add no field and no type."""
    members = [assertions(resolved(source.original, one)) for one in union]
    return any(one - {"type"} for one in members) and all(one <= CONDITIONS for one in members)


def _tell_conditions(source: _Source, pointer: str, base: Document, unions: list[list[Document]]) -> None:
    for union in unions:
        groups = dict.fromkeys(" and ".join(one["required"]) for one in union if one.get("required"))
        base["description"] = f"{base.get('description', '')} Needs {', or '.join(groups)}.".strip()
        source.findings.append((pointer, f"it needs {', or '.join(groups)}; that is described and not checked"))


def _union(source: _Source, pointer: str, own: Document, variants: list[_Variant], parts: list[Document]) -> Document:
    """The union of *variants*; those made of a reference become components, which a discriminator can name."""
    keyword = next((key for part in parts for key in UNIONS if key in part), "oneOf")
    moved: dict[str, str] = {}
    members: list[Document] = []
    for variant in variants:
        if variant.whole or not variant.place:
            members.append(variant.schema)
            continue
        name = _free_name(source, pointer, variant.place)
        source.components[name] = variant.schema
        source.added.append(name)
        moved[variant.place] = f"{COMPONENTS}{name}"
        members.append({"$ref": f"{COMPONENTS}{name}"})
    stated = [part["discriminator"] for part in parts if isinstance(part.get("discriminator"), dict)]
    result = {**own, keyword: members}
    if len(stated) == 1:
        result["discriminator"] = _discriminator(stated[0], variants, moved)
    return result


def _discriminator(stated: Document, variants: list[_Variant], moved: dict[str, str]) -> Document:
    mapping = {value: reference_of(place) for value, place in (stated.get("mapping") or {}).items()}
    mapped = set(mapping.values())
    mapping |= {steps(one.place)[-1]: one.place for one in variants if one.place and one.place not in mapped}
    return {**stated, "mapping": {value: moved.get(place, place) for value, place in mapping.items()}}


def _free_name(source: _Source, pointer: str, place: str) -> str:
    """A name for a new component, made of those of the schema at *pointer* and of the one at *place*."""
    words = [step for step in steps(pointer) if not re.fullmatch(r"components|schemas|properties|\d+|[a-z]+Of", step)]
    plain = class_name("_".join([*words[-2:], steps(place)[-1]]))
    taken = {*RESERVED_CLASSES, *map(class_name, source.components)}
    return next(name for number in count(1) if (name := plain if number == 1 else f"{plain}{number}") not in taken)
