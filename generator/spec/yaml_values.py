"""
Reads YAML 1.2 text as JSON values, with limits on depth and on what aliases may expand to.

libyaml parses, in C. What a word without quotes means is decided here, by YAML 1.2's core schema: the loaders of
PyYAML follow 1.1, for which `no` is a boolean. Values are built in the same pass, so a limit is reached before the
value beyond it is built.
"""

import math
import re
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

MAX_DEPTH = 100
MAX_BITS = 10_000  # of an integer; Python writes no longer ones in decimal
MAX_ALIASED = 500_000  # values that aliases may add to those that are written out
TAG = "tag:yaml.org,2002:"
WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
NUMBER_BEGINS = frozenset("+-.0123456789")
INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
MERGE = "<<"  # of YAML 1.1, and still written: the keys of another mapping, which own keys override
COLLECTIONS = {MappingStartEvent: f"{TAG}map", SequenceStartEvent: f"{TAG}seq"}
_Parser: Any = getattr(
    getattr(yaml, "cyaml", None), "CParser", yaml.Loader
)  # a PyYAML built without libyaml has the slow one alone


class YamlValueError(Exception):
    """Why a text has no value; *place* is "line 3, column 7", or empty."""

    def __init__(self, reason: str, place: str = "") -> None:
        self.place = place
        super().__init__(reason)


def yaml_value(text: str) -> Any:
    """
    The value of the one document in *text*: dict, list, str, int, float, bool or None, which an empty text is.

    YamlValueError if the text is not one document of JSON values within the limits.
    """
    try:
        return _Reader(_Parser(text)).document()
    except yaml.MarkedYAMLError as error:
        problem = (error.problem or error.context or "bad syntax").strip().splitlines()[0]
        raise YamlValueError(problem, _place(error.problem_mark) if error.problem_mark else "") from None
    except (yaml.YAMLError, ValueError) as error:
        raise YamlValueError((str(error).strip() or "bad syntax").splitlines()[0]) from None


