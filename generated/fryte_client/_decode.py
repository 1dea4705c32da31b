# Generated from specs/fryte/openapi.yaml (sha256 00ff016f7cee) by codegen.py; edit the overlay.
"""Decodes JSON to typed values: a decoder takes a JSON value and returns the typed value, or raises DecodeError."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from contextvars import ContextVar
from enum import Enum
from typing import Any, Generic, TypeGuard, TypeVar
from uuid import UUID

from ._errors import DecodeError
from .types import UNSET, TextId, Unset

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
# Compiled when they are used, and then kept: that takes longer than to import the rest of this module.
UUID_TEXT = r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DATE_TEXT = r"(?a)\d{4}-\d\d-\d\d"
DATE_TIME_TEXT = r"(?ai)(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:)(\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?"
LEAP_SECOND = "60"
MISSING = "nothing: it is missing"
WRONG = 1000  # surprises that what is no value of a member weighs, as against a field that is new
_text_ids: ContextVar[int] = ContextVar("_text_ids", default=0)  # how many ids were read that are no UUIDs


@functools.cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(text)


def name_of(value: object) -> str:
    """The JSON type of *value*, such as `a string`; never the value itself, which may be a secret."""
    return NAMES.get(type(value), f"a {type(value).__name__}")


def anything(value: object) -> Any:
    """Any value, unchanged."""
    return value


def null(value: object) -> None:
    """Only null."""
    if value is not None:
        raise _mismatch("null", name_of(value))


def boolean(value: object) -> bool:
    """True or false; numbers and strings are refused."""
    if isinstance(value, bool):
        return value
    raise _mismatch("a boolean", name_of(value))


def string(value: object) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise _mismatch("a string", name_of(value))


def integer(value: object) -> int:
    """An integer; JSON Schema counts 2.0 as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise _mismatch("a whole number", "a fraction" if isinstance(value, float) else name_of(value))


def number(value: object) -> float:
    """A number; an integer stays an int, which is exact."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise _mismatch("a number", name_of(value))


def uuid(value: object) -> UUID:
    """
    A UUID in the form 8-4-4-4-12; the other forms that UUID() accepts are not `format: uuid`.

    Other text is kept as a TextId, as no answer is unusable for an id; it is counted, as a union prefers members
    without one.
    """
    text = _text(value, "a UUID")
    if _compiled(UUID_TEXT).fullmatch(text):
        return UUID(text)
    _text_ids.set(_text_ids.get() + 1)
    return TextId(text)


def date(value: object) -> dt.date:
    """A date, YYYY-MM-DD."""
    text = _text(value, "a date")
    if not _compiled(DATE_TEXT).fullmatch(text):
        raise _mismatch("a date", "another string")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _mismatch("a date", "another string") from None


def date_time(value: object) -> dt.datetime:
    """
    An RFC 3339 date-time, always with a zone: without one it is read as UTC.

    Digits beyond microseconds are dropped. Python has no leap seconds: one becomes the first second of the next day.
    """
    match = _compiled(DATE_TIME_TEXT).fullmatch(_text(value, "a date-time"))
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
    """Whether *moment* is the first second of a month in UTC: a leap second can only precede one."""
    there = moment.astimezone(dt.UTC)
    return (there.day, there.hour, there.minute, there.second) == (1, 0, 0, 0)


class Enumerated(Generic[E]):
    """A decoder of members of *kind*; enums are open, so that a value unknown to this client is a member too."""

    def __init__(self, kind: type[E]) -> None:
        self._kind = kind

    def __call__(self, value: object) -> E:
        """Return the member for *value*, which may be one that is not listed."""
        try:
            return self._kind(None if isinstance(value, bool) else value)  # Python counts True as 1
        except ValueError:
            raise _mismatch(f"a {self._kind.__name__}", name_of(value)) from None

    def surprises(self, value: object) -> int:
        """Whether *value* is not listed: in a union another option is then tried first."""
        return all(value != member.value for member in self._kind)


@functools.cache
def enum(kind: type[E]) -> Decoder[E]:
    """A decoder of members of *kind*; there are as many as enums, and each model asks for them at each value."""
    return Enumerated(kind)


class ListOf(Generic[T]):
    """A decoder of arrays whose items *item* decodes."""

    def __init__(self, item: Decoder[T]) -> None:
        self._item = item

    def __call__(self, value: object) -> list[T]:
        """Return the decoded items."""
        if not _is_array(value):
            raise _mismatch("an array", name_of(value))
        return [_element(self._item, value, index) for index in range(len(value))]

    def surprises(self, value: object) -> int:
        """How many surprises the items have."""
        return sum(_surprises(self._item, one) for one in value) if _is_array(value) else 0


def list_of(item: Decoder[T]) -> Decoder[list[T]]:
    """A decoder of arrays whose items *item* decodes."""
    return ListOf(item)


def model(from_dict: Callable[[Mapping[str, Any]], T]) -> Decoder[T]:
    """A decoder of objects that the model's *from_dict* reads."""

    def decode(value: object) -> T:
        if not _is_object(value):
            raise _mismatch("an object", name_of(value))
        return from_dict(value)

    return decode


