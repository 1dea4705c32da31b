"""The Service of a generated client whose document declares a job: its operation asks, and its models are read."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final
from uuid import UUID

from jobwait._declared.facts import facts_of
from jobwait._declared.package_names import renamed
from jobwait._declared.vocabulary.declaration import declaration_of
from jobwait._declared.vocabulary.openapi import Operation
from jobwait._httpx import httpx
from jobwait._model.service import Ids, Service
from jobwait.errors import InvalidInput

FILE: Final = "x-job.json"
NAMES: Final = "x-job-names.json"  # what the models and the arguments of a package call the names in the document
_REQUESTS: Final = frozenset({"submit", "cancel", "list", "result"})
_CONVERSIONS: Final[Mapping[str, Callable[[str], Any]]] = {"int": int, "UUID": UUID}


class _Operations:
    """The operations of a package, in place of its document, which nobody reads at run time."""

    value: Mapping[str, Any] = {}
    server = None

    def __init__(self, ids: list[str]) -> None:
        self._path = "/" + "/".join(f"{{{name}}}" for name in ids)

    def operation(self, name: str, _place: str) -> Operation:
        """The operation called *name*, which takes the ids; the generator has checked that it is there."""
        return Operation(name, "GET", self._path, {})

    def server_of(self, _operation: Operation) -> None:
        """The client of the package knows its address."""

    def key(self, _security: Any) -> None:
        """The client of the package knows where its key stands."""


def declared(package: ModuleType, operation: Any, **code: Any) -> Service[Any, Any]:
    """
    The Service that the declaration in *package* describes; *operation* is the module of its status operation.

    *code* are fields of the Service in code, such as handle and listing; they replace those of the declaration. Raises
    InvalidInput if there is no declaration.
    """
    folder = Path(str(package.__file__)).parent
    try:
        written = json.loads((folder / FILE).read_text(encoding="utf-8"))
        names = json.loads((folder / NAMES).read_text(encoding="utf-8")) if (folder / NAMES).exists() else {}
    except (OSError, ValueError) as error:
        fact = f"{package.__name__} has no {FILE}: declare the job in its overlay, and generate it anew."
        raise InvalidInput(fact) from error
    value = renamed(_of_status(written), names)
    operations: Any = _Operations(value["ids"])
    found = declaration_of(value["name"], value, operations, package.__name__)
    arguments = _arguments(operation.build, found.ids)

    def poll(client: Any, ids: Ids) -> httpx.Request:
        placed = [convert(ids[name]) for name, convert, by_name in arguments if not by_name]
        named = {name: convert(ids[name]) for name, convert, by_name in arguments if by_name}
        request: httpx.Request = operation.build(client, *placed, **named)
        return request

    facts = facts_of(found)
    if not found.state.rules and len(found.state.where) == 1:
        facts["status"] = found.state.where[0].text  # a model always has it
        facts["status_path"] = written["state"]["path"]
    else:
        facts["status_path"] = ""  # no single field decides
    key = "" if written.get("key") == "none" else f"{found.name.upper().replace('-', '_')}_API_KEY"
    return Service(**{**facts, "poll": poll, "parse": operation.parse, "key_variable": key, **code})


declared.__module__ = "jobwait.service"  # where people import it from


def _of_status(value: Mapping[str, Any]) -> dict[str, Any]:
    """*value* without the requests that it describes: the package makes them itself."""
    kept = {name: one for name, one in value.items() if name not in _REQUESTS}
    return {**kept, "poll": {name: one for name, one in value["poll"].items() if name in {"operation", "id"}}}


def _arguments(build: Any, ids: Sequence[str]) -> list[tuple[str, Callable[[str], Any], bool]]:
    """For each of the *ids*, how *build* takes it: its name, what makes it of a text, whether it is passed by name."""
    known = inspect.signature(build).parameters
    return [
        (name, _CONVERSIONS.get(str(known[name].annotation), str), known[name].kind is inspect.Parameter.KEYWORD_ONLY)
        if name in known
        else (name, str, False)
        for name in ids
    ]
