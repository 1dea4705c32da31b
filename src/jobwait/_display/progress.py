"""One live line, on a terminal or in a notebook: what `progress=True` means, without any extra installed."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from jobwait._display.notebook import cell_writer
from jobwait._model.types import Update
from jobwait._text import visible

_BAR: Final = 16  # characters


def live_line(job_id: str, then: Callable[[Update[Any]], object] | None) -> Callable[[Update[Any]], None]:
    """A callback that shows each update of *job_id*, where somebody can see it, and passes it on to *then*."""
    write = _writer()

    def show(update: Update[Any]) -> None:
        write(f"{job_id} {update}", _share(update), update.terminal)
        if then is not None:
            then(update)

    return show


def live_count(total: Callable[[], int], then: Callable[[Update[Any]], object] | None) -> Callable[[Update[Any]], None]:
    """The same for many jobs: how many of *total*, which may grow, have ended, and how."""
    endings: Counter[str] = Counter()
    write = _writer()

    def show(update: Update[Any]) -> None:
        if update.terminal:
            endings[update.state] += 1
            told = ", ".join(f"{count} {state}" for state, count in sorted(endings.items()))
            share = endings.total() / max(1, total())
            write(f"{endings.total()} of {total()} jobs: {told}", share, endings.total() == total())
        if then is not None:
            then(update)

    return show


def _share(update: Update[Any]) -> float | None:
    """How much of the job is done, where that is known."""
    if update.state == "succeeded":
        return 1.0
    progress = update.progress
    return min(1.0, progress.done / progress.total) if progress is not None and progress.total else None


def _writer() -> Callable[[str, float | None, bool], None]:
    """What shows a line and its bar: in a notebook's cell, on stderr if that is a terminal, or nowhere."""
    in_notebook = cell_writer()
    if in_notebook is not None:
        return in_notebook
    return _on_terminal if sys.stderr.isatty() else lambda _line, _share, _last: None


def _on_terminal(line: str, share: float | None, last: bool) -> None:
    full = round((share or 0.0) * _BAR)
    drawn = "" if share is None else f"{'━' * full}{'─' * (_BAR - full)} "
    width = shutil.get_terminal_size().columns - 1
    sys.stderr.write(f"\r\x1b[K{(drawn + visible(line))[:width]}" + ("\n" if last else ""))
    sys.stderr.flush()
