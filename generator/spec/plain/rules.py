"""All rules of this package in order: each changes a document in place and returns the places and what was done."""

from collections.abc import Callable, Iterable

from generator.errors import Finding
from generator.spec.plain.content import plain_content
from generator.spec.plain.defaults import leave_out_defaults
from generator.spec.plain.operations import plain_operations
from generator.spec.plain.recursion import end_circular_bases, end_recursion
from generator.spec.plain.schemas import plain_schemas
from generator.spec.pointers import Document
from generator.spec.schemas.compose import compose


def keep_plain(document: Document) -> list[Finding]:
    """Put plain forms into *document* where the client cannot express it; return the places and what was done there."""
    return [finding for rule in RULES for finding in rule(document)]


RULES: tuple[Callable[[Document], Iterable[Finding]], ...] = (
    plain_operations,
    plain_content,
    end_circular_bases,
    compose,
    plain_schemas,
    end_recursion,
    leave_out_defaults,
)
