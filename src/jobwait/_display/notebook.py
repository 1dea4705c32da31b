"""Progress in a notebook: one output of the running cell, replaced at each change."""

import sys
from typing import Any

from jobwait._model.html import bar, shown


def in_notebook() -> bool:
    """Whether code runs in a kernel that a notebook talks to; nothing is imported to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel") and "IPython.display" in sys.modules


class CellOutput:
    """Shows a line and its bar in the cell that runs when it is first called."""

    def __init__(self) -> None:
        self._handle: Any = None

    def __call__(self, line: str, share: float | None, last: bool) -> None:
        drawn = "" if last and share is None else bar(share)
        data = {"text/html": f"{drawn} {shown(line)}", "text/plain": line}
        if self._handle is None:
            self._handle = sys.modules["IPython.display"].display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)
