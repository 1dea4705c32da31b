"""What every progress display says: how much of a job is done, how many jobs are in which state, durations."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from jobwait._model.types import Update, brief


def share_of(update: Update[Any]) -> float | None:
    """How much of the job is done, from 0 to 1; None where that is not known."""
    if update.state == "succeeded":
        return 1.0
    progress = update.progress
    return min(1.0, progress.done / progress.total) if progress is not None and progress.total else None


def bar(share: float | None, width: int) -> tuple[str, str]:
    """The filled and the empty part of a bar of *width* characters; both are empty where *share* is not known."""
    if share is None:
        return "", ""
    filled = int(share * width)
    return "━" * filled, "─" * (width - filled)


def counted(states: Iterable[str]) -> str:
    """How often each state occurs: "1 failed, 2 timed out"."""
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in sorted(Counter(states).items()))


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
