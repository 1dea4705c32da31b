"""Checks of the values in a line of a recording."""

import math
from typing import Any


def number(value: Any) -> float:
    """*value* if it is a number, finite and 0 or more; else ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError("a number is missing")
    return value


def optional(value: Any) -> float | None:
    """The same, or None."""
    return None if value is None else number(value)


def flag(value: Any) -> bool:
    """*value* if it is true or false; else ValueError."""
    if not isinstance(value, bool):
        raise ValueError("true or false is missing")  # noqa: TRY004 - of a line, not of an argument
    return value


def text(value: Any) -> str:
    """*value* if it is a text; else ValueError."""
    if not isinstance(value, str):
        raise ValueError("a text is missing")  # noqa: TRY004 - of a line, not of an argument
    return value


def one_of(value: Any, known: frozenset[str]) -> Any:
    """*value* if it is one of *known*; else ValueError."""
    if value not in known:
        raise ValueError(f"{value!r:.40} is none of {', '.join(sorted(known))}")
    return value
