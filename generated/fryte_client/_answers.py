# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""From an answer to its model: one reading of success, failure and everything between."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar

import httpx

from ._decode import Decoder
from ._errors import KEPT, BodyError, ClientError, DecodeError, StatusError

T = TypeVar("T")
Reader = Callable[[httpx.Response], T]  # one documented answer: how its body becomes a value


def nothing(response: httpx.Response) -> None:
    """No content is documented, so none is read."""


def text(response: httpx.Response) -> str:
    """The body as text."""
    return response.text


def content(response: httpx.Response) -> bytes:
    """The body as it is."""
    return response.content


def json_of(name: str, decode: Decoder[T]) -> Reader[T]:
    """The body as JSON, decoded; *name* is what errors call it."""

    def read_json(response: httpx.Response) -> T:
        raw = _parsed(response)
        try:
            return decode(raw)
        except DecodeError as fault:
            raise fault.of(model=name, raw=raw) from None

    return read_json


class Documented(Generic[T]):
    """What an operation may answer: its successes and its faults by status, and the error for each of the latter."""

    def __init__(
        self,
        successes: Mapping[str, Reader[T]],
        faults: Mapping[str, Reader[Any]],
        errors: Mapping[int, type[StatusError]],
    ) -> None:
        self._successes, self._faults, self._errors = successes, faults, errors

    def read(self, response: httpx.Response) -> T:
        """The model of a documented success; everything else raises."""
        reader = _documented(response.status_code, self._successes)
        if reader is None:
            self._fail(response)
        return reader(response)

    def _fail(self, response: httpx.Response) -> NoReturn:
        kind = self._errors.get(response.status_code, StatusError)
        raise kind.of(response, _fault_body(response, _documented(response.status_code, self._faults)))


def _documented(status: int, readers: Mapping[str, Reader[T]]) -> Reader[T] | None:
    """The reader for *status*: its own, that of its range, the default; as the spec ranks them."""
    for pattern in (str(status), f"{status // 100}XX", "default"):
        if pattern in readers:
            return readers[pattern]
    return None


def _fault_body(response: httpx.Response, reader: Reader[Any] | None) -> object:
    """The error model, else parsed JSON, else the start of the text: a fault's body never hides the fault."""
    if reader is not None:
        try:
            return reader(response)
        except ClientError:
            pass
    try:
        return _parsed(response)
    except BodyError as error:
        return error.start or None


def _parsed(response: httpx.Response) -> Any:
    try:
        body = response.content
        return _JSON.decode(body.decode(json.detect_encoding(body), "surrogatepass"))
    except RecursionError:
        why = "is nested too deeply"
    except ValueError:
        why = "is not JSON" if response.content.strip() else "is empty"
    start = response.content[: 4 * KEPT].decode(errors="replace")[:KEPT]
    kind = response.headers.get("content-type", "")
    raise BodyError(status=response.status_code, content_type=kind, start=start, why=why)


def _finite(digits: str) -> float:
    """A number that Python would round to infinity is refused like infinity itself."""
    value = float(digits)
    return value if math.isfinite(value) else _refuse(digits)


def _refuse(constant: str) -> NoReturn:
    """NaN and the infinities are Python's own addition to JSON."""
    raise ValueError(constant)


_JSON = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
