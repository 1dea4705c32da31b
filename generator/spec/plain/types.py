"""Plain forms of types that JSON Schema does not know."""

from collections.abc import Iterator

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined
from generator.spec.requests.media_types import family
from generator.spec.shape import kinds_of

TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})
# Names that other languages have for these types.
OTHER_NAMES = {
    **dict.fromkeys(("int", "int32", "int64", "long", "short"), "integer"),
    **dict.fromkeys(("float", "double", "decimal"), "number"),
    **dict.fromkeys(("str", "text", "char", "uuid", "date", "datetime", "date-time", "uri", "email"), "string"),
    **dict.fromkeys(("file", "binary"), "string"),
    **dict.fromkeys(("map", "dict", "dictionary", "struct"), "object"),
    "bool": "boolean",
    "list": "array",
    "set": "array",
    "none": "null",
}
BINARY = frozenset({"file", "binary"})


def known_types(document: Document) -> Iterator[Finding]:
    """Replace each type that JSON Schema does not know by the one that is meant, or by any; write files as 3.0 does."""
    for pointer in [one for one, kind in kinds_of(document).items() if kind == "schema"]:
        schema = at(document, pointer)
        if isinstance(schema, dict):
            yield from _types(pointer, schema)
            _file(schema)


def _file(schema: Document) -> None:
    """Text of a media type that is neither text nor JSON, and is not encoded as text, is a file in OpenAPI 3.1."""
    media_type = schema.get("contentMediaType")
    encoded = {"format", "contentEncoding"} & set(schema)
    if schema.get("type") == "string" and isinstance(media_type, str) and not encoded and family(media_type) == "bytes":
        schema["format"] = "binary"


def _types(pointer: str, schema: Document) -> Iterator[Finding]:
    stated = schema.get("type")
    given = [stated] if isinstance(stated, str) else stated if isinstance(stated, list) else []
    known: list[str] = []
    for name in given:
        meant = name if name in TYPES else OTHER_NAMES.get(name.lower(), name.lower())
        if meant in TYPES and meant not in known:
            known.append(meant)
        if meant != name or meant not in TYPES:
            said = f"it is read as {meant}" if meant in TYPES else "any JSON is accepted"
            yield joined(pointer, "type"), f"there is no type {name}; {said}"
    if given and given[0] in BINARY:
        schema.setdefault("format", "binary")
    if not all(name in TYPES or name.lower() in {*TYPES, *OTHER_NAMES} for name in given):
        schema.pop("type")
    elif known != given:
        schema["type"] = known[0] if len(known) == 1 else known
