"""The error that users of the generator see, and findings: each a place in a document and what is wrong there."""

import errno
from collections.abc import Iterable
from typing import NoReturn

SHOWN = 150  # characters of both ends of a path in a message
Finding = tuple[str, str]  # a JSON pointer, and what is wrong or was repaired there


class GeneratorError(Exception):
    """One sentence that says what is wrong and what to do, followed by the places that it concerns."""

    def __init__(self, sentence: str, places: Iterable[str] = ()) -> None:
        self.places = list(places)
        super().__init__("\n  ".join([sentence, *self.places]))


# What a run can end with: an error that says what is wrong, a limit, or something in a document that nobody foresaw.
FAILURES = (
    GeneratorError,
    OSError,
    RecursionError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    AttributeError,
    AssertionError,
)


def failure_text(error: Exception) -> str:
    """What a user reads of one of FAILURES."""
    if isinstance(error, GeneratorError):
        return str(error)
    if isinstance(error, OSError | RecursionError):
        return limit_sentence(error)
    return (
        f"codegen.py failed at something in this document that it does not know: {error!r}.\n"
        "Leave operations out with --skip or --operations (in an overlay: x-only-operations), and please report it."
    )


def limit_sentence(error: OSError | RecursionError) -> str:
    """What is wrong where the system or Python gives up: a full disk, a missing permission, too deep a document."""
    if isinstance(error, RecursionError):
        return "The document is nested too deep, or its parts lead to each other over too many steps; make it flatter."
    file = _shown(str(error.filename2 or error.filename or "a file"))  # of a copy the second one is written
    if error.errno == errno.ENAMETOOLONG:
        return f"{file}: the name is too long for a file. Choose a shorter one; of a schema, by a title in an overlay."
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"{file} cannot be written: no space is left on the disk. Free some, and run the command again."
    return f"{file} cannot be read or written: {error.strerror or error}."


def _shown(path: str) -> str:
    """*path*, with the middle left out of a long one."""
    return path if len(path) <= 2 * SHOWN else f"{path[:SHOWN]}…{path[-SHOWN:]}"


def finding_sentences(findings: Iterable[Finding], name: str) -> list[str]:
    """*findings* as sentences that begin with the document's *name* and the place."""
    return [f"{name} at {pointer or '/'}: {message}" for pointer, message in findings]


def raise_findings(findings: Iterable[Finding], name: str) -> NoReturn:
    """Raise one GeneratorError with all *findings*."""
    places = finding_sentences(findings, name)
    raise GeneratorError(f"{name} has {len(places)} error{'s' if len(places) > 1 else ''}:", places)
