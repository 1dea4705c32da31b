"""The kinds of value that a schema allows, each with a short name for messages."""

from generator.spec.pointers import Document, steps

ANYTHING = "anything"


def value_kinds(schema: Document) -> dict[str, Document]:
    """The kinds of value that the normalised *schema* allows, each with its schema; references are not followed."""
    members = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if members:
        return {name: inner for member in members for name, inner in value_kinds(member).items()}
    types = schema.get("type")
    if isinstance(types, list):
        return {name: schema for kind in types for name in [_name({**schema, "type": kind})]}
    return {_name(schema): schema}


def _name(schema: Document) -> str:
    if "$ref" in schema:
        return steps(schema["$ref"])[-1]
    if len(schema.get("allOf", [])) == 1:
        return _name(schema["allOf"][0])
    if "const" in schema:
        return f"constant {schema['const']!r}"
    if schema.get("type") == "array":
        return "array"
    if "properties" in schema or "additionalProperties" in schema or "allOf" in schema:
        return "object"
    kind = str(schema.get("type", ANYTHING))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
