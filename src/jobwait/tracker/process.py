"""Which process is meant, so that others on this machine can tell whether it still lives."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def this_process() -> str:
    """The name of this process: machine, number and start, as numbers are given again, in containers at once."""
    return f"{platform.node()}:{os.getpid()}:{_start(os.getpid())}"


def is_gone(name: str | None) -> bool:
    """Whether the process *name* has ended, as far as can be told from here."""
    node, _, rest = (name or "").partition(":")
    number, _, start = rest.partition(":")
    if node != platform.node() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return start not in {"", _start(int(number))}


def _start(number: int) -> str:
    """When the process *number* began, in the system's own count; nothing where the system does not say."""
    try:
        facts = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return facts.rpartition(")")[2].split()[19]
