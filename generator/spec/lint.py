"""Refuses what no plain form can stand for: a document without operations."""

from generator.errors import raise_findings
from generator.spec.operations import operations
from generator.spec.pointers import Document


def lint(document: Document, name: str) -> None:
    """Raise GeneratorError if there is nothing to make a client of; *name* is the document's name in it."""
    if not isinstance(document.get("paths"), dict):
        raise_findings([("", "there are no paths")], name)
    if not any(True for _ in operations(document)):
        raise_findings([("/paths", "there are no operations")], name)
