"""The words and numbers of every progress display: durations, shares, bars, counts, and widths on a screen."""

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from jobwait._model.types import Update, brief, tried


def share_of(update: Update[Any]) -> float | None:
    """How much of the job is done, from 0 to 1; None where that is not known, as steps do not take equally long."""
    if update.state == "succeeded":
        return 1.0
    progress = update.progress
    if progress is None or not progress.total or progress.stage is not None:
        return None
    return min(1.0, max(0.0, progress.done / progress.total))


def bar(share: float, width: int) -> tuple[str, str]:
    """The filled and the empty part of a bar of *width* characters."""
    filled = int(share * width)
    return "━" * filled, "─" * (width - filled)


def percent(share: float) -> str:
    """*share* as text of at least three characters: 100 % only once all is done."""
    return f"{math.floor(share * 100):2}%"


def counted(counts: Mapping[str, int]) -> str:
    """How many jobs are in which state, in this order: "1 failed, 2 timed out"; states without jobs are left out."""
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counts.items() if count)


def duration_text(seconds: float) -> str:
    """*seconds* for people: 4.2 s, 38 s, 3 min, 1 h 05 min, 2 d 3 h."""
    if seconds < 100:
        return f"{brief(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    return f"{hours // 24} d {hours % 24} h"


def took_text(seconds: float) -> str:
    """*seconds* that something took, to the second: 4.2 s, 38 s, 2 min 20 s; above an hour as duration_text()."""
    if seconds < 60 or seconds >= 3600:
        return duration_text(seconds)
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s"


def elapsed_text(seconds: float) -> str:
    """*seconds* that have passed, as a clock: 0:31, 12:05, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def next_poll_text(left: float) -> str:
    """When a job is polled that is polled in *left* seconds: "in 8 s"; "due" if it only waits for its turn."""
    return f"in {duration_text(math.ceil(left))}" if left > 0 else "due"


def outage_text(update: Update[Any], following: str) -> str:
    """That polls fail, and when the next one follows: "no answer (connection refused), 3rd try, next in 8 s"."""
    return tried(update.failure, update.failures) + (f", next {following}" if following else "")


def cells(text: str) -> int:
    """How many columns of a screen *text* takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def within(text: str, width: int) -> str:
    """*text*, cut with "…" if it takes more than *width* columns."""
    if cells(text) <= width:
        return text
    kept, room = "", width - 1
    for char in text:
        room -= _cells_of(char)
        if room < 0:
            break
        kept += char
    return f"{kept}…" if width > 0 else ""


def _cells_of(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
