"""Content types as they are compared: without case, and without parameters where one type does not occur twice."""

from generator.spec.pointers import Document


def plain_type(kind: str) -> str:
    """`application/json` of `Application/JSON; charset=utf-8`."""
    return kind.partition(";")[0].strip().lower()


def by_kind(content: Document) -> dict[str, Document]:
    """The entries of *content* by their plain type; by the whole one where only its parameters tell two apart."""
    plain = [plain_type(kind) for kind in content]
    return {
        plain_type(kind) if plain.count(plain_type(kind)) == 1 else " ".join(kind.lower().split()): medium
        for kind, medium in content.items()
    }
