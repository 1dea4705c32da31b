# Generated from specs/freeplay/openapi.yaml (sha256 7b078dc6642b) by codegen.py; edit the overlay.
"""Reads responses: a documented success becomes its model, everything else raises an error."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar

from ._decode import Decoder
from ._errors import KEPT, BodyError, ClientError, DecodeError, StatusError
from ._httpx import httpx

T = TypeVar("T")
Reader = Callable[[httpx.Response], T]  # reads the body of one documented response


def nothing(response: httpx.Response) -> None:
    """Ignore the body, as no content is documented."""


def text(response: httpx.Response) -> str:
    """The body as text."""
    return response.text


def content(response: httpx.Response) -> bytes:
    """The body as bytes."""
    return response.content


def json_of(name: str, decode: Decoder[T]) -> Reader[T]:
    """A reader of JSON bodies; *name* is the name of the type in error messages."""

    def read_json(response: httpx.Response) -> T:
        raw = _parsed(response)
        try:
            return decode(raw)
        except DecodeError as fault:
            raise fault.of(model=name, raw=raw) from None

    return read_json


class Documented(Generic[T]):
    """The documented responses of an operation: success readers, error readers and error classes, by status."""

    def __init__(
        self,
        successes: Mapping[str, Reader[T]],
        faults: Mapping[str, Reader[Any]],
        errors: Mapping[int, type[StatusError]],
    ) -> None:
        self._successes, self._faults, self._errors = successes, faults, errors

    def read(self, response: httpx.Response) -> T:
        """The value of a documented success response; any other response raises, also where only a default is."""
        reader = _documented(response.status_code, self._successes)
        if reader is None or not 200 <= response.status_code < 300:
            self._fail(response)
        return reader(response)

    def _fail(self, response: httpx.Response) -> NoReturn:
        kind = self._errors.get(response.status_code, StatusError)
        raise kind.of(response, _fault_body(response, _documented(response.status_code, self._faults)))


def _documented(status: int, readers: Mapping[str, Reader[T]]) -> Reader[T] | None:
    """The reader for *status*: that of the exact code, else of its range such as 4XX, else the default."""
    reader = readers.get(str(status))
    return reader or readers.get(f"{status // 100}XX") or readers.get("default")


def _fault_body(response: httpx.Response, reader: Reader[Any] | None) -> object:
    """The error model, else parsed JSON, else the start of the text: a bad body never replaces the status error."""
    if reader is not None:
        try:
            found = reader(response)
        except ClientError:
            found = None
        if found is not None:  # as it is where the spec documents no content
            return found
    try:
        return _parsed(response)
    except BodyError as error:
        return error.start or None


def _parsed(response: httpx.Response) -> Any:
    try:
        body = response.content
        encoding = "utf-8" if body[:2] in _USUAL else json.detect_encoding(body)
        return _JSON.decode(body.decode(encoding, "surrogatepass"))
    except RecursionError:
        why = "is nested too deeply"
    except ValueError:
        why = "is not JSON" if response.content.strip() else "is empty"
    start = response.content[: 4 * KEPT].decode(errors="replace")[:KEPT]
    kind = response.headers.get("content-type", "")
    raise BodyError(status=response.status_code, content_type=kind, start=start, why=why)


def _finite(digits: str) -> float:
    """Refuse numbers that Python would round to infinity."""
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits)


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and infinity, which Python accepts but JSON does not allow."""
    raise ValueError(constant)


_USUAL = frozenset({b'{"', b"{}", b"{ ", b"{\n", b"[{", b"[]"})  # how JSON begins in no other encoding
_JSON = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
