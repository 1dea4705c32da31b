"""Lint: what a spec gets wrong, each finding with its place, all of them at once."""

import re
from collections.abc import Callable, Iterator

from generator.faults import Fault
from generator.pointers import Document, at, joined, objects, references, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Finding = tuple[str, str]  # a JSON pointer, and what is wrong there


def lint(document: Document, name: str) -> None:
    """Raise one Fault with all findings; *name* is how the document is called in them."""
    findings = list(_references(document)) or [found for rule in RULES for found in rule(document)]
    if findings:
        places = [f"{name} at {pointer or '/'}: {message}" for pointer, message in findings]
        raise Fault(f"{name} has {len(places)} fault{'s' if len(places) > 1 else ''}:", places)


def operations(document: Document) -> Iterator[tuple[str, str, str, Document]]:
    """Every operation: its pointer, method, path and object."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield joined("/paths", path, method), method, path, item[method]


def _references(document: Document) -> Iterator[Finding]:
    for pointer, reference in references(document):
        if not reference.startswith("#/"):
            yield pointer, f"$ref to {reference}: only places in the same file are read"
            continue
        try:
            target = at(document, reference.removeprefix("#"))
        except (LookupError, ValueError, TypeError):
            yield pointer, f"$ref to {reference}, which does not exist"
            continue
        if isinstance(target, dict) and set(target) == {"$ref"} and target["$ref"] == reference:
            yield pointer, f"$ref to {reference}, which is itself"


def _frame(document: Document) -> Iterator[Finding]:
    info = document.get("info")
    for field in ("title", "version"):
        if not isinstance(info, dict) or not isinstance(info.get(field), str):
            yield "/info", f"{field} is missing or no string"
    if not isinstance(document.get("paths"), dict):
        yield "", "there are no paths"


def _operation_ids(document: Document) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for pointer, _, _, operation in operations(document):
        name = operation.get("operationId")
        if name is None:
            yield pointer, "operationId is missing, so the operation has no name; give it one in the overlay"
        elif name in seen:
            yield pointer, f"operationId {name} is also that of {seen[name]}"
        else:
            seen[name] = pointer


def _path_parameters(document: Document) -> Iterator[Finding]:
    for pointer, _, path, operation in operations(document):
        item = document["paths"][path]
        declared = [resolved(document, one) for one in item.get("parameters", []) + operation.get("parameters", [])]
        named = {one.get("name") for one in declared if one.get("in") == "path"}
        wanted = set(re.findall(r"\{([^}]*)\}", path))
        for missing in sorted(wanted - named):
            yield pointer, f"the path parameter {missing} is not declared"
        for extra in sorted(str(name) for name in named - wanted):
            yield pointer, f"the path parameter {extra} does not stand in the path"


def _responses(document: Document) -> Iterator[Finding]:
    for pointer, _, _, operation in operations(document):
        if not isinstance(operation.get("responses"), dict) or not operation["responses"]:
            yield pointer, "no response is documented"


def _security(document: Document) -> Iterator[Finding]:
    known = document.get("components", {}).get("securitySchemes", {})
    places = [("", document)] + [(pointer, operation) for pointer, _, _, operation in operations(document)]
    for pointer, node in places:
        for alternative in node.get("security", []):
            for scheme in alternative:
                if scheme not in known:
                    yield joined(pointer, "security"), f"the security scheme {scheme} is not defined"


def _types(document: Document) -> Iterator[Finding]:
    for pointer, node in objects(document):
        required, properties = node.get("required"), node.get("properties")
        if isinstance(required, list) and isinstance(properties, dict) and node.get("type") == "object":
            for name in required:
                if name not in properties:
                    yield joined(pointer, "required"), f"{name} is required but not among the properties"


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _frame,
    _operation_ids,
    _path_parameters,
    _responses,
    _security,
    _types,
)
