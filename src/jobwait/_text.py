"""Text from elsewhere, made harmless: control characters are shown as escapes, and signed links lose their queries."""

import re
import unicodedata
from typing import Final

_QUERY: Final = re.compile(r"(https?:\\?/\\?/[^\s?\"'<>]*)\?[^\s\"'<>]*")


def visible(text: str) -> str:
    """*text* on one line: characters that are not printable appear as escapes, other kinds of space as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode("ascii")


def strip_link_queries(text: str) -> str:
    """*text* with the query of each link in it left out: that is where a link is signed."""
    return _QUERY.sub(r"\1?…", text)
