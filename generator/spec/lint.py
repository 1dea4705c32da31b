"""Checks a document for errors that no repair can fix safely; reports all of them at once, each with its place."""

from collections.abc import Callable, Iterator
from typing import Any

from generator.errors import Finding, raise_findings
from generator.python_names import module_name
from generator.spec.operations import operations, path_parameters, path_pattern
from generator.spec.pointers import Document, references, resolved


def lint(document: Document, name: str) -> None:
    """Raise one GeneratorError with all findings; *name* is the document's name in them."""
    findings = [found for rule in RULES for found in rule(document)]
    if findings:
        raise_findings(findings, name)


def lint_references(document: Document, name: str) -> None:
    """The same for references only; every other check follows references, so this one comes first."""
    findings = list(_references(document))
    if findings:
        raise_findings(findings, name)


def _references(document: Document) -> Iterator[Finding]:
    for pointer, reference in references(document):
        if not reference.startswith("#/"):
            yield pointer, f"$ref to {reference}: references to other files are not supported"
            continue
        if _target(document, reference) is None:
            yield pointer, f"$ref to {reference}, which does not exist"
        elif "$ref" in _target(document, reference):
            yield pointer, f"$ref to {reference}, which is a circular reference"


def _target(document: Document, reference: str) -> Any:
    """The object that *reference* leads to, through other references; None where one of them leads nowhere."""
    try:
        found = resolved(document, {"$ref": reference})
    except (LookupError, ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else {}


def _has_operations(document: Document) -> Iterator[Finding]:
    if not isinstance(document.get("paths"), dict):
        yield "", "there are no paths"
    elif not any(True for _ in operations(document)):
        yield "/paths", "there are no operations"


def _unique_paths(document: Document) -> Iterator[Finding]:
    """Paths that differ only in the names of their parameters are the same path; OpenAPI forbids that."""
    seen: dict[tuple[str, str], str] = {}
    for pointer, method, path, _ in operations(document):
        other = seen.setdefault((method, path_pattern(path)), path)
        if other != path:
            yield pointer, f"this path is the same as {other} except for the names of its parameters"


def _unique_operation_ids(document: Document) -> Iterator[Finding]:
    """Operations with the same module name in the same folder would overwrite each other."""
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for pointer, _, _, operation in operations(document):
        name = str(operation["operationId"])
        tags = operation.get("tags") or ["default"]
        module = (module_name(str(tags[0])), module_name(name))
        if module in seen:
            other, place = seen[module]
            alike = f"operationId {name}" if other == name else f"operationId {name}, the same in Python as {other},"
            yield pointer, f"{alike} is also used at {place}; rename one of them in the overlay"
        else:
            seen[module] = (name, pointer)


def _no_recursive_all_of(document: Document) -> Iterator[Finding]:
    """A schema that contains itself through allOf has infinitely many fields."""
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
            yield place.removeprefix("#"), "this schema contains itself through allOf"


def _path_parameters(document: Document) -> Iterator[Finding]:
    for pointer, _, path, operation in operations(document):
        item = document["paths"][path]
        declared = [resolved(document, one) for one in item.get("parameters", []) + operation.get("parameters", [])]
        named = {one.get("name") for one in declared if one.get("in") == "path"}
        wanted = set(path_parameters(path))
        for missing in sorted(wanted - named):
            yield pointer, f"the path parameter {missing} is not declared"
        for extra in sorted(str(name) for name in named - wanted):
            yield pointer, f"the path parameter {extra} is not in the path"


def _responses(document: Document) -> Iterator[Finding]:
    for pointer, _, _, operation in operations(document):
        if not isinstance(operation.get("responses"), dict) or not operation["responses"]:
            yield pointer, "no response is documented"


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _has_operations,
    _unique_paths,
    _unique_operation_ids,
    _no_recursive_all_of,
    _path_parameters,
    _responses,
)
