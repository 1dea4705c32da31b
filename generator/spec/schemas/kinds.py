"""Which kinds of JSON values a schema allows, as far as its form on the wire depends on it."""

from collections.abc import Iterator

from generator.spec.pointers import Document, resolved

NESTED = frozenset({"array", "object"})
ANY = frozenset({"any"})
DEPTH = 20  # references and unions that are followed


def kinds_of(document: Document, schema: Document, depth: int = DEPTH) -> frozenset[str]:
    """The JSON types that *schema* allows; `any` where it does not say."""
    schema = _target(document, schema)
    given = schema.get("type")
    if isinstance(given, str | list):
        return frozenset([given] if isinstance(given, str) else given)
    if "properties" in schema or "additionalProperties" in schema:
        return frozenset({"object"})
    if "items" in schema or "prefixItems" in schema:
        return frozenset({"array"})
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, [])]
    if not parts or depth == 0:
        return _of_values(schema) or ANY
    found = frozenset().union(*(kinds_of(document, part, depth - 1) for part in parts))
    return found - ANY or ANY if "allOf" in schema else found


def inner_kinds(document: Document, schema: Document) -> frozenset[str]:
    """The kinds of the items or fields that *schema* names."""
    return frozenset[str]().union(*(kinds_of(document, part) for part in _inner(document, schema, DEPTH)))


def properties_of(document: Document, schema: Document, depth: int = DEPTH) -> Document:
    """The properties that *schema* and its parts name."""
    schema = _target(document, schema)
    found: Document = {}
    for keyword in ("allOf", "anyOf", "oneOf") if depth else ():
        for part in schema.get(keyword, []):
            found |= properties_of(document, part, depth - 1)
    return {**found, **schema.get("properties", {})}


def _inner(document: Document, schema: Document, depth: int) -> Iterator[Document]:
    schema = _target(document, schema)
    held = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    yield from (one for one in held if isinstance(one, dict))
    for keyword in ("allOf", "anyOf", "oneOf") if depth else ():
        for part in schema.get(keyword, []):
            yield from _inner(document, part, depth - 1)


def _target(document: Document, schema: Document) -> Document:
    """*schema* or what it refers to; an empty schema where the reference leads nowhere, which lint reports."""
    try:
        found = resolved(document, schema)
    except (LookupError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _of_values(schema: Document) -> frozenset[str]:
    """The kind of an enum or a constant without a type: only scalars can be listed."""
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    return frozenset(
        {"object" if isinstance(one, dict) else "array" if isinstance(one, list) else "string" for one in values}
    )
