"""The form of a document that openapi-python-client reads: without what it does not use, and with its media types."""

from collections.abc import Iterator
from copy import deepcopy

from generator.spec.operations import operations
from generator.spec.pointers import Document, at, joined, objects, resolved, steps
from generator.spec.requests.media_types import family
from generator.spec.shape import kinds_of

# What neither the parser nor a template reads, and what it would refuse for a detail.
UNUSED = {
    "document": frozenset({"tags", "externalDocs", "webhooks", "servers", "security"}),
    "path": frozenset({"servers", "summary", "description"}),
    "operation": frozenset({"externalDocs", "callbacks", "servers"}),
    "parameter": frozenset({"examples", "example"}),
    "response": frozenset({"headers", "links"}),
    "media": frozenset({"examples", "example"}),
    "components": frozenset({"headers", "links", "callbacks", "examples", "securitySchemes", "pathItems"}),
    "schema": frozenset(
        {
            *("externalDocs", "xml", "examples", "discriminator", "not", "pattern", "uniqueItems", "multipleOf"),
            *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"),
            *("minItems", "maxItems", "minProperties", "maxProperties", "$defs", "definitions"),
        }
    ),
}
# How the parser names each family of media types.
PARSED_AS = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
    "text": "text/plain",
    "bytes": "application/octet-stream",
}
SCHEMAS = "#/components/schemas"
TEXT_BODY = "text-body:"  # begins the media type of a request body that is text, which the parser reads as bytes


def parser_document(document: Document) -> Document:
    """A copy of the normalised *document* for the parser; pointers lead to the same parts as in *document*."""
    document = deepcopy(document)
    nodes = [(kind, at(document, pointer)) for pointer, kind in kinds_of(document).items() if kind in UNUSED]
    for kind, node in nodes:
        for key in UNUSED[kind] & set(node) if isinstance(node, dict) else ():
            del node[key]
    _resolve_aliases(document)
    document["info"] = {key: document["info"][key] for key in ("title", "version")}
    for body in _bodies(document):
        if isinstance(body.get("content"), dict):
            body["content"] = {
                f"{TEXT_BODY}{key}" if family(key) == "text" and not key.startswith(TEXT_BODY) else key: media
                for key, media in body["content"].items()
            }
    for response in _responses(document):
        if isinstance(response.get("content"), dict):
            response["content"] = {_of_response(key): media for key, media in response["content"].items()}
    return document


def _resolve_aliases(document: Document) -> None:
    """A component that only refers to another one has no class of its own: what refers to it gets the other one."""
    schemas = document.get("components", {}).get("schemas", {})
    targets = {f"{SCHEMAS}{joined('', name)}": _only_reference(schema) for name, schema in schemas.items()}
    aliases = {place: target for place, target in targets.items() if target and target != place}
    for node in [node for _, node in objects(document) if node.get("$ref") in aliases]:
        seen: set[str] = set()
        while node["$ref"] in aliases and node["$ref"] not in seen:
            seen.add(node["$ref"])
            node["$ref"] = aliases[node["$ref"]]
    for place in aliases:
        del schemas[steps(place)[-1]]


def _only_reference(schema: Document) -> str | None:
    """The reference that *schema* consists of, beside words and limits."""
    members = [one for key in ("allOf", "anyOf", "oneOf") for one in schema.get(key, [])]
    own = {"properties", "additionalProperties", "patternProperties", "enum", "items"} & set(schema)
    return members[0].get("$ref") if len(members) == 1 and not own else None


def _of_response(media_type: str) -> str:
    return PARSED_AS["bytes"] if family(media_type) in {"form", "multipart"} else media_type


def media_types(document: Document) -> dict[str, str]:
    """How the parser is to read each media type of *document*."""
    known: dict[str, str] = {}
    for holder in (*_bodies(document), *_responses(document)):
        for media_type in holder.get("content") or {}:
            known[media_type] = PARSED_AS[family(media_type)]
            known[f"{TEXT_BODY}{media_type}"] = PARSED_AS["bytes"]
    return known


def _bodies(document: Document) -> Iterator[Document]:
    for _, _, _, operation in operations(document):
        yield resolved(document, operation.get("requestBody", {}))


def _responses(document: Document) -> Iterator[Document]:
    for _, _, _, operation in operations(document):
        for response in operation["responses"].values():
            yield resolved(document, response)
