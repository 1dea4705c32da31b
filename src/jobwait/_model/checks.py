"""What a caller gives us, checked before anything is sent; each function names the argument it refuses."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from jobwait.errors import InvalidInput


def identifier(name: str, value: Any) -> str:
    """
    *value*, an id as text, whole number or UUID, as text.

    Raises:
        InvalidInput: it is something else, or would change the path that it stands in.

    """
    if isinstance(value, bool) or not isinstance(value, str | int | UUID):
        raise InvalidInput(f"{name} must be an id, not {type(value).__name__}.")
    if str(value) in {"", ".", ".."}:
        raise InvalidInput(f"{name} must not be {str(value)!r}: name the job by the id that its submission gave.")
    return str(value)


def text(name: str, value: Any) -> str:
    """
    *value*, if it is text.

    Raises:
        InvalidInput: it is not, or empty.

    """
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name} must be text, not {value!r:.60}.")
    return value


def whole(name: str, value: Any) -> int:
    """
    *value*, if it is a whole number.

    Raises:
        InvalidInput: it is not.

    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name} must be a whole number, not {value!r:.60}.")
    return value


def within(name: str, value: Any, least: float, most: float) -> None:
    """
    Nothing, if *value* is a number from *least* to *most*.

    Raises:
        InvalidInput: it is not.

    """
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not least <= value <= most:
        raise InvalidInput(f"{name} must be from {least:g} to {most:g}, not {value!r:.60}.")
