"""Durations as people write them."""

from __future__ import annotations

import re
from typing import Final

import typer

_SECONDS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_NUMBER: Final = r"(?:\d+(?:\.\d*)?|\.\d+)"
_WHOLE: Final = re.compile(rf"(?:{_NUMBER}(?:d|h|ms|m|s))+|{_NUMBER}")
_PART: Final = re.compile(rf"({_NUMBER})(d|h|ms|m|s)?")
_LONGEST: Final = 366 * 86400.0


def duration(text: str | float) -> float:
    """
    Seconds in *text*: 90, 90s, 1.5h, 1h30m, 2d.

    Raises:
        typer.BadParameter: it is no duration.

    """
    plain = str(text).strip().lower()
    if not plain.isascii() or not _WHOLE.fullmatch(plain):
        raise typer.BadParameter(f"{str(text)[:60]!r} is no duration; write one like 90, 90s, 2h or 1h30m.")
    seconds = sum(float(number) * _SECONDS[unit or "s"] for number, unit in _PART.findall(plain))
    if seconds > _LONGEST:
        raise typer.BadParameter(f"{plain[:60]} is more than a year; nothing is waited for so long.")
    return seconds


def spoken(seconds: float) -> str:
    """*seconds* for people: 4.2 s, 38 s, 3 min, 1 h 05 min, 2 d 3 h."""
    if seconds < 9.95:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h"
