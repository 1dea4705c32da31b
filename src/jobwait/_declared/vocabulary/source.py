"""Reads where declarations come from: mappings, JSON, YAML, alone or in an OpenAPI document."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from jobwait._declared.vocabulary.fields import shown
from jobwait._declared.vocabulary.openapi import Document
from jobwait.errors import InvalidInput

FIELD: Final = "x-job"
UNNAMED: Final = "The declaration"
LARGEST: Final = 32 << 20  # bytes
_MARKS: Final = frozenset({"poll", "state", "rules"})  # what a declaration has, and a mapping by name has not


class Source(NamedTuple):
    """What was read: the declarations by name, as they stand there, and the OpenAPI document around them, if any."""

    name: str
    jobs: Mapping[str, Any]
    document: Document | None = None

    def chosen(self, name: str | None) -> tuple[str, Any]:
        """The name and the declaration of one job; raises InvalidInput that lists them if *name* does not decide."""
        listed = ", ".join(self.jobs)
        if not self.jobs:
            raise InvalidInput(f"{self.name} declares no job: add {FIELD} to it, or give an overlay's result.")
        if name is None and len(self.jobs) > 1:
            raise InvalidInput(f"{self.name} declares {len(self.jobs)} jobs ({listed}): name one.")
        if name is not None and name not in self.jobs:
            raise InvalidInput(f"{self.name} declares no job {shown(name)}; it declares {listed}.")
        found = name or next(iter(self.jobs))
        return found, self.jobs[found]


def read(source: Any) -> Source:
    """
    The declarations in *source*: a mapping with or without x-job, JSON or YAML text, a path, or a parsed document.

    Raises InvalidInput.
    """
    return _of_mapping(*mapping_in(source, "declaration"))


def mapping_in(source: Any, kind: str) -> tuple[Mapping[str, Any], str]:
    """The mapping that *source* is or holds, and its name for errors; *kind* is what it should be."""
    name = f"The {kind}"
    if isinstance(source, Mapping):
        return source, name
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return _parsed(source, name), name
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        return _parsed(_content(path), path.name), path.name
    raise InvalidInput(f"A {kind} is a mapping, text or a path, not {type(source).__name__}.")


def _content(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidInput(f"{path} is larger than {LARGEST >> 20} MiB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read ({error.strerror}). Name a file with a declaration.") from error
    except ValueError as error:
        raise InvalidInput(f"{path} is no text in UTF-8 ({error}).") from None


def _parsed(text: str, name: str) -> Mapping[str, Any]:
    if text.lstrip().startswith("{"):
        try:
            value = json.loads(text, object_pairs_hook=_once)
        except RecursionError:
            raise InvalidInput(f"{name} is nested too deep.") from None
        except ValueError as error:
            raise InvalidInput(f"{name} is not JSON: {error}.") from None
    else:
        from jobwait._declared.vocabulary.yaml_text import read_yaml  # noqa: PLC0415 - an extra

        value = read_yaml(text, name)
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{name} holds {shown(value)}, and a declaration is a mapping.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The mapping of *pairs*; ValueError for a name that comes twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the name {next(one for one in names if names.count(one) > 1)!r} comes twice")
    return found


def _of_mapping(value: Mapping[str, Any], name: str) -> Source:
    if "swagger" in value:
        raise InvalidInput(f"{name} is a Swagger 2 document; jobwait reads OpenAPI 3. Convert it first.")
    if "overlay" in value and "actions" in value:
        raise InvalidInput(f"{name} is an overlay: give its document with the overlay applied, or {FIELD} alone.")
    of = "the document" if name == UNNAMED else name
    document = Document(value, of) if "openapi" in value else None
    if document is None and FIELD not in value:
        return Source(name, {_name(value, name): value})
    return Source(name, _declared(value.get(FIELD), name), document)


def _declared(value: Any, name: str) -> dict[str, Any]:
    """The declarations in the field x-job: one, a list of them, or a mapping by name."""
    if value is None:
        return {}
    if isinstance(value, Mapping) and _MARKS & set(value):
        return {_name(value, name): value}
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not isinstance(one, Mapping):
                raise InvalidInput(f"{name}: {FIELD}.{key} must be a declaration, not {shown(one)}.")
        odd = next((key for key, one in value.items() if one.get("name", key) != key), None)
        if odd is not None:
            raise InvalidInput(f"{name}: {FIELD}.{odd} has the name {shown(value[odd]['name'])}: leave name: out.")
        return {str(key): {"name": str(key), **one} for key, one in value.items()}
    if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        named = [(_name(one, f"{name}: {FIELD}[{number}]"), one) for number, one in enumerate(value)]
        names = [one for one, _ in named]
        twice = next((one for one in names if names.count(one) > 1), None)
        if twice is not None:
            raise InvalidInput(f"{name}: {FIELD} has two jobs named {twice!r}; give each a name of its own.")
        return dict(named)
    raise InvalidInput(f"{name}: {FIELD} must be a declaration, a list of them, or a mapping by name.")


def _name(value: Mapping[str, Any], place: str) -> str:
    name = value.get("name")
    if not isinstance(name, str) or not name:
        raise InvalidInput(f"{place} has no name: add name: to the declaration, for errors and environment variables.")
    return name
