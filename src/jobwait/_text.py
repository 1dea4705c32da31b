"""Text from elsewhere, made harmless: no control characters, no queries of signed links; and what was meant."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

# As they are, in JSON (in JSON), and in the query of another link. A match of _LINK never fails once it has begun.
_SLASH, _MARK = r"(?:\\{0,4}/|\\{1,4}u002f|%2f)", r"(?:\?|\\{1,4}u003f|%3f)"
_LINK: Final = re.compile(rf"https?(?::|%3a){_SLASH}{_SLASH}[^\s\"'<>]*", re.IGNORECASE)
_QUERY: Final = re.compile(rf"{_MARK}.*", re.IGNORECASE)


def visible(text: str) -> str:
    """*text* on one line: characters that are not printable appear as escapes, other kinds of space as a space."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if char.isprintable() else _shown(char) for char in text)


def _shown(char: str) -> str:
    return " " if unicodedata.category(char) == "Zs" else char.encode("unicode_escape").decode("ascii")


def strip_link_queries(text: str, most: int | None = None) -> str:
    """*text*, at most *most* characters, with the query of each link in it left out: that is where a link is signed."""
    start = text if most is None else text[: 8 * most]  # cut first: no more is searched than may be shown
    return _LINK.sub(lambda link: _QUERY.sub("?…", link[0], count=1), start)[:most]


def nearest(word: str, words: Iterable[str], most: int = 1) -> list[str]:
    """Those of *words*, at most so many, that are like *word*, the likest first: one of them may be meant."""
    from difflib import get_close_matches  # noqa: PLC0415 - most words are right

    return get_close_matches(word, words, most)
