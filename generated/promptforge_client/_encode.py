# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Encodes typed values: JSON and binary bodies, and parameters in the usual styles; others are in _parameters.py."""

import datetime as dt
import json
import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import quote
from uuid import UUID

from .types import UNSET, File

Body = dict[str, Any]  # what BaseClient.build_request takes as a body

ANY_BYTES: Final = "application/octet-stream"  # the type of bytes of which nothing is known
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_PLAIN: Final = frozenset(
    {str, int, float, bool, type(None)}
)  # the types of most values; their subclasses are enums


@runtime_checkable
class Model(Protocol):
    """The interface of a model that this module uses."""

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the model."""
        ...


def wire(value: Any) -> Any:  # noqa: PLR0911 - one line for each kind
    """*value* as a JSON value; UNSET is kept, as only an object can omit it."""
    if type(value) in _PLAIN:
        return value
    match value:
        case Enum():
            return value.value
        case dt.datetime():
            return value.isoformat().replace("+00:00", "Z")
        case dt.date():
            return value.isoformat()
        case UUID():
            return str(value)
        case File():
            return value
        case list() | tuple():
            return [wire(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case Mapping():
            return wire_object(value)  # pyright: ignore[reportUnknownArgumentType]
        case Model():
            return value.to_dict()
        case _:
            return value


def wire_object(fields: Mapping[str, Any]) -> dict[str, Any]:
    """*fields* as a JSON object without those that are UNSET."""
    return {name: wire(value) for name, value in fields.items() if value is not UNSET}


def json_body(value: Any, content_type: str) -> Body:
    """*value* as a JSON body; ValueError for NaN and infinity, which JSON does not allow."""
    if value is UNSET:
        return {}
    text = json.dumps(wire(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return {"content": text.encode(), "content_type": content_type}


def content_body(value: Any, content_type: str) -> Body:
    """
    *value* as the body: the content of a File, or bytes or text as they are.

    For a range such as `image/*` it is sent as the type of the File. ValueError for a value of another type.
    """
    if value is UNSET:
        return {}
    content = value.payload.read() if isinstance(value, File) else value
    if not isinstance(content, str | bytes | bytearray):
        raise ValueError(f"A body of {content_type} is text, bytes or a File, not {type(content).__name__}.")  # noqa: TRY004 - one kind for all bad values
    if isinstance(value, File) and value.mime_type and (content_type == ANY_BYTES or "*" in content_type):
        content_type = value.mime_type
    elif "*" in content_type:
        content_type = ANY_BYTES
    if isinstance(content, str):
        content = encoded(content, content_type)
    return {"content": content, "content_type": content_type}


def encoded(content: str, content_type: str) -> bytes:
    """*content* in the charset that *content_type* names, else in UTF-8; ValueError if that lacks a character."""
    named = _CHARSET.search(content_type)
    try:
        return content.encode(named[1] if named else "utf-8")
    except UnicodeEncodeError:
        raise ValueError(f"The text holds a character that cannot be sent as {content_type}.") from None


def wrong_body(value: Any, types: str) -> Body:
    """No body for UNSET; ValueError for any other *value*, which is none of the *types* that decide how it is sent."""
    if value is UNSET:
        return {}
    hint = " The from_dict() of a model takes a dict." if isinstance(value, Mapping) else ""
    raise ValueError(f"body must be {types}, not {type(value).__name__}.{hint}")


def path_value(name: str, value: object) -> str:
    """*value* as one path segment; ValueError for a value that would change the path."""
    plain = wire(value)
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise ValueError(f"{name} must be a string, a number or a UUID, not {type(value).__name__}.")  # noqa: TRY004 - one kind for all bad values
    return checked_segment(name, escaped(name, str(plain)))


def checked_segment(name: str, segment: str) -> str:
    """*segment* itself; ValueError if it would change the path."""
    if segment in {"", ".", ".."}:
        raise ValueError(f"{name} must not be {segment!r}: it would change the address.")
    return segment


def escaped(name: str, text: str, safe: str = "") -> str:
    """*text* percent-encoded for a URL, but for letters, digits, `-._~` and what is *safe*."""
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds a character that cannot be sent.") from None


def text(name: str, value: Any) -> str:
    """*value* as parameters and forms write it: `true`, `1.5`, `2026-01-31`; what is nested as JSON."""
    match plain := wire(value):
        case str():
            return plain
        case bool() | int() | float() | list() | dict():
            return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        case _:
            raise ValueError(f"{name} cannot be {'None' if plain is None else type(value).__name__}.")


def query_value(value: Any) -> Any:
    """*value* as a query parameter; None if nothing is to be sent."""
    return None if value is UNSET else wire(value)


def query_string(values: Mapping[str, Any]) -> str:
    """*values* as a query: lists are repeated, None is left out."""
    pairs = [(name, one) for name, value in values.items() if value is not None for one in _each(value)]
    return "&".join(f"{escaped(name, name)}={escaped(name, text(name, one))}" for name, one in pairs)


def header_value(name: str, value: Any) -> str | None:
    """*value* as the value of the header *name*; None if nothing is to be sent."""
    return None if value is UNSET or value is None else checked_header(name, text(name, value))


def checked_header(name: str, line: str) -> str:
    """*line* itself; ValueError if a header cannot carry it."""
    if not (line.isascii() and line.replace("\t", " ").isprintable()) or line != line.strip():
        raise ValueError(
            f"{name} is sent in a header, which takes ASCII without line breaks or spaces around it."
        )
    return line


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]
