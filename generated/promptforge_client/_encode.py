# Generated from specs/promptforge/openapi.yaml (sha256 c52426a560fb) by codegen.py; edit the overlay.
"""Encodes typed values: JSON and other bodies, path, query, headers and cookies."""

import datetime as dt
import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, Protocol, runtime_checkable
from urllib.parse import quote
from uuid import UUID

from .types import UNSET, File, FileTypes

Body = dict[str, Any]  # what BaseClient.build_request takes as a body

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


def form_body(value: Any) -> Body:
    """*value*, a model, as the fields of a form."""
    return {} if value is UNSET else {"data": wire(value)}


def multipart_body(value: Any) -> Body:
    """*value*, a model, as a multipart form: files unchanged, lists as repeated parts, objects as JSON."""
    if value is UNSET:
        return {}
    fields = value.to_dict().items()
    return {"files": [(name, _part(one)) for name, many in fields for one in _each(many)]}


def file_body(value: Any, content_type: str) -> Body:
    """The content of *value*, a File, as the body."""
    return {} if value is UNSET else {"content": value.payload.read(), "content_type": content_type}


def path_value(name: str, value: object) -> str:
    """*value* as one path segment; ValueError for a value that would change the path."""
    plain = wire(value)
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise ValueError(f"{name} must be a string, a number or a UUID, not {type(value).__name__}.")  # noqa: TRY004 - one kind for all bad values
    text = str(plain)
    if text in {"", ".", ".."}:
        raise ValueError(f"{name} must not be {text!r}: it would change the address.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ValueError(f"{name} holds a character that cannot be sent.") from None


def query_value(value: Any) -> Any:
    """*value* as a query parameter for httpx; None if nothing is to be sent."""
    return None if value is UNSET else wire(value)


def query_object(value: Any) -> dict[str, Any]:
    """The fields of *value*, a model, as query parameters."""
    return {} if value is UNSET or value is None else dict(wire(value))


def header_value(value: Any) -> str | None:
    """*value* as a header value; None if nothing is to be sent."""
    plain = query_value(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return None if plain is None else str(plain)


def cookies(values: Mapping[str, Any]) -> str | None:
    """*values* as one Cookie header; None if nothing is to be sent."""
    plain = {name: header_value(value) for name, value in values.items()}
    return "; ".join(f"{name}={value}" for name, value in plain.items() if value is not None) or None


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def _part(value: Any) -> FileTypes:
    if isinstance(value, File):
        return value.to_tuple()
    if isinstance(value, str):
        return None, value.encode(), "text/plain"
    return None, json.dumps(value, ensure_ascii=False).encode(), "application/json"
