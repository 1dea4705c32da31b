"""Loads a spec or overlay as plain data: local files only, YAML 1.2 or JSON, with limits on size and depth."""

import json
import math
import warnings
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.parser import Parser

from generator.errors import GeneratorError
from generator.spec.pointers import Document, joined

SHOWN = 80  # characters of a value in a message
MAX_BYTES = 10_000_000
MAX_DEPTH = 100
MAX_BITS = 10_000  # of an integer
MAX_NODES = 500_000  # each alias counts as many as the value that it refers to


class _Size:
    """Counts the values of a document while it is parsed; an alias counts as many as the value that it refers to."""

    def __init__(self) -> None:
        self.total = 0
        self.opened: list[tuple[str | None, int]] = []  # the anchor of each open collection, the total before
        self._sizes: dict[str, int] = {}

    def add(self, event: Event) -> None:
        """Count one event of the parser."""
        match event:
            case AliasEvent():
                self.total += self._sizes.get(event.anchor, MAX_NODES)  # an open collection is recursive
            case MappingStartEvent() | SequenceStartEvent():
                self.opened.append((event.anchor, self.total))
                self.total += 1
            case MappingEndEvent() | SequenceEndEvent():
                self._counted(*self.opened.pop())
            case NodeEvent():
                self.total += 1
                self._counted(event.anchor, self.total - 1)

    def _counted(self, anchor: str | None, before: int) -> None:
        if anchor:
            self._sizes[anchor] = self.total - before


class LimitError(ValueError):
    """A document beyond the limits: the end of a sentence about it."""


class _MeasuringParser(Parser):
    """Refuses documents beyond the limits; depth and size are counted from events, before any value is built."""

    def __init__(self, loader: Any) -> None:
        super().__init__(loader)
        self._size = _Size()

    def get_event(self) -> Any:
        """The next event."""
        event = super().get_event()
        if isinstance(event, DocumentStartEvent) and event.version not in {None, (1, 2)}:
            raise LimitError("declares another YAML version than 1.2; remove its %YAML line")
        self._size.add(event)
        if len(self._size.opened) > MAX_DEPTH:
            raise LimitError(f"is nested deeper than {MAX_DEPTH} levels")
        if self._size.total > MAX_NODES:
            raise LimitError(f"contains more than {MAX_NODES} values once its aliases are expanded")
        return event


class _PlainConstructor(SafeConstructor):
    """Safe YAML without timestamps: JSON has none, so a date in a spec is a string."""


_PlainConstructor.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)


def load(path: Path) -> Document:
    """The JSON object in the file *path*; GeneratorError if the file is not one."""
    text = read_text(path)
    document = _json(path, text) if text.lstrip().startswith("{") else _yaml(path, text)
    if not isinstance(document, dict):
        raise GeneratorError(f"{path} does not contain an object at its top level.")
    plain: Document = _plain(path, document)
    return plain


def load_spec(path: Path) -> Document:
    """The OpenAPI 3.0 or 3.1 document in the file *path*; GeneratorError if the file is not one."""
    document = load(path)
    version = document.get("openapi")
    if "swagger" in document:
        raise GeneratorError(f"{path} is a Swagger {document['swagger']} document; convert it to OpenAPI 3 first.")
    if not isinstance(version, str) or not version.startswith(("3.0.", "3.1.")):
        raise GeneratorError(f"{path} is not an OpenAPI 3.0 or 3.1 document: its field `openapi` is {version!r}.")
    return document


def read_text(path: Path) -> str:
    """The text of the file *path*; GeneratorError if it is too large, no file or no text."""
    try:
        if path.exists() and not path.is_file():  # reading a device or a pipe may never end
            raise GeneratorError(f"{path} is not a file.")
        if path.stat().st_size > MAX_BYTES:
            raise GeneratorError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise GeneratorError(f"{path} does not exist.") from None
    except OSError as error:
        raise GeneratorError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise GeneratorError(f"{path} is not UTF-8 text.") from None


def _json(path: Path, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique)
    except RecursionError:
        raise GeneratorError(f"{path} is nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        if not isinstance(error, json.JSONDecodeError):
            raise GeneratorError(f"{path} does not parse: {error}.") from None
    return _yaml(path, text)  # an object in YAML's flow style begins with a brace too


def _unique(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError("the key " + repr(next(name for name in names if names.count(name) > 1)) + " occurs twice")
    return document


def _yaml(path: Path, text: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML lets an anchor be defined again
            return _parser().load(text)
    except LimitError as error:
        raise GeneratorError(f"{path} {error}.") from None
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = (error.problem or error.context or "bad syntax").strip().splitlines()[0]
        raise GeneratorError(f"{path}{place}, does not parse: {problem}.") from None
    except (YAMLError, ValueError) as error:
        raise GeneratorError(f"{path} does not parse: {str(error).strip().splitlines()[0]}.") from None


def depth(value: Any) -> int:
    """How deep *value* is nested; 0 for a value without parts."""
    level, found = [value], -1
    while level:
        found += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return found


def start_lines(path: Path, key: str) -> list[int]:
    """The line, counted from 1, in which each entry of the list at *key* begins; *path* has been loaded before."""
    entries: list[Any] = next(
        (list(value.value) for name, value in compose(read_text(path)).value if name.value == key), []
    )
    return [entry.start_mark.line + 1 for entry in entries]


def compose(text: str) -> Any:
    """The tree of the nodes of YAML or JSON *text*, with their places."""
    return _parser().compose(text)


def parse(path: Path, text: str) -> Any:
    """The value of *text*, a part of what the file *path* contains, which has been loaded before."""
    return _plain(path, _parser().load(text))


def _parser() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _PlainConstructor
    yaml.Parser = _MeasuringParser
    return yaml


def _plain(path: Path, node: Any, pointer: str = "", depth: int = 0) -> Any:
    """A copy of *node* with JSON types only and no shared parts; status codes become strings."""
    if depth > MAX_DEPTH:
        raise GeneratorError(f"{path} is nested deeper than {MAX_DEPTH} levels.")
    if isinstance(node, dict):
        codes = pointer.endswith("/responses")
        return {
            _key(path, pointer, key, codes=codes): _plain(path, value, joined(pointer, key), depth + 1)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_plain(path, value, joined(pointer, index), depth + 1) for index, value in enumerate(node)]
    if isinstance(node, int) and node.bit_length() > MAX_BITS:  # Python writes no longer ones in decimal
        raise GeneratorError(f"{path} at {pointer} contains an integer of more than {MAX_BITS} bits.")
    if node is None or isinstance(node, str | bool | int) or (isinstance(node, float) and math.isfinite(node)):
        return node
    raise GeneratorError(f"{path} at {pointer} contains {_short(node)}, which JSON cannot represent.")


def _key(path: Path, pointer: str, key: object, *, codes: bool) -> str:
    if isinstance(key, str):
        return key
    if codes and isinstance(key, int) and not isinstance(key, bool):
        return str(key)
    raise GeneratorError(
        f"{path} at {pointer or '/'} has the key {_short(key)}, which is not a string; write it in quotes."
    )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
