"""The variants of a schema: each whole schema that its unions allow, one for each choice; and the union of them."""

import re
from dataclasses import dataclass
from itertools import count

from generator.python_names import RESERVED_CLASSES, class_name
from generator.spec.pointers import Document, resolved, steps
from generator.spec.schemas.discriminators import COMPONENTS, reference_of
from generator.spec.schemas.merge import OBJECT_KEYWORDS, ContradictionError, assertions, merged
from generator.spec.schemas.parts import UNIONS, Chain, Source, annotations_of, parts_at, parts_of_schema, unions_of

MAX_VARIANTS = 32
# The keywords of alternatives that say which fields must come together, but not what they are.
CONDITIONS = frozenset({"required", "not", "minProperties", "maxProperties", "dependentRequired", "type"})


@dataclass
class Variant:
    """One whole schema of a union: the schema itself, or the reference *place* where nothing is added to it."""

    schema: Document
    place: str = ""
    whole: bool = False


def variants_of(source: Source, pointer: str, parts: list[Document], chain: Chain) -> list[Variant]:
    """The schemas of which a value that fits all *parts* is one: one for each choice from the unions among them."""
    base, unions = merged(parts), unions_of(parts)
    real = [union for union in unions if not _only_conditions(source, union)]
    if len(real) < len(unions):
        _tell_conditions(source, pointer, base, [union for union in unions if union not in real])
    if not real:
        return [Variant(base)]
    found: list[Variant] = []
    others = [{"anyOf": union} for union in real[1:]]
    for member in real[0]:
        found += _chosen(source, pointer, member, [base, *others], chain)
        if len(found) > MAX_VARIANTS:
            break
    if not found:
        raise ContradictionError("no alternative fits the rest of the schema")
    return found


def _chosen(source: Source, pointer: str, member: Document, beside: list[Document], chain: Chain) -> list[Variant]:
    """The variants with *member* of a union, none where it contradicts what stands *beside* it."""
    place = member.get("$ref", "")
    if place in chain:
        return []
    derived = place and _derives_from(source, place, chain)
    alone = list(parts_at(source, place, chain)) if place else list(parts_of_schema(source, member, chain))
    try:
        together = merged([*beside, *alone])
        if derived or (len(beside) == 1 and _adds_nothing(beside[0], together, merged(alone))):
            return [Variant(member if place else together | annotations_of(alone, {}), place, whole=True)]
        found = variants_of(source, pointer, [*beside, *alone], chain | {place} if place else chain)
    except ContradictionError:
        return []
    for one in found:
        one.place = one.place or place
        one.schema = annotations_of(alone, {}) | one.schema if not place and not one.whole else one.schema
    return found


def _adds_nothing(beside: Document, together: Document, alone: Document) -> bool:
    known = {"type": together.get("type"), **alone} if OBJECT_KEYWORDS & set(alone) else alone
    return set(beside) <= {"type"} or together == known


def _derives_from(source: Source, place: str, chain: Chain) -> bool:
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


def _only_conditions(source: Source, union: list[Document]) -> bool:
    """Whether the members of *union* say which fields come together, and add no field and no type."""
    members = [assertions(resolved(source.original, one)) for one in union]
    return any(one - {"type"} for one in members) and all(one <= CONDITIONS for one in members)


def _tell_conditions(source: Source, pointer: str, base: Document, unions: list[list[Document]]) -> None:
    for union in unions:
        groups = dict.fromkeys(" and ".join(one["required"]) for one in union if one.get("required"))
        base["description"] = f"{base.get('description', '')} Needs {', or '.join(groups)}.".strip()
        source.findings.append((pointer, f"it needs {', or '.join(groups)}; that is described and not checked"))


def union_of(source: Source, pointer: str, own: Document, variants: list[Variant], parts: list[Document]) -> Document:
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


def _discriminator(stated: Document, variants: list[Variant], moved: dict[str, str]) -> Document:
    mapping = {value: reference_of(place) for value, place in (stated.get("mapping") or {}).items()}
    mapped = set(mapping.values())
    mapping |= {steps(one.place)[-1]: one.place for one in variants if one.place and one.place not in mapped}
    return {**stated, "mapping": {value: moved.get(place, place) for value, place in mapping.items()}}


def _free_name(source: Source, pointer: str, place: str) -> str:
    """A name for a new component, made of those of the schema at *pointer* and of the one at *place*."""
    words = [step for step in steps(pointer) if not re.fullmatch(r"components|schemas|properties|\d+|[a-z]+Of", step)]
    plain = class_name("_".join([*words[-2:], steps(place)[-1]]))
    taken = {*RESERVED_CLASSES, *map(class_name, source.components)}
    return next(name for number in count(1) if (name := plain if number == 1 else f"{plain}{number}") not in taken)
