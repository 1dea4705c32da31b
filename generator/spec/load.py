"""Loads a spec or overlay as plain data: local files only, JSON or YAML 1.2, with limits on size and depth."""

import json
import math
from pathlib import Path
from typing import Any

from generator.errors import GeneratorError
from generator.spec.pointers import Document
from generator.spec.yaml_values import MAX_DEPTH, YamlValueError, yaml_value

MAX_BYTES = 32_000_000


def load(path: Path) -> Document:
    """The JSON object in the file *path*; GeneratorError if the file is not one."""
    text = read_text(path)
    document = _json(path, text) if text.lstrip().startswith("{") else _yaml(path, text)
    if not isinstance(document, dict):
        raise GeneratorError(f"{path} does not contain an object at its top level.")
    return document


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
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=str, parse_float=_number)
        _check_depth(document)
    except RecursionError:
        raise GeneratorError(f"{path} is nested deeper than {MAX_DEPTH} levels.") from None
    except json.JSONDecodeError:
        return _yaml(path, text)  # an object in YAML's flow style begins with a brace too
    except ValueError as error:
        raise GeneratorError(f"{path} does not parse: {error}.") from None
    return document


def _unique(pairs: list[tuple[str, Any]]) -> Document:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError("the key " + repr(next(name for name in names if names.count(name) > 1)) + " occurs twice")
    return document


def _number(text: str) -> float | str:
    """A number; as text, like NaN, if it is beyond a double: it is then reported where a number is needed."""
    value = float(text)
    return value if math.isfinite(value) else text


def _check_depth(value: Any, depth: int = 0) -> None:
    """Refuse nesting without end, which the parser takes."""
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(value, dict):
        for one in value.values():
            _check_depth(one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            _check_depth(one, depth + 1)


def _yaml(path: Path, text: str) -> Any:
    try:
        return yaml_value(text)
    except YamlValueError as error:
        place = f", {error.place}," if error.place else ""
        raise GeneratorError(f"{path}{place} does not parse: {error}.") from None


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
