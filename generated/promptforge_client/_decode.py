# Generated from specs/promptforge/openapi.yaml (sha256 f4664a62ad5f) by codegen.py; edit the overlay.
"""From JSON to typed values: a decoder takes what was sent and gives the value, or raises DecodeError."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Generic, TypeGuard, TypeVar
from uuid import UUID

from ._errors import DecodeError
from .types import UNSET, Unset

T = TypeVar("T")
D = TypeVar("D")
E = TypeVar("E", bound=Enum)
Decoder = Callable[[object], T]

NAMES: Mapping[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
    dict: "an object",
}
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
DATE_TEXT = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DATE_TIME_TEXT = re.compile(
    r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:)(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.IGNORECASE | re.ASCII
)
LEAP_SECOND = "60"
MISSING = "nothing: it is missing"


def name_of(value: object) -> str:
    """What *value* is in JSON's own words; never the value itself, which may be a secret."""
    return NAMES.get(type(value), f"a {type(value).__name__}")


def anything(value: object) -> Any:
    """Whatever was sent."""
    return value


def null(value: object) -> None:
    """Only null."""
    if value is not None:
        raise _mismatch("null", name_of(value))


def boolean(value: object) -> bool:
    """True or false; no number and no word for them."""
    if isinstance(value, bool):
        return value
    raise _mismatch("a boolean", name_of(value))


def string(value: object) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise _mismatch("a string", name_of(value))


def integer(value: object) -> int:
    """A whole number; JSON Schema counts 2.0 as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise _mismatch("a whole number", "a fraction" if isinstance(value, float) else name_of(value))


def number(value: object) -> float:
    """A number, as it was sent: a whole one stays an int, which does not round."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _mismatch("a number", name_of(value))


def uuid(value: object) -> UUID:
    """A UUID in its usual form, 8-4-4-4-12; the other forms that UUID() takes are not what specs mean."""
    text = _text(value, "a UUID")
    if UUID_TEXT.fullmatch(text):
        return UUID(text)
    raise _mismatch("a UUID", "another string")


def date(value: object) -> dt.date:
    """A calendar day, YYYY-MM-DD."""
    text = _text(value, "a date")
    if not DATE_TEXT.fullmatch(text):
        raise _mismatch("a date", "another string")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _mismatch("a date", "another string") from None


def date_time(value: object) -> dt.datetime:
    """
    An RFC 3339 instant, always with a zone: a time sent without one is taken as UTC.

    Digits beyond microseconds are dropped. Python has no leap second, so one is the first second of the next day.
    """
    match = DATE_TIME_TEXT.fullmatch(_text(value, "a date-time"))
    if match is None:
        raise _mismatch("a date-time", "another string")
    minute, second, fraction, zone = match.groups()
    if second == LEAP_SECOND:
        return _leap_second(f"{minute}59{fraction or ''}{zone or 'Z'}")
    return _moment(match[0] if zone else match[0] + "Z")


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text.upper())
    except ValueError:
        raise _mismatch("a date-time", "another string") from None


def _leap_second(before: str) -> dt.datetime:
    try:
        moment = _moment(before) + dt.timedelta(seconds=1)
    except OverflowError:
        raise _mismatch("a date-time", "another string") from None
    if not _begins_a_month(moment):
        raise _mismatch("a date-time", "a leap second at a time that has none")
    return moment


def _begins_a_month(moment: dt.datetime) -> bool:
    """Leap seconds are the last ones of a month in UTC."""
    there = moment.astimezone(dt.UTC)
    return (there.day, there.hour, there.minute, there.second) == (1, 0, 0, 0)


def enum(kind: type[E]) -> Decoder[E]:
    """A member of *kind*; the enums are open, so that a value newer than this client is one too."""

    def decode(value: object) -> E:
        try:
            return kind(None if isinstance(value, bool) else value)  # Python counts True as 1
        except ValueError:
            raise _mismatch(f"a {kind.__name__}", name_of(value)) from None

    return decode


def list_of(item: Decoder[T]) -> Decoder[list[T]]:
    """An array of what *item* decodes."""

    def decode(value: object) -> list[T]:
        if not _is_array(value):
            raise _mismatch("an array", name_of(value))
        return [_element(item, value, index) for index in range(len(value))]

    return decode


def model(from_dict: Callable[[Mapping[str, Any]], T]) -> Decoder[T]:
    """An object that the model's *from_dict* reads."""

    def decode(value: object) -> T:
        if not _is_object(value):
            raise _mismatch("an object", name_of(value))
        return from_dict(value)

    return decode


