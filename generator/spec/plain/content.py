"""Plain forms of bodies: text as str, any other media type that is not JSON or a form as bytes."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from generator.errors import Finding
from generator.spec.operations import operations
from generator.spec.pointers import Document, joined, resolved
from generator.spec.requests.media_types import essence, family

TEXT = {"type": "string"}
BYTES = {"type": "string", "format": "binary"}
PLAIN = {"text": TEXT, "bytes": BYTES}
WORDS = {"text": "text", "bytes": "bytes"}
MODELS = frozenset({"properties", "additionalProperties", "allOf", "anyOf", "oneOf", "items", "enum"})


def plain_content(document: Document) -> Iterator[Finding]:
    """Replace the schemas of bodies that are not JSON or forms by text or bytes; each body has a media type."""
    done: set[int] = set()
    for pointer, holder in _holders(document):
        body = resolved(document, holder)
        content = body.get("content")
        if id(body) in done or not isinstance(content, dict):
            continue
        done.add(id(body))
        place = str(holder["$ref"]).removeprefix("#") if "$ref" in holder else pointer
        is_answer = "/responses/" in place
        for media_type in list(content):
            if is_answer and family(media_type) != "json" and any(family(one) == "json" for one in content):
                continue  # the client reads the JSON
            yield from _plain_media(joined(place, "content", media_type), content, media_type)
    _share_bodies(document)


def _share_bodies(document: Document) -> None:
    """An inline schema of several media types of one body becomes a component, so that it is one model."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for _, _, _, operation in operations(document):
        content = resolved(document, operation.get("requestBody", {})).get("content", {})
        inline = [media["schema"] for media in content.values() if "$ref" not in media["schema"]]
        for schema in inline:
            alike = [one for one in inline if one == schema and MODELS & set(one)]
            name = next(one for one in _names(str(operation["operationId"])) if one not in schemas)
            if len(alike) > 1:
                schemas[name] = dict(schema)
                for one in alike:
                    one.clear()
                    one["$ref"] = f"#{joined('/components/schemas', name)}"


def _names(operation_id: str) -> Iterator[str]:
    """Names for the body of an operation, the best one first."""
    base = re.sub(r"[^\w-]+", "_", operation_id)
    yield f"{base}_body"
    yield from (f"{base}_body_{number}" for number in count(2))


def _holders(document: Document) -> Iterator[tuple[str, Document]]:
    """The request body and the answers of each operation, with their pointers."""
    for pointer, _, _, operation in operations(document):
        if isinstance(operation.get("requestBody"), dict):
            yield joined(pointer, "requestBody"), operation["requestBody"]
        for code, response in operation.get("responses", {}).items():
            if isinstance(response, dict):
                yield joined(pointer, "responses", code), response


def _plain_media(place: str, content: Document, media_type: str) -> Iterator[Finding]:
    media = content[media_type]
    if not essence(media_type):
        del content[media_type]
        content.setdefault("application/octet-stream", {"schema": dict(BYTES)})
        yield place, f"{media_type} is not a media type; the body is read and sent as bytes"
        return
    kind = family(media_type)
    schema = media.get("schema")
    if kind in PLAIN:
        media["schema"] = dict(PLAIN[kind])
        if schema and not _is_plain(schema):
            yield place, f"the body is {WORDS[kind]}: {media_type} is not decoded to its schema"
    elif schema is None or (kind != "json" and not schema):
        media["schema"] = {"type": "object"} if kind in {"form", "multipart"} else {}
    elif kind == "json" and essence(media_type) == "*/*" and schema.get("format") == "binary":
        content["application/octet-stream"] = content.pop(media_type)


def _is_plain(schema: Any) -> bool:
    return schema.get("type") == "string" and "enum" not in schema
