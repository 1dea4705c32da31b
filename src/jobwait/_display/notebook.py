"""Progress in a notebook: one output of the running cell, replaced at each change; many jobs have a row each."""

import sys
from typing import Any, Final

from jobwait._display.lines import share_of
from jobwait._model.html import bar, of_updates, shown
from jobwait._model.types import Update

ROWS: Final = 20  # jobs that are shown, beside the count of all


def in_notebook() -> bool:
    """Whether code runs in a kernel that a notebook talks to; nothing is imported to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel") and "IPython.display" in sys.modules


class CellOutput:
    """Shows a line and its bar in the cell that runs when it is first called."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, line: str, share: float | None, last: bool, below: str = "") -> None:
        drawn = "" if last and share is None else bar(share)
        data = {"text/html": f"{drawn} {shown(line)}{below}", "text/plain": line}
        if self._handle is None:
            self._handle = sys.modules["IPython.display"].display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)


class CellRows:
    """The latest update of each of the first jobs, as rows below the line that counts all."""

    def __init__(self) -> None:
        self._updates: dict[tuple[str, str], Update[Any]] = {}

    def take(self, update: Update[Any]) -> bool:
        """Keep *update* if its job has a row, or there is place for one; whether that is so."""
        key = (update.service, update.job_id)
        if key not in self._updates and len(self._updates) >= ROWS:
            return False
        self._updates[key] = update
        return True

    def __str__(self) -> str:
        return of_updates((update, share_of(update)) for update in self._updates.values())
