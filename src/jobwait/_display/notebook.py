"""Progress in a notebook: one output of the running cell, drawn anew at each change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from jobwait._model.html import bar, shown


def cell_writer() -> Callable[[str, float | None, bool], None] | None:
    """What shows a line and its bar in the running cell; None outside of a notebook."""
    if not _in_notebook():
        return None
    display: Any = sys.modules["IPython.display"].display
    output: list[Any] = []

    def write(line: str, share: float | None, last: bool) -> None:
        drawn = "" if last and share is None else bar(share)
        data = {"text/html": f"{drawn} {shown(line)}", "text/plain": line}
        if output:
            output[0].update(data, raw=True)
        else:
            output.append(display(data, raw=True, display_id=True))

    return write


def _in_notebook() -> bool:
    """Whether code runs in a kernel that a notebook talks to; nothing is imported to find out."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return hasattr(shell, "kernel") and "IPython.display" in sys.modules
