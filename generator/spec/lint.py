"""Checks a document for errors that no plain form can stand for; reports all of them at once, each with its place."""

from collections.abc import Callable, Iterator

from generator.errors import Finding, raise_findings
from generator.spec.operations import operations
from generator.spec.pointers import Document, joined


def lint(document: Document, name: str) -> None:
    """Raise one GeneratorError with all findings; *name* is the document's name in them."""
    findings = [found for rule in RULES for found in rule(document)]
    if findings:
        raise_findings(findings, name)


def _has_operations(document: Document) -> Iterator[Finding]:
    if not isinstance(document.get("paths"), dict):
        yield "", "there are no paths"
    elif not any(True for _ in operations(document)):
        yield "/paths", "there are no operations"


def _security(document: Document) -> Iterator[Finding]:
    known = document.get("components", {}).get("securitySchemes", {})
    places = [("", document)] + [(pointer, operation) for pointer, _, _, operation in operations(document)]
    for pointer, node in places:
        for alternative in node.get("security", []):
            for scheme in alternative:
                if scheme not in known:
                    yield joined(pointer, "security"), f"the security scheme {scheme} is not defined"


RULES: tuple[Callable[[Document], Iterator[Finding]], ...] = (
    _has_operations,
    _security,
)
