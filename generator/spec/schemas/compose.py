"""
Composition: each `allOf`, and each union beside fields, becomes one schema or a union of whole schemas.

The emitters read plain objects, unions and references alone. A reference with a description beside it stays one.
"""

import re
from copy import deepcopy

from generator.errors import Finding
from generator.spec.pointers import Document, schemas
from generator.spec.schemas.discriminators import COMPONENTS, reference_of
from generator.spec.schemas.merge import ContradictionError, assertions, merged
from generator.spec.schemas.parts import UNIONS, Source, annotations_of, described_by, parts_of_schema
from generator.spec.schemas.variants import MAX_VARIANTS, union_of, variants_of

COMPONENT = re.compile(r"/components/schemas/([^/]+)")


def compose(document: Document) -> list[Finding]:
    """Write every composition of *document* as plain schemas, in place; return what they cannot express."""
    components = document.setdefault("components", {}).setdefault("schemas", {})
    source = Source(document, {"components": {"schemas": deepcopy(components)}}, named=_named(document))
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


def _compose_all(source: Source, part: Document) -> None:
    for pointer, schema in schemas(part):  # which goes on into what is written here
        if _is_composed(source, schema):
            result = _composed(source, pointer, schema)
            schema.clear()
            schema.update(result)


def _is_composed(source: Source, schema: Document) -> bool:
    if "allOf" in schema:
        return True
    beside = {key: value for key, value in schema.items() if key not in UNIONS}
    if "$ref" in schema:
        return source.document.get("openapi", "").startswith("3.1") and assertions(beside) > {"$ref"}
    return any(key in schema for key in UNIONS) and bool(assertions(beside))


def _composed(source: Source, pointer: str, schema: Document) -> Document:
    """*schema* without `allOf`, and with whole schemas in its union."""
    own = {key: value for key, value in schema.items() if not assertions({key: value})}
    owner = COMPONENT.fullmatch(pointer)
    place = f"{COMPONENTS}{owner[1]}" if owner else ""
    chain = frozenset({place} if place else ())
    parts = list(parts_of_schema(source, schema, chain))
    own |= annotations_of(parts, own)
    if any(one.get("nullable") is True and not assertions(one) for one in schema.get("allOf", [])):
        own["nullable"] = True  # a part that says nothing else is meant for the whole
    try:
        reference = described_by(source, schema, parts)
        if reference and not (place in source.named and "properties" in merged(parts)):
            return {**own, "allOf": [{"$ref": reference}]} if own else {"$ref": reference}
        variants = variants_of(source, pointer, parts, chain)
    except ContradictionError as error:
        source.findings.append((pointer, f"{error}; any value is accepted"))
        return own
    if len(variants) > MAX_VARIANTS:
        source.findings.append((pointer, "there are too many combinations of alternatives; any value is accepted"))
        return own
    if len(variants) == 1:
        said = " ".join(filter(None, (own.get("description"), variants[0].schema.get("description"))))
        return own | variants[0].schema | ({"description": said} if said else {})
    return union_of(source, pointer, own, variants, parts)
