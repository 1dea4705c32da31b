"""Checks of a caller's arguments, before anything is sent; each error names the argument."""

import math
from typing import Any
from uuid import UUID

from jobwait.errors import InvalidInput


def identifier(name: str, value: Any) -> str:
    """The id *value*, a string, whole number or UUID, as text; raises InvalidInput for others, and "", "." and ".."."""
    if isinstance(value, bool) or not isinstance(value, str | int | UUID):
        raise InvalidInput(f"{name} must be an id, not {type(value).__name__}.")
    if str(value) in {"", ".", ".."}:
        raise InvalidInput(f"{name} must not be {str(value)!r}: name the job by the id that its submission gave.")
    return str(value)


def text(name: str, value: Any) -> str:
    """*value*, a string that is not empty; raises InvalidInput if it is something else."""
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name} must be text, not {value!r:.60}.")
    return value


def whole(name: str, value: Any) -> int:
    """*value*, a whole number; raises InvalidInput if it is something else."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"{name} must be a whole number, not {value!r:.60}.")
    return value


def within(name: str, value: Any, least: float, most: float) -> None:
    """Check that *value* is a number from *least* to *most*, both included; raises InvalidInput if it is not."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not least <= value <= most:
        raise InvalidInput(f"{name} must be from {least:g} to {most:g}, not {value!r:.60}.")
