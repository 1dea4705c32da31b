"""Text from elsewhere, made harmless: what would move a cursor or forge a line is shown, not obeyed."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """*text* on one line: control characters and the like appear as escapes, other kinds of space as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode("ascii")
