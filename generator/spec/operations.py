"""The operations of an OpenAPI document, and what two paths have in common."""

import re
from collections.abc import Iterator

from generator.spec.pointers import Document, joined

PATH_PARAMETER = re.compile(r"\{([^{}]*)\}")
DOCUMENTED_ID = "x-documented-operation-id"  # the vendor's operationId, where the name is another one
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def operations(document: Document) -> Iterator[tuple[str, str, str, Document]]:
    """Every operation: its JSON pointer, its method in lower case, its path and its object."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield joined("/paths", path, method), method, path, item[method]


def path_pattern(path: str) -> str:
    """*path* without the names of its parameters, which are not sent: `/jobs/{id}` becomes `/jobs/{}`."""
    return PATH_PARAMETER.sub("{}", path)


def path_parameters(path: str) -> list[str]:
    """The names of the parameters in *path*, in order."""
    return PATH_PARAMETER.findall(path)


def names_of(operation: Document) -> set[str]:
    """The names by which *operation* can be chosen: its own and the vendor's."""
    return {str(name) for name in (operation.get("operationId"), operation.get(DOCUMENTED_ID)) if name}
