"""Paths with parts in braces, such as /jobs/{id}:cancel, as a specification or a route of a FakeServer has them."""

import re
from typing import Final

_VARIABLE: Final = re.compile(r"\{[^{}]*\}")


def fits(template: str, path: str) -> bool:
    """Whether *path* is one of *template*, where braces stand for any text without a slash that is not empty."""
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(map(_part_fits, wanted, given))


def fixed_text(template: str) -> str:
    """What stands outside of the braces of *template*."""
    return _VARIABLE.sub("", template)


def _part_fits(template: str, text: str) -> bool:
    """The same between two slashes: each text between two braces is taken where it comes first, in linear time."""
    first, *between = _VARIABLE.split(template)
    if not between:
        return text == first
    last, at = between.pop(), len(first)
    end = len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return False
    for one in between:
        found = text.find(one, at + 1, end)
        if found < 0:
            return False
        at = found + len(one)
    return at < end
