# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""Encodes the bodies of forms, urlencoded and multipart, with the document's encoding of each field."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from ._encode import Body, encoded, text, wire
from ._parameters import deep_object, deep_pairs, form, form_pairs
from .types import UNSET, File, FileTypes

SEPARATORS: Final = {"form": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
CHARACTERS: Final = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


class Field(NamedTuple):
    """How one field is sent: in a style of query parameters, or with a content type and headers of its own."""

    style: str = ""
    explode: bool = True
    reserved: bool = False
    content_type: str = ""
    headers: Mapping[str, str] = MappingProxyType({})


Fields = Mapping[str, Field]
NO_FIELDS: Final[Fields] = MappingProxyType({})
USUAL: Final = Field()
NO_PARTS: Final[Body] = {"content": b"--empty--\r\n", "content_type": "multipart/form-data; boundary=empty"}


def urlencoded(body: Any, fields: Fields = NO_FIELDS) -> Body:
    """*body*, a model or a mapping, as an urlencoded form: arrays are repeated, objects JSON, None is left out."""
    if body is UNSET:
        return {}
    pieces = [_piece(name, value, fields.get(name, USUAL)) for name, value in _entries(body)]
    content = "&".join(piece for piece in pieces if piece).replace("%20", "+")
    return {"content": content.encode(), "content_type": "application/x-www-form-urlencoded"}


def multipart(body: Any, fields: Fields = NO_FIELDS) -> Body:
    """*body*, a model or a mapping, as a multipart form: files unchanged, arrays as repeated parts, objects as JSON."""
    if body is UNSET:
        return {}
    parts = [part for name, value in _entries(body) for part in _parts(name, value, fields.get(name, USUAL))]
    return {"files": parts} if parts else NO_PARTS


def _entries(body: Any) -> list[tuple[str, Any]]:
    plain = wire(body)
    if not isinstance(plain, dict):
        raise ValueError(f"A form needs an object with its fields, not {type(body).__name__}.")  # noqa: TRY004 - one kind for all bad values
    return [(name, value) for name, value in plain.items() if value is not None]  # pyright: ignore[reportUnknownVariableType]


def _piece(name: str, value: Any, field: Field) -> str:
    if field.style == "deepObject":
        return deep_object(name, value, reserved=field.reserved)
    if field.style:
        return form(
            name, value, explode=field.explode, separator=SEPARATORS[field.style], reserved=field.reserved
        )
    return "&".join(form(name, text(name, one)) for one in _values(value, field))


def _parts(name: str, value: Any, field: Field) -> Iterator[tuple[str, FileTypes]]:
    if field.style == "deepObject":
        pairs = deep_pairs(name, value)
    elif field.style:
        separator = CHARACTERS[field.style]
        pairs = form_pairs(name, value, explode=field.explode, separator=separator, encode=lambda _, one: one)
    else:
        for one in _values(value, field):
            yield name, _part(name, one, field)
        return
    for key, one in pairs:
        yield key, _part(key, one, field)


def _values(value: Any, field: Field) -> list[Any]:
    """The items of an array, each sent on its own; all of them at once if their content type is that of an array."""
    if not isinstance(value, list):
        return [value]
    whole = _is_json(field.content_type) and not any(isinstance(one, dict | File) for one in value)  # pyright: ignore[reportUnknownVariableType]
    return [text("", value)] if whole else value  # pyright: ignore[reportUnknownVariableType]


def _part(name: str, value: Any, field: Field) -> FileTypes:
    if isinstance(value, File):
        content: Any = value.payload
        kind, file_name = (
            value.mime_type or field.content_type or None,
            value.file_name or _file_name(name, value),
        )
    else:
        kind = field.content_type or ("application/json" if isinstance(value, list | dict) else "text/plain")
        content = encoded(text(name, value), kind)
        file_name = None
    return (file_name, content, kind, field.headers) if field.headers else (file_name, content, kind)


def _file_name(name: str, file: File) -> str:
    """The name of the open file, else that of its field: a server takes a part without a file name for text."""
    opened = getattr(file.payload, "name", None)
    return (PurePath(opened).name if isinstance(opened, str) else "") or name


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")
