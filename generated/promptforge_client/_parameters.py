# Generated from specs/promptforge/openapi.yaml (sha256 0cf1c9d2980e) by codegen.py; edit the overlay.
"""Encodes parameters in every style of OpenAPI 3.1: query, path, headers and cookies. UNSET and None send nothing."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from ._encode import checked_header, checked_segment, escaped, text, wire
from .types import UNSET

Pair = tuple[str, str]
# With allowReserved these characters of RFC 3986 and percent-encoded triples are sent as they are. What would end or
# split a query (# & +) or may not stand in one ([ ]) is encoded all the same.
RESERVED: Final = ":/?@!$'()*,;="
TRIPLE: Final = re.compile(r"(%[0-9A-Fa-f]{2})")
# What RFC 6265 allows in a cookie, but for the percent sign and the comma.
IN_COOKIES: Final = "!#$&'()*+/:<=>?@[]^`{|}"
KINDS: Final[dict[str, tuple[type, ...]]] = {
    "text": (str, int),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
SPLITS: Final = {
    "%20": " ",
    "%7C": "|",
}  # separators of arrays whose encoded form a server cannot tell from a value


def query(*pieces: str) -> str:
    """*pieces*, each a parameter that is encoded already, as one query."""
    return "&".join(piece for piece in pieces if piece)


def form(name: str, value: Any, *, explode: bool = True, separator: str = ",", reserved: bool = False) -> str:
    """The style form: `color=blue&color=black`, or `color=blue,black` without *explode*."""
    several = not explode and isinstance(wire(value), list | dict)
    encode = _encoder(reserved, separator if several else "")
    pairs = form_pairs(name, value, explode=explode, separator=separator, encode=encode)
    return "&".join(f"{key}={one}" for key, one in pairs)


def deep_object(name: str, value: Any, *, reserved: bool = False) -> str:
    """The style deepObject: `color[R]=100&color[G]=200`; what is nested goes on in the same way, arrays by number."""
    encode = _encoder(reserved)
    return "&".join(f"{escaped(name, key)}={encode(name, one)}" for key, one in deep_pairs(name, value))


def json_text(value: Any, *, ascii_only: bool = False) -> Any:
    """*value* as JSON text; UNSET and None as they are."""
    if value is UNSET or value is None:
        return value
    return json.dumps(wire(value), ensure_ascii=ascii_only, allow_nan=False, separators=(",", ":"))


def path(
    name: str, value: Any, *kinds: str, style: str = "simple", explode: bool = False, sent: str = ""
) -> str:
    """
    *value*, of one of *kinds*, in the style simple, label or matrix; *sent* is the name in a matrix.

    ValueError for a value of another kind or one that would change the path.
    """
    plain = wire(value)
    accepted = tuple(one for kind in kinds for one in KINDS[kind])
    if not isinstance(plain, accepted) or (isinstance(plain, bool) and bool not in accepted):
        raise ValueError(f"{name} must be {' or '.join(kinds)}, not {type(value).__name__}.")
    return checked_segment(name, PATH_STYLES[style](sent or name, plain, explode))


def header(name: str, value: Any, *, explode: bool = False) -> str | None:
    """The style simple in a header: `blue,black`; ValueError for an item that holds a separator."""
    if value is UNSET or value is None:
        return None
    plain = wire(value)
    if not isinstance(plain, list | dict):
        return checked_header(name, text(name, plain))
    items = _items(name, plain)
    for part in [part for item in items for part in item if part is not None]:
        if "," in part or (explode and isinstance(plain, dict) and "=" in part):
            raise ValueError(f"{name} cannot hold {part!r}: a comma separates its items in the header.")
    return checked_header(name, ",".join(_joined(items, explode))) if items else None


def cookies(*pieces: str) -> str | None:
    """*pieces*, each a cookie that is encoded already, as one Cookie header; None if there is none."""
    return "; ".join(piece for piece in pieces if piece) or None


def cookie(name: str, value: Any, *, explode: bool = True) -> str:
    """The style form in cookies; with *explode* each item is a cookie of its own: `seen=1; seen=2`."""
    pairs = form_pairs(name, value, explode=explode, encode=_cookie_text)
    return "; ".join(f"{key.replace('=', '%3D')}={one}" for key, one in pairs)


def form_pairs(
    name: str, value: Any, *, explode: bool, separator: str = ",", encode: Callable[[str, str], str]
) -> list[Pair]:
    """Names and values of the style form, each passed through *encode*."""
    if value is UNSET or value is None:
        return []
    plain = wire(value)
    key = encode(name, name)
    if not isinstance(plain, list | dict):
        return [(key, encode(name, text(name, plain)))]
    items = _items(name, plain)
    if explode:
        return [(key if field is None else encode(name, field), encode(name, one)) for field, one in items]
    parts = [part for item in items for part in item if part is not None]
    split = SPLITS.get(separator)
    if split and any(split in part for part in parts):
        raise ValueError(f"{name} cannot hold {split!r}, which separates its items.")
    return [(key, separator.join(encode(name, part) for part in parts))] if parts else []


def deep_pairs(name: str, value: Any) -> list[Pair]:
    """Names and values of the style deepObject, not encoded."""
    return [] if value is UNSET or value is None else list(_leaves(name, wire(value)))


def _leaves(name: str, plain: Any) -> Iterator[Pair]:
    if isinstance(plain, dict):
        for key, one in plain.items():  # pyright: ignore[reportUnknownVariableType]
            if one is not None:
                yield from _leaves(f"{name}[{key}]", one)
    elif isinstance(plain, list):
        for index, one in enumerate(plain):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            yield from _leaves(f"{name}[{index}]", one)
    else:
        yield name, text(name, plain)


def _items(name: str, plain: Any) -> list[tuple[str | None, str]]:
    """The fields of an object, without those that are None; or the items of an array, whose name is None."""
    if isinstance(plain, dict):
        return [(key, text(f"{name}.{key}", one)) for key, one in plain.items() if one is not None]  # pyright: ignore[reportUnknownVariableType]
    return [(None, text(f"{name}[{index}]", one)) for index, one in enumerate(plain)]


def _joined(items: list[tuple[str | None, str]], explode: bool) -> list[str]:
    """`R=100` for each field with *explode*, else name and value in turn; items as they are."""
    if explode:
        return [one if field is None else f"{field}={one}" for field, one in items]
    return [part for item in items for part in item if part is not None]


def _encoder(reserved: bool, separator: str = "") -> Callable[[str, str], str]:
    """The percent-encoding of query values."""
    if not reserved:
        return escaped
    safe = RESERVED.replace(separator, "") if separator else RESERVED

    def encode(name: str, value: str) -> str:
        return "".join(
            part if TRIPLE.fullmatch(part) else escaped(name, part, safe) for part in TRIPLE.split(value)
        )

    return encode


def _cookie_text(name: str, value: str) -> str:
    """*value* so that it can be neither read as another cookie nor decoded wrongly."""
    return escaped(name, value, IN_COOKIES)


def _path_items(name: str, plain: Any, split: str) -> list[tuple[str | None, str]]:
    """The escaped items of *plain*; ValueError for one that holds *split*, a separator that is never escaped."""
    items = _items(name, plain)
    if split and any(split in part for item in items for part in item if part is not None):
        raise ValueError(f"{name} cannot hold {split!r}, which separates its items.")
    return [(None if field is None else escaped(name, field), escaped(name, one)) for field, one in items]


def _simple(name: str, plain: Any, explode: bool) -> str:
    if not isinstance(plain, list | dict):
        return escaped(name, text(name, plain))
    return ",".join(_joined(_path_items(name, plain, ""), explode))


def _label(name: str, plain: Any, explode: bool) -> str:
    if not isinstance(plain, list | dict):
        return "." + escaped(name, text(name, plain))
    items = _path_items(name, plain, "." if explode else "")
    return "." + ("." if explode else ",").join(_joined(items, explode)) if items else ""


def _matrix(name: str, plain: Any, explode: bool) -> str:
    key = escaped(name, name)
    if not isinstance(plain, list | dict):
        values = [(key, escaped(name, text(name, plain)))]
    elif explode:
        values = [(key if field is None else field, one) for field, one in _path_items(name, plain, "")]
    else:
        parts = ",".join(_joined(_path_items(name, plain, ""), explode))
        values = [(key, parts)] if plain else []
    return "".join(f";{field}={one}" if one else f";{field}" for field, one in values)


PATH_STYLES: Final = {"simple": _simple, "label": _label, "matrix": _matrix}