def nullable(decode: Decoder[T]) -> Decoder[T | None]:
    """A decoder of null and of values that *decode* accepts."""
    return _nullable_simple(decode) if decode in _SIMPLE else _nullable(decode)


def _nullable(decode: Decoder[T]) -> Decoder[T | None]:
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


# Models ask for these at each value. Other decoders are made anew each time, so that to keep them would fill memory.
_SIMPLE = frozenset({anything, boolean, string, integer, number, uuid, date, date_time})
_nullable_simple = functools.cache(_nullable)


class Constant(Generic[T]):
    """A decoder of one constant."""

    def __init__(self, wanted: T) -> None:
        self._wanted = wanted

    def __call__(self, value: object) -> T:
        """Return the constant if *value* is equal to it; Python counts True as 1, JSON Schema counts 1.0 as 1."""
        if value == self._wanted and isinstance(value, bool) == isinstance(self._wanted, bool):
            return self._wanted
        raise _mismatch(f"the constant {self._wanted!r}", name_of(value))


class Member(Generic[T]):
    """
    A decoder of a model that is one of several in a union.

    *fields* are the ones that the spec names, *kinds* the values it lists for those that tell the models apart.
    """

    def __init__(
        self,
        from_dict: Callable[[Mapping[str, Any]], T],
        fields: AbstractSet[str],
        kinds: Mapping[str, AbstractSet[object]] | None = None,
        *,
        closed: bool = False,
    ) -> None:
        self._decode = model(from_dict)
        self._fields, self._kinds = fields, kinds or {}
        self._weight = WRONG if closed else 1

    def __call__(self, value: object) -> T:
        """Return the decoded model; fields that a closed one does not have are ignored: a service may add some."""
        return self._decode(value)

    def surprises(self, value: object) -> int:
        """How much of *value* this model does not name: the less, the more likely is it meant."""
        if not _is_object(value):
            return 0
        unlisted = sum(name in value and value[name] not in listed for name, listed in self._kinds.items())
        return WRONG * WRONG * unlisted + self._weight * len(value.keys() - self._fields)


