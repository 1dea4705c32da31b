"""The operations of a document and their modules in a client, and the notices of the client's README about each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from .operations_schemas import Document, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
HEADING = re.compile(r"^([A-Z]+) (/.*), the operation (.*)\.$", re.MULTILINE)
NOTICE = re.compile(r"^- (/(?:paths|components)/\S+?): (.*)$", re.MULTILINE)
NAMES = re.compile(r"operationId is|is named|without effect")  # notices about names alone, which excuse nothing
Modules = dict[tuple[str, str, str], ModuleType]


@dataclass(frozen=True)
class Operation:
    """One operation of a document; *parameters* are those of its path too."""

    path: str
    method: str
    node: Document
    parameters: list[Document]

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(document: Document) -> Iterator[Operation]:
    """All operations of *document*."""
    for path, item in document["paths"].items():
        whole = resolved(document, item)
        for method in METHODS:
            if isinstance(whole.get(method), dict):
                listed = [*whole.get("parameters", []), *whole[method].get("parameters", [])]
                nodes = [resolved(document, one) for one in listed]
                by_place = {(one.get("in"), one.get("name")): one for one in nodes}
                yield Operation(path, method, whole[method], list(by_place.values()))


def endpoint_modules(package: str) -> Modules:
    """The endpoint modules of a client, by method, form of the path and operationId; with "" the first of that path."""
    found: Modules = {}
    api = import_module(f"{package}.api")
    for tag in iter_modules(api.__path__, f"{package}.api."):
        for one in iter_modules(import_module(tag.name).__path__, f"{tag.name}."):
            module = import_module(one.name)
            heading = HEADING.search(module.__doc__ or "")
            if heading:
                method, path, name = heading.groups()
                found[method.lower(), form(path), name] = module
                found.setdefault((method.lower(), form(path), ""), module)
    return found


def module_of(modules: Modules, operation: Operation) -> ModuleType | None:
    """The module of *operation*, whatever its name became; None if the client has none."""
    key = operation.method, form(operation.path)
    return modules.get((*key, operation.node.get("operationId", ""))) or modules.get((*key, ""))


def form(path: str) -> str:
    """*path* without the names of its parameters, and without the backslashes that a docstring needs."""
    return re.sub(r"\{[^}]*\}", "{}", path.replace("\\", ""))


def notices_of(package: Path) -> list[tuple[str, str]]:
    """The places and texts of the notices in the README of *package*, but for those about names."""
    text = re.sub(r"\\(.)", r"\1", (package / "README.md").read_text(encoding="utf-8"))
    return [(place, said) for place, said in NOTICE.findall(text) if not NAMES.search(said)]


def notice_about(notices: list[tuple[str, str]], operation: Operation, document: Document) -> str:
    """The first of *notices* that is about *operation* or a component that it refers to; empty if none is."""
    components = _components_of(operation, document)
    for place, said in notices:
        steps = [one.replace("~1", "/").replace("~0", "~") for one in place.split("/")[1:]]
        if steps[0] == "components" and tuple(steps[1:3]) in components:
            return said
        of_path = steps[0] == "paths" and form(steps[1]) == form(operation.path)
        if of_path and {*steps[2:3]} <= {operation.method, "parameters", "servers"}:
            return said
    return ""


def _components_of(operation: Operation, document: Document) -> set[tuple[str, ...]]:
    """The components that *operation* refers to, directly or not, as kind and name."""
    found: set[tuple[str, ...]] = set()
    waiting: list[Any] = [operation.node, *document["paths"][operation.path].get("parameters", [])]
    while waiting:
        node = waiting.pop()
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str) and reference.startswith("#/components/"):
            key = tuple(reference.split("/")[2:4])
            if key not in found:
                found.add(key)
                waiting.append(document["components"].get(key[0], {}).get(key[-1]))
    return found
