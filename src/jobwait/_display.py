"""One live line on a terminal: the least that `progress=True` can mean without any extra installed."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from jobwait._types import Update


def live_line(job_id: str, then: Callable[[Update[Any]], object] | None) -> Callable[[Update[Any]], None]:
    """A callback that shows each update of *job_id* on stderr, if that is a terminal, and passes it on to *then*."""

    def show(update: Update[Any]) -> None:
        _write(f"{job_id} {update}", last=update.terminal)
        if then is not None:
            then(update)

    return show


def live_count(total: Callable[[], int], then: Callable[[Update[Any]], object] | None) -> Callable[[Update[Any]], None]:
    """The same for many jobs: how many of *total*, which may grow, have ended, and how."""
    endings: Counter[str] = Counter()

    def show(update: Update[Any]) -> None:
        if update.terminal:
            endings[update.state] += 1
            told = ", ".join(f"{count} {state}" for state, count in sorted(endings.items()))
            _write(f"{endings.total()} of {total()} jobs: {told}", last=endings.total() == total())
        if then is not None:
            then(update)

    return show


def _write(line: str, *, last: bool) -> None:
    if not sys.stderr.isatty():
        return
    plain = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"\r\x1b[K{plain[:width]}" + ("\n" if last else ""))
    sys.stderr.flush()
