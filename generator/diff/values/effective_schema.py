"""A schema as callers see it: its own fields and those of all its bases, with references to other names followed."""

from dataclasses import dataclass, field
from typing import Any

from generator.diff.values.python_names import Naming
from generator.python_names import class_name
from generator.spec.pointers import Document, resolved, steps

WORDS = ("title", "description", "example", "examples", "externalDocs", "$comment", "x-enum-descriptions")
FIELDS = ("properties", "required", "allOf", "discriminator", "default", "deprecated", "readOnly", "writeOnly", *WORDS)


@dataclass(frozen=True)
class Effective:
    """
    A schema without allOf.

    *keywords* are its own and those of its parts; *bases* the classes that it refers to in allOf, and *inherited* says
    which of the fields comes from which of them. *own_required* are the required fields that no base requires. A class
    of it, and those of its parts, are named as *naming* and *title* say.
    """

    keywords: Document = field(default_factory=dict)
    properties: Document = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    own_required: frozenset[str] = frozenset()
    bases: frozenset[str] = frozenset()
    inherited: dict[str, str] = field(default_factory=dict)
    naming: Naming | None = None
    title: object = None


def effective(document: Document, schema: Document) -> Effective:
    """*schema* with all parts of its allOf."""
    return _merged(document, schema, set())


def _merged(document: Document, schema: Document, followed: set[str]) -> Effective:
    """The same, without what stands at the references that are *followed* already: once is enough."""
    properties = dict(schema.get("properties") or {})
    keywords = {key: value for key, value in schema.items() if key not in FIELDS}
    required, own_required = set(schema.get("required") or []), set(schema.get("required") or [])
    bases: set[str] = set()
    inherited: dict[str, str] = {}
    for part in schema.get("allOf") or []:
        place = part.get("$ref")
        bases |= {base_name(place)} if place else frozenset()
        if place in followed:
            continue
        followed |= {place} if place else frozenset()
        inner = _merged(document, resolved(document, part), followed)
        for name, value in inner.properties.items():
            if name not in properties:
                properties[name] = value
                if place or name in inner.inherited:
                    inherited[name] = base_name(place) if place else inner.inherited[name]
        for key, value in inner.keywords.items():
            keywords.setdefault(key, value)
        required |= inner.required
        own_required |= frozenset() if place else inner.own_required
        bases |= frozenset() if place else inner.bases
    return Effective(keywords, properties, frozenset(required), frozenset(own_required), frozenset(bases), inherited)


def base_name(reference: str) -> str:
    """The name of the class that *reference* leads to."""
    return class_name(steps(reference)[-1])


def reference_of(schema: Document) -> str | None:
    """The reference that *schema* is: `$ref`, or allOf of one `$ref` with nothing but words beside it; None else."""
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"])
    parts = [part for part in schema.get("allOf") or [] if set(part) - set(WORDS)]
    beside = set(schema) - {"allOf", "default", "deprecated", "readOnly", "writeOnly", *WORDS}
    alone = len(parts) == 1 and not beside and isinstance(parts[0].get("$ref"), str)
    return str(parts[0]["$ref"]) if alone else None


def is_class(document: Document, schema: Document) -> bool:
    """Whether a component with this *schema* becomes a class: an object or an enum. Others name their values."""
    if isinstance(schema.get("$ref"), str):
        return False
    whole = effective(document, schema)
    if "enum" in whole.keywords:
        return True
    return is_object(whole) and not {"anyOf", "oneOf"} & set(whole.keywords)


def is_object(schema: Effective) -> bool:
    """Whether the values are objects."""
    kind: Any = schema.keywords.get("type")
    return bool(schema.properties) or kind == "object" or (kind is None and "additionalProperties" in schema.keywords)