class _Reader:
    """Builds the values of one document from the events of *parser*."""

    def __init__(self, parser: Any) -> None:
        self._next = parser.get_event
        self._anchors: dict[str, tuple[Any, int] | None] = {}  # the value and its size; None while it is being read
        self._values = 0  # read so far, those of aliases included
        self._aliased = 0
        self._depth = 0

    def document(self) -> Any:
        """The document's value; None if there is no document."""
        self._next()
        event = self._next()
        if type(event) is StreamEndEvent:
            return None
        if type(event) is DocumentStartEvent and event.version not in {None, (1, 2)}:
            raise YamlValueError("it declares another YAML version than 1.2; remove its %YAML line")
        value = self._value(self._next())
        self._next()
        event = self._next()
        if type(event) is not StreamEndEvent:
            raise _refusal(event, "a second document begins; a file has one")
        return value

    def _value(self, event: Any) -> Any:
        kind = type(event)
        if kind is ScalarEvent:
            self._values += 1
            value = _scalar(event)
            if event.anchor:
                self._anchors[event.anchor] = (value, 1)
            return value
        return self._copy(event) if kind is AliasEvent else self._collection(event)

    def _collection(self, event: Any) -> Any:
        before, anchor = self._values, event.anchor
        self._values += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise YamlValueError(f"it is nested deeper than {MAX_DEPTH} levels", _place(event.start_mark))
        if event.tag not in {None, "!", COLLECTIONS[type(event)]}:
            raise _refusal(event, f"the tag {_short(event.tag)} is not known")
        if anchor:
            self._anchors[anchor] = None
        value: Any = self._mapping() if type(event) is MappingStartEvent else self._sequence()
        self._depth -= 1
        if anchor:
            self._anchors[anchor] = (value, self._values - before)
        return value

    def _sequence(self) -> list[Any]:
        values = []
        while type(event := self._next()) is not SequenceEndEvent:
            values.append(self._value(event))
        return values

    def _mapping(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        merged: list[dict[str, Any]] = []
        while type(event := self._next()) is not MappingEndEvent:
            key = self._key(event)
            if key in values:
                raise _refusal(event, f"found duplicate key {_short(key)}")
            value = self._value(self._next())
            if key == MERGE and type(event) is ScalarEvent and event.implicit[0]:
                merged.extend(_mappings(event, value))
            else:
                values[key] = value
        for other in merged:
            for key, value in other.items():
                values.setdefault(key, value)
        return values

    def _key(self, event: Any) -> str:
        """A key as it is written: JSON has no others than strings, so `200` and `true` are those words."""
        if type(event) is ScalarEvent:
            if event.anchor:
                self._anchors[event.anchor] = (event.value, 1)
            return str(event.value)
        value = self._copy(event) if type(event) is AliasEvent else None
        if isinstance(value, str):
            return value
        raise _refusal(event, "a key is not a string; write it in quotes")

    def _copy(self, event: Any) -> Any:
        """The value of an alias, independent of the anchor's."""
        if event.anchor not in self._anchors:
            raise _refusal(event, f"found undefined alias {_short(event.anchor)}")
        known = self._anchors[event.anchor]
        if known is None:
            raise _refusal(
                event,
                f"{_short(event.anchor)} contains itself, so it has no end once its aliases are expanded",
            )
        value, size = known
        self._values += size
        self._aliased += size
        if self._aliased > MAX_ALIASED:
            raise YamlValueError(
                f"it contains more than {MAX_ALIASED} further values once its aliases are expanded",
                _place(event.start_mark),
            )
        return self._deep(value, self._depth, event)

    def _deep(self, value: Any, depth: int, event: Any) -> Any:
        if not isinstance(value, dict | list):
            return value
        if depth >= MAX_DEPTH:
            raise YamlValueError(
                f"it is nested deeper than {MAX_DEPTH} levels once its aliases are expanded", _place(event.start_mark)
            )
        if isinstance(value, dict):
            return {key: self._deep(one, depth + 1, event) for key, one in value.items()}
        return [self._deep(one, depth + 1, event) for one in value]


def _mappings(event: Any, value: Any) -> list[dict[str, Any]]:
    """The mappings that a merge key names: one, or a list of them."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in values):
        raise _refusal(event, "the value of the key << is neither a mapping nor a list of mappings")
    return values


def _scalar(event: Any) -> Any:
    text: str = event.value
    if event.implicit[0]:  # neither a tag nor quotes
        return _plain(event, text)
    if event.tag in {None, "!", f"{TAG}str"} or event.implicit[1]:
        return text
    kind = event.tag.removeprefix(TAG)
    value = _plain(event, text) if kind in {"int", "float", "bool", "null"} else None
    if kind == "float" and type(value) is int:
        value = float(value)
    if {"int": int, "float": float, "bool": bool, "null": type(None)}.get(kind) is type(value):
        return value
    raise _refusal(event, f"{_short(text)} has the tag {_short(event.tag)}, which JSON cannot represent")


def _plain(event: Any, text: str) -> Any:
    """What a word without quotes means in YAML 1.2's core schema (chapter 10.3.2)."""
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_BEGINS:
        return text
    if INTEGER.fullmatch(text):
        return _integer(event, text)
    if not DECIMAL.fullmatch(text):
        return text  # also .nan and .inf, which JSON cannot represent
    number = float(text)
    return number if math.isfinite(number) else text


def _integer(event: Any, text: str) -> int:
    try:
        value = int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    except ValueError:  # Python reads no decimal number of more than 4,300 digits
        value = None
    if value is None or value.bit_length() > MAX_BITS:
        raise _refusal(event, f"{_short(text)} is a number of too many digits")
    return value


def _refusal(event: Any, reason: str) -> YamlValueError:
    return YamlValueError(reason, _place(event.start_mark))


def _place(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _short(text: str, shown: int = 80) -> str:
    return repr(text) if len(text) <= shown else f"{text[:shown]!r}…"
