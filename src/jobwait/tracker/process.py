"""Names of processes, by which other processes on this machine can tell whether one is still alive."""

import os
import platform
from functools import cache
from pathlib import Path


@cache
def this_process() -> str:
    """This process as "machine:pid:start time": a pid is used again, in containers at once."""
    return f"{platform.node()}:{os.getpid()}:{_start_time(os.getpid())}"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=this_process.cache_clear)


def has_ended(process: str | None) -> bool:
    """Whether *process*, named as by this_process(), has certainly ended; False for one on another machine."""
    node, _, rest = (process or "").partition(":")
    pid, _, start = rest.partition(":")
    if node != platform.node() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return start not in {"", _start_time(int(pid))}


def _start_time(pid: int) -> str:
    """When the process began, in clock ticks since the boot; "" where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]
