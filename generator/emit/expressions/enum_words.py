"""What an enum's description says about each of its values."""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import safe_for_docstring

SEPARATOR = r"(?:\s*(?::|=|\u2013|\u2014|\||→|->|=>)\s*|\s+-\s+)"  # \u2013, \u2014: dashes
MARKS = r"[`'\"*]*"
BULLETS = " \t\n-*•+|,;"
OPEN = "An open enum: a value that the spec does not list is kept."


@dataclass(frozen=True)
class Words:
    """The description of an enum without the list of its values, and what the list says about each value."""

    general: str
    meanings: dict[str, str]


def words(description: str, values: Iterable[object]) -> Words:
    """
    Take the list of *values* out of *description*.

    Each entry is a value, a separator and text: `- QUEUED: waits`, `1 = off, 2 = on`, a row of a table. It ends at the
    next one or at an empty line. One entry alone is no list, unless there is one value alone.
    """
    text = re.sub(r"</?(?:ul|ol|li|br|p)\s*/?>", "\n", description, flags=re.IGNORECASE)
    names = sorted({str(value) for value in values} - {""}, key=len, reverse=True)
    if not names or not text.strip():
        return Words(description.strip(), {})
    entry = re.compile(rf"(?<![\w`'\"*-]){MARKS}({'|'.join(map(re.escape, names))}){MARKS}{SEPARATOR}(?=\S)")
    found = list(entry.finditer(text))
    if len({one[1] for one in found}) < min(2, len(names)):
        return Words(description.strip(), {})
    ends = [one.start() for one in found[1:]] + [len(text)]
    meanings: dict[str, str] = {}
    after = ""
    for one, end in zip(found, ends, strict=True):
        meaning, _, after = text[one.end() : end].partition("\n\n")
        meanings.setdefault(one[1], " ".join(meaning.split()).strip(BULLETS))
    before = text[: found[0].start()].rstrip(BULLETS)
    return Words("\n\n".join(filter(None, (before.strip(), after.strip()))), meanings)


def words_of(enum: Any) -> Words:
    """The words of the parser's *enum*."""
    description = enum.description.get_untrusted_value() if enum.description else ""
    return words(description, map(literal_value, enum.values.values()))


def enum_doc(said: Words) -> str:
    """The docstring of the class: its description, what each value means, and that it is open."""
    meanings = "\n".join(f"{value}: {meaning}" for value, meaning in said.meanings.items())
    return safe_for_docstring("\n\n".join(filter(None, (said.general, meanings, OPEN))))


def member_doc(said: Words, value: object) -> str:
    """What *value*, as the parser has it, means; empty if the description does not say it."""
    meaning = said.meanings.get(str(literal_value(value)), "") if said.meanings else ""
    return safe_for_docstring(f"{meaning}." if meaning.endswith('"') else meaning)


def general_description(prop: Any) -> UntrustedString | None:
    """The description of the field *prop* without the list of an enum's values, which stands in the enum."""
    enums = [one for one in [prop, *getattr(prop, "inner_properties", [])] if type(one).__name__ == "EnumProperty"]
    if prop.description is None or not enums:
        known: UntrustedString | None = prop.description
        return known
    values = [literal_value(value) for one in enums for value in one.values.values()]
    return UntrustedString(words(prop.description.get_untrusted_value(), values).general)


def literal_value(literal: object) -> object:
    """The value that the parser has as the inside of a string literal."""
    return ast.literal_eval(f'"{literal}"') if isinstance(literal, str) else literal


def expressions() -> dict[str, Callable[..., Any]]:
    """The functions that the templates of enums call, by name."""
    return {function.__name__: function for function in (words_of, enum_doc, member_doc)}
