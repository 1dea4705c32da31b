"""The `encoding` of the fields of a form: which of it can be sent, and a finding for the rest."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from generator.errors import Finding
from generator.spec.pointers import Document, joined, objects, resolved
from generator.spec.requests.media_types import CHARSET, can_be_sent, is_json
from generator.spec.requests.parameter_styles import STYLES
from generator.spec.schemas.kinds import NESTED, inner_kinds, kinds_of, properties_of

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
PART_HEADERS = "x-part-headers"  # the headers of a part whose values the document fixes
QUERY_KEYWORDS = ("style", "explode", "allowReserved")


@dataclass(frozen=True)
class FieldEncoding:
    """How one field of a form is sent: in a style of query parameters, or with a content type and headers."""

    style: str = ""
    explode: bool = True
    reserved: bool = False
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def field_encodings(media: Document) -> dict[str, FieldEncoding]:
    """The encodings of *media*, which the rules below have passed, by field; those that say nothing are left out."""
    found = {name: _field(one) for name, one in media.get("encoding", {}).items()}
    return {name: one for name, one in found.items() if one != FieldEncoding()}


def _field(encoding: Document) -> FieldEncoding:
    styled = any(keyword in encoding for keyword in QUERY_KEYWORDS)
    style = encoding.get("style", "form") if styled else ""
    return FieldEncoding(
        style=style,
        explode=encoding.get("explode", style in {"", "form"}),
        reserved=encoding.get("allowReserved", False),
        content_type="" if styled else _concrete(str(encoding.get("contentType", ""))),
        headers=encoding.get(PART_HEADERS, {}),
    )


def _concrete(content_type: str) -> str:
    """The first content type of a list that a part can have: one without an asterisk."""
    return next((one.strip() for one in content_type.split(",") if "*" not in one), "")


def prepare_encodings(document: Document) -> list[Finding]:
    """Make the encodings of *document* such that they can be sent; return what had to be changed."""
    found: list[Finding] = []
    for pointer, node in list(objects(document)):
        form = pointer.rpartition("/")[2].partition(";")[0].replace("~1", "/").strip().lower()
        if form in {URLENCODED, MULTIPART} and pointer.split("/")[-2] == "content":
            found += _of_form(document, pointer, node)
    return found


def _of_form(document: Document, pointer: str, media: Document) -> Iterator[Finding]:
    schema = media.get("schema", {})
    if not kinds_of(document, schema) & {"object", "any"}:
        schema = media["schema"] = {"type": "object"}
        yield pointer, "a form has fields, but its schema is no object; any fields can be sent"
    properties = properties_of(document, schema)
    encodings = media.get("encoding")
    if not isinstance(encodings, dict):
        media.pop("encoding", None)
        return
    for name, encoding in list(encodings.items()):
        place = joined(pointer, "encoding", name)
        if not isinstance(encoding, dict):
            del encodings[name]
            yield pointer, f"the encoding of {name} is no object; it is removed"
        elif name not in properties:
            del encodings[name]
            yield pointer, f"the encoding of {name}, which the form does not have, is removed"
        else:
            yield from _style(document, place, encoding, properties[name])
            yield from _content_type(document, place, encoding, properties[name])
            yield from _headers(document, place, encoding)


def _style(document: Document, place: str, encoding: Document, schema: Document) -> Iterator[Finding]:
    kinds = kinds_of(document, schema)
    for keyword in ("explode", "allowReserved"):
        if not isinstance(encoding.get(keyword, False), bool):
            del encoding[keyword]
            yield place, f"{keyword} is neither true nor false; its default is taken"
    if encoding.get("style", "form") not in STYLES["query"]:
        style = encoding.pop("style")
        yield place, f"the style {style!r} is none of a field in a form; it is sent in the style form"
    style = encoding.get("style")
    if style == "deepObject":
        if "array" in kinds:
            yield place, "OpenAPI has no form for an array in the style deepObject; it is sent as name[0]=…&name[1]=…"
        elif inner_kinds(document, schema) & NESTED:
            yield place, "OpenAPI leaves open how nested values are sent; they are sent as name[field][inner]=…"
    elif any(keyword in encoding for keyword in QUERY_KEYWORDS) and inner_kinds(document, schema) & NESTED:
        yield place, f"OpenAPI has no form for nested values in the style {style or 'form'}; they are sent as JSON"


def _content_type(document: Document, place: str, encoding: Document, schema: Document) -> Iterator[Finding]:
    content_type = encoding.get("contentType", "")
    if not isinstance(content_type, str):
        del encoding["contentType"]
        yield place, "contentType is no text; its default is taken"
    elif not can_be_sent(_concrete(content_type)):
        encoding["contentType"] = CHARSET.sub("", _concrete(content_type))
        yield place, f"this part is sent as UTF-8, without a charset: {encoding['contentType']}"
    elif _concrete(content_type) and not is_json(_concrete(content_type)) and "object" in kinds_of(document, schema):
        encoding["contentType"] = "application/json"
        yield place, f"an object cannot be sent as {content_type}; it is sent as application/json"


def _headers(document: Document, place: str, encoding: Document) -> Iterator[Finding]:
    """A header of a part is sent if the document fixes its value."""
    headers = encoding.pop("headers", None)
    sent: dict[str, str] = {}
    for name, header in headers.items() if isinstance(headers, dict) else ():
        value = _fixed(document, header)
        if value is None:
            yield place, f"the header {name} of this part has no fixed value in the document; it is not sent"
        elif name.lower() != "content-type":
            sent[name] = value
    if sent:
        encoding[PART_HEADERS] = sent


def _fixed(document: Document, header: Any) -> str | None:
    """The value of a header that can be no other: its constant, its only enum value or its default."""
    try:
        schema = resolved(document, resolved(document, header).get("schema", {}))
    except (LookupError, ValueError, TypeError, AttributeError):
        return None
    values = [schema[key] for key in ("const", "default") if key in schema] or schema.get("enum", [])
    if not values or (len(values) > 1 and "const" not in schema):
        return None
    text = "true" if values[0] is True else "false" if values[0] is False else str(values[0])
    return text if text.isascii() and text.isprintable() else None
