"""Makes text from elsewhere safe to print: it can neither move a cursor nor begin a line."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """*text* on one line: characters that are not printable appear as escapes, other kinds of space as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode("ascii")