def nullable(decode: Decoder[T]) -> Decoder[T | None]:
    """Null, or what *decode* takes."""

    def decode_or_null(value: object) -> T | None:
        if value is None:
            return None
        try:
            return decode(value)
        except DecodeError as fault:
            if fault.path:
                raise
            raise _mismatch(f"{fault.expected} or null", fault.got) from None

    return decode_or_null


class Constant(Generic[T]):
    """Exactly *wanted*, in value and kind."""

    def __init__(self, wanted: T) -> None:
        self._wanted = wanted

    def __call__(self, value: object) -> T:
        """Give the constant, if that is what was sent."""
        if type(value) is type(self._wanted) and value == self._wanted:
            return self._wanted
        raise _mismatch(f"the constant {self._wanted!r}", name_of(value))


class OneOf(Generic[T]):
    """The first of *options* that fits; `OneOf[int | str](integer, string)` tells checkers the type."""

    def __init__(self, *options: Decoder[Any]) -> None:
        self._options = options

    def __call__(self, value: object) -> T:
        """Give the decoded value; the mismatch that got furthest into it is the one worth reporting."""
        if value is None and null in self._options:  # the usual case, and a mismatch costs ten times as much
            return value  # type: ignore[return-value]
        faults: list[DecodeError] = []
        for option in self._options:
            try:
                decoded: T = option(value)
            except DecodeError as fault:
                faults.append(fault)
            else:
                return decoded
        furthest = max(faults, key=lambda fault: len(fault.path))
        if furthest.path:
            raise furthest
        raise _mismatch(" or ".join(dict.fromkeys(fault.expected for fault in faults)), furthest.got)


class OneOfKind(Generic[T]):
    """The model that the field *kind* of an object names: a spec calls this a discriminator."""

    def __init__(self, kind: str, models: Mapping[str, Callable[[Mapping[str, Any]], Any]]) -> None:
        self._kind = kind
        self._models = models

    def __call__(self, value: object) -> T:
        """Give the decoded model; a kind that the spec does not name fits none."""
        if not _is_object(value):
            raise _mismatch("an object", name_of(value))
        named = value.get(self._kind)
        if isinstance(named, str) and named in self._models:
            model: T = self._models[named](value)
            return model
        got = "another string" if isinstance(named, str) else name_of(named)
        fault = _mismatch(f"one of {', '.join(self._models)}", got if self._kind in value else MISSING)
        raise fault.inside(self._kind, model="", raw=value)


class Fields:
    """The fields of one JSON object, taken out one by one; what is left at the end was not in the spec."""

    def __init__(self, model: str, source: Mapping[str, Any]) -> None:
        if not _is_object(source):
            raise DecodeError(expected="an object", got=name_of(source), model=model, raw=source)
        self._model = model
        self._source = source
        self._left = dict(source)

    def required(self, name: str, decode: Decoder[T]) -> T:
        """The field *name*, which must be there."""
        if name in self._left:
            return self._take(name, decode)
        raise _mismatch("this field", MISSING).inside(name, model=self._model, raw=self._source)

    def optional(self, name: str, decode: Decoder[T]) -> T | Unset:
        """The field *name*, or UNSET."""
        return self._take(name, decode) if name in self._left else UNSET

    def defaulting(self, name: str, decode: Decoder[T], default: D) -> T | D:
        """The field *name*, or what the spec says that its absence means."""
        return self._take(name, decode) if name in self._left else default

    def rest(self, decode: Decoder[T]) -> dict[str, T]:
        """What the spec does not name, each value decoded."""
        return {name: self._take(name, decode) for name in list(self._left)}

    def _take(self, name: str, decode: Decoder[T]) -> T:
        try:
            return decode(self._left.pop(name))
        except (DecodeError, RecursionError) as fault:
            raise _told(fault).inside(name, model=self._model, raw=self._source) from None


def _mismatch(expected: str, got: str) -> DecodeError:
    return DecodeError(expected=expected, got=got)


def _element(item: Decoder[T], values: list[Any], index: int) -> T:
    try:
        return item(values[index])
    except (DecodeError, RecursionError) as fault:
        raise _told(fault).inside(index, model="", raw=values) from None


def _told(fault: DecodeError | RecursionError) -> DecodeError:
    """Whoever sends objects in objects without end gets the error of every other bad body."""
    if isinstance(fault, DecodeError):
        return fault
    return _mismatch("a value of sane depth", "one nested too deeply")


def _is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _text(value: object, expected: str) -> str:
    if isinstance(value, str):
        return value
    raise _mismatch(expected, name_of(value))