class OneOf(Generic[T]):
    """
    A decoder of unions; `OneOf[int | str](integer, string)` has that type.

    The options that name most of a value are tried first; of those that name as much the first that succeeds is taken,
    and one that takes other text for a UUID only if no other does.
    """

    def __init__(self, *options: Decoder[Any]) -> None:
        self._options = options
        self._ranked = any(hasattr(option, "surprises") for option in options)

    def __call__(self, value: object) -> T:
        """Return the decoded value, or raise the error whose path is the longest."""
        if value is None and null in self._options:  # frequent, and ten times faster than a mismatch
            return value  # type: ignore[return-value]
        before = _text_ids.get()
        faults: list[DecodeError] = []
        for alike in self._in_order(value) if self._ranked else [self._options]:
            other: list[T] = []  # what the options made of it that took text for a UUID
            for option in alike:
                try:
                    decoded: T = option(value)
                except DecodeError as fault:
                    faults.append(fault)
                else:
                    if _text_ids.get() == before:
                        return decoded
                    other.append(decoded)
                _text_ids.set(before)
            if other:
                _text_ids.set(before + 1)
                return other[0]
        furthest = max(faults, key=lambda fault: len(fault.path))
        if furthest.path:
            raise furthest
        raise _mismatch(" or ".join(dict.fromkeys(fault.expected for fault in faults)), furthest.got)

    def _in_order(self, value: object) -> list[list[Decoder[Any]]]:
        """The options, grouped by how many surprises they have; those last that have the most."""
        counted: dict[int, list[Decoder[Any]]] = {}
        for option in self._options:
            counted.setdefault(_surprises(option, value), []).append(option)
        return [counted[surprises] for surprises in sorted(counted)]


class OneOfKind(Generic[T]):
    """A decoder of unions with a discriminator: the field *kind* of an object names its model."""

    def __init__(self, kind: str, models: Mapping[str, Callable[[Mapping[str, Any]], Any]]) -> None:
        self._kind = kind
        self._models = models

    def __call__(self, value: object) -> T:
        """Return the decoded model, or raise DecodeError if the spec does not name the kind."""
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
    """Reads the fields of one JSON object by name; those that remain at the end are not in the spec."""

    def __init__(self, model: str, source: Mapping[str, Any]) -> None:
        if not _is_object(source):
            raise DecodeError(expected="an object", got=name_of(source), model=model, raw=source)
        self._model = model
        self._source = source
        self._left = dict(source)

    def required(self, name: str, decode: Decoder[T]) -> T:
        """The field *name*, which must be present."""
        if name not in self._left:
            raise _mismatch("this field", MISSING).inside(name, model=self._model, raw=self._source)
        try:
            return decode(self._left.pop(name))
        except (DecodeError, RecursionError) as fault:
            raise self._inside(name, fault) from None

    def optional(self, name: str, decode: Decoder[T]) -> T | Unset:
        """The field *name*, or UNSET."""
        return self._take(name, decode) if name in self._left else UNSET

    def or_none(self, name: str, decode: Decoder[T]) -> T | None:
        """The field *name*, or None if it is absent."""
        if name not in self._left:
            return None
        try:
            return decode(self._left.pop(name))
        except (DecodeError, RecursionError) as fault:
            raise self._inside(name, fault) from None

    def defaulting(self, name: str, decode: Decoder[T], default: D) -> T | D:
        """The field *name*, or the spec's default if it is absent."""
        return self._take(name, decode) if name in self._left else default

    def rest(self, decode: Decoder[T]) -> dict[str, T]:
        """The remaining fields, each value decoded."""
        return {name: self._take(name, decode) for name in tuple(self._left)} if self._left else {}

    def _take(self, name: str, decode: Decoder[T]) -> T:
        try:
            return decode(self._left.pop(name))
        except (DecodeError, RecursionError) as fault:
            raise self._inside(name, fault) from None

    def _inside(self, name: str, fault: DecodeError | RecursionError) -> DecodeError:
        return _told(fault).inside(name, model=self._model, raw=self._source)


def _surprises(decode: Decoder[Any], value: object) -> int:
    """How much of *value* the spec does not name, though *decode* may accept it."""
    if decode is uuid:
        return not (isinstance(value, str) and _compiled(UUID_TEXT).fullmatch(value))
    counted: Callable[[object], int] | None = getattr(decode, "surprises", None)
    return counted(value) if counted else 0


def _mismatch(expected: str, got: str) -> DecodeError:
    return DecodeError(expected=expected, got=got)


def _element(item: Decoder[T], values: list[Any], index: int) -> T:
    try:
        return item(values[index])
    except (DecodeError, RecursionError) as fault:
        raise _told(fault).inside(index, model="", raw=values) from None


def _told(fault: DecodeError | RecursionError) -> DecodeError:
    """A DecodeError also for a body that is nested too deeply."""
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
