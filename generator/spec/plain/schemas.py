"""Plain forms of schemas: types that JSON Schema does not know, arrays without items, path parameters that are null."""

from collections.abc import Iterator

from generator.errors import Finding
from generator.spec.pointers import Document, at, joined, objects, resolved
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


def plain_schemas(document: Document) -> Iterator[Finding]:
    """Give each schema a type that is known, each array items, and path parameters a value."""
    for pointer in [one for one, kind in kinds_of(document).items() if kind == "schema"]:
        schema = at(document, pointer)
        if isinstance(schema, dict):
            yield from _types(pointer, schema)
            yield from _items(schema)
    for _, node in list(objects(document)):
        if node.get("in") == "path" and isinstance(node.get("schema"), dict):
            node["schema"] = _not_null(document, node["schema"])


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


def _items(schema: Document) -> Iterator[Finding]:
    """An array without items holds any JSON."""
    yield from ()
    types = schema.get("type")
    is_array = types == "array" or (isinstance(types, list) and "array" in types)
    if is_array and "prefixItems" not in schema and not isinstance(schema.get("items"), dict):
        schema["items"] = {}
    elif "prefixItems" in schema and not isinstance(schema.get("items", {}), dict):
        del schema["items"]


def _not_null(document: Document, schema: Document) -> Document:
    """*schema* without null, which no path can contain."""
    plain = resolved(document, schema)
    if plain.get("nullable") is True:
        return {key: value for key, value in plain.items() if key != "nullable"}
    if isinstance(plain.get("type"), list) and "null" in plain["type"]:
        rest = [one for one in plain["type"] if one != "null"]
        return {**plain, "type": rest[0] if len(rest) == 1 else rest}
    for key in ("anyOf", "oneOf"):
        rest = [one for one in plain.get(key, []) if one != {"type": "null"}]
        if key in plain and len(rest) < len(plain[key]):
            others = {name: value for name, value in plain.items() if name not in {key, "default"}}
            return {**rest[0], **others} if len(rest) == 1 and "$ref" not in rest[0] else {**others, key: rest}
    return schema
