"""The error that users of the generator see, and findings: each a place in a document and what is wrong there."""

from collections.abc import Iterable
from typing import NoReturn

Finding = tuple[str, str]  # a JSON pointer, and what is wrong or was repaired there


class GeneratorError(Exception):
    """One sentence that says what is wrong and what to do, followed by the places that it concerns."""

    def __init__(self, sentence: str, places: Iterable[str] = ()) -> None:
        self.places = list(places)
        super().__init__("\n  ".join([sentence, *self.places]))


def finding_sentences(findings: Iterable[Finding], name: str) -> list[str]:
    """*findings* as sentences that begin with the document's *name* and the place."""
    return [f"{name} at {pointer or '/'}: {message}" for pointer, message in findings]


def raise_findings(findings: Iterable[Finding], name: str) -> NoReturn:
    """Raise one GeneratorError with all *findings*."""
    places = finding_sentences(findings, name)
    raise GeneratorError(f"{name} has {len(places)} error{'s' if len(places) > 1 else ''}:", places)
