"""Operations as methods of a client: one class a tag, which an attribute of the client makes when it is asked for."""

import ast
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.openapi import Endpoint

from generator import paths
from generator.emit.expressions.endpoints import late_imports, streams
from generator.python_names import class_name, module_name

FOLDER = "_methods"
CLIENT_MODULES = ("_client.py", "_keyed_client.py")
USED_IN_CLIENTS = frozenset({"from_env", "httpx", "property", "classmethod", "str", "float"})  # in the class body


@cache
def client_names() -> frozenset[str]:
    """What a client has besides, read from the runtime; an attribute of such a name ends in an underscore."""
    classes = [
        node
        for name in CLIENT_MODULES
        for node in ast.parse((paths.RUNTIME / name).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    return USED_IN_CLIENTS | frozenset(dir(object)).union(*map(_attributes, classes))


def _attributes(node: ast.ClassDef) -> set[str]:
    functions = {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    targets = [target for one in node.body if isinstance(one, ast.Assign) for target in one.targets]
    targets += [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
    return functions | {one.id for one in targets if isinstance(one, ast.Name)}


@dataclass(frozen=True)
class Method:
    """One operation, the name of its module and method, and those of its further methods."""

    endpoint: Endpoint
    module: str
    twin: str  # for async code
    download: str = ""  # to a file, where the answer is bytes
    download_twin: str = ""


@dataclass(frozen=True)
class Tag:
    """The operations in one folder of `api`: the client's attribute, the class behind it, and its imports."""

    folder: str
    attribute: str
    class_name: str
    methods: list[Method]
    early_imports: list[str]  # of models that default values need
    late_imports: list[str]  # for type checkers alone


def tags_of(parsed: GeneratorData) -> list[Tag]:
    """Each tag that has operations, in the order of the document."""
    found = parsed.endpoint_collections_by_tag.items()
    return [_tag(str(folder), collection.endpoints) for folder, collection in found if collection.endpoints]


def write_methods(env: Any, package: Path, tags: list[Tag]) -> None:
    """Write a module for each of *tags* into *package*, by the templates of *env*."""
    folder = package / FOLDER
    folder.mkdir()
    (folder / "__init__.py").write_text('"""The operations as methods of a client, by tag."""\n', encoding="utf-8")
    template = env.get_template("methods.py.jinja")
    for tag in tags:
        (folder / f"{tag.folder}.py").write_text(template.render(tag=tag), encoding="utf-8")


def _tag(folder: str, endpoints: list[Endpoint]) -> Tag:
    late = {line for one in endpoints for line in late_imports(one)}
    early = {line for one in endpoints for line in one.relative_imports - set(late_imports(one))}
    imported = {line.rpartition(" ")[2] for line in early | late}
    name = f"{class_name(folder)}Operations"
    while name in imported:
        name += "_"
    return Tag(
        folder,
        f"{folder}_" if folder in client_names() else folder,
        name,
        _methods(endpoints),
        sorted(map(_from_here, early)),
        sorted(map(_from_here, late - early)),
    )


def _methods(endpoints: list[Endpoint]) -> list[Method]:
    named = [(one, module_name(str(one.name))) for one in endpoints]  # as openapi-python-client names the files
    taken = {name for _, name in named}
    twins = [_free(f"{name}_async", taken) for _, name in named]
    found = [Method(one, name, twin) for (one, name), twin in zip(named, twins, strict=True)]
    return [_with_downloads(one, taken) if streams(one.endpoint) else one for one in found]


def _with_downloads(method: Method, taken: set[str]) -> Method:
    download, twin = (_free(f"{method.module}{ending}", taken) for ending in ("_download", "_download_async"))
    return replace(method, download=download, download_twin=twin)


def _free(name: str, taken: set[str]) -> str:
    """*name*, with underscores until it is not *taken*; from now on it is."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _from_here(line: str) -> str:
    """The import *line* of a module in `api`, one folder deeper, as one of a module in the folder of methods."""
    return line.replace("from ...", "from ..", 1)
