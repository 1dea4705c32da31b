"""Lint: what a spec gets wrong, each finding with its place, all of them at once."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from generator.faults import Fault
from generator.names import module_name
from generator.pointers import Document, joined, references, resolved

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
Finding = tuple[str, str]  # a JSON pointer, and what is wrong there


def lint(document: Document, name: str) -> None:
    """Raise one Fault with all findings; *name* is how the document is called in them."""
    findings = [found for rule in RULES for found in rule(document)]
    if findings:
        raise_all(findings, name)


def lint_references(document: Document, name: str) -> None:
    """The same for references, which everything else follows."""
    findings = list(_references(document))
    if findings:
        raise_all(findings, name)


def told(findings: Iterable[Finding], name: str) -> list[str]:
    """*findings* as sentences that begin with file and place."""
    return [f"{name} at {pointer or '/'}: {message}" for pointer, message in findings]


def raise_all(findings: Iterable[Finding], name: str) -> NoReturn:
    """Raise one Fault with all *findings*."""
    places = told(findings, name)
    raise Fault(f"{name} has {len(places)} fault{'s' if len(places) > 1 else ''}:", places)


def operations(document: Document) -> Iterator[tuple[str, str, str, Document]]:
    """Every operation: its pointer, method, path and object."""
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if isinstance(item, dict) and isinstance(item.get(method), dict):
                yield joined("/paths", path, method), method, path, item[method]


def shape(path: str) -> str:
    """*path* without the names of its parameters, which are not sent."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def _references(document: Document) -> Iterator[Finding]:
    for pointer, reference in references(document):
        if not reference.startswith("#/"):
            yield pointer, f"$ref to {reference}: only places in the same file are read"
            continue
        if _leads(document, reference) is None:
            yield pointer, f"$ref to {reference}, which does not exist"
        elif "$ref" in _leads(document, reference):
            yield pointer, f"$ref to {reference}, which leads back to itself"


def _leads(document: Document, reference: str) -> Any:
    """Where *reference* ends, through others; None where one of them ends nowhere."""
    try:
        found = resolved(document, {"$ref": reference})
    except (LookupError, ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else {}


def _frame(document: Document) -> Iterator[Finding]:
    if not isinstance(document.get("paths"), dict):
        yield "", "there are no paths"
    elif not any(True for _ in operations(document)):
        yield "/paths", "there are no operations"


def _paths(document: Document) -> Iterator[Finding]:
    """Paths that differ in the names of their parameters only are one path; OpenAPI forbids it."""
    seen: dict[tuple[str, str], str] = {}
    for pointer, method, path, _ in operations(document):
        other = seen.setdefault((method, shape(path)), path)
        if other != path:
            yield pointer, f"this is the same path as {other}; only the names of its parameters differ"


def _operation_ids(document: Document) -> Iterator[Finding]:
    """Operations of one module name in one folder would overwrite each other."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for pointer, _, _, operation in operations(document):
        name = str(operation["operationId"])
        tags = operation.get("tags") or ["default"]
        module = (module_name(str(tags[0])), module_name(name))
        if module in seen:
            other, place = seen[module]
            alike = f"operationId {name}" if other == name else f"operationId {name}, in Python the same as {other},"
            yield pointer, f"{alike} is also that of {place}; give one of them another name in the overlay"
        else:
            seen[module] = (name, pointer)


def _compositions(document: Document) -> Iterator[Finding]:
    """A model that has all the fields of itself has no end."""
    schemas = document.get("components", {}).get("schemas", {})
    parts = {
        f"#/components/schemas/{name}": {part["$ref"] for part in schema.get("allOf", []) if "$ref" in part}
        for name, schema in schemas.items()
    }
    for place in parts:
        reached: set[str] = set()
        waiting = [place]
        while waiting:
            for one in parts.get(waiting.pop(), set()) - reached:
                reached.add(one)
                waiting.append(one)
        if place in reached:
            yield place.removeprefix("#"), "this is made of itself, through allOf"


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


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _frame,
    _paths,
    _operation_ids,
    _compositions,
    _path_parameters,
    _responses,
    _security,
)
