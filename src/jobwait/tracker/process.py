"""Names of processes and of their runs, by which others on this machine can tell whether one is still alive."""

import os
import platform
import sys
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

RUN_NUMBERS: Final = count(1)
_NO_SUCH_PROCESS: Final = 87  # ERROR_INVALID_PARAMETER, of OpenProcess() on Windows
runs: Final[set[str]] = set()  # of this process, while they may hold leases: "process:number"


@cache
def this_process() -> str:
    """
    This process as "machine:pid:start time@namespace".

    A pid is used again, in containers at once; and two containers with one name have different pids for one process.
    """
    return f"{platform.node()}:{os.getpid()}:{_start_time(os.getpid())}@{_namespace()}"


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=this_process.cache_clear)


def is_local(process: str | None) -> bool:
    """Whether this process can tell if *process*, named as by this_process(), is alive."""
    node, pid, _, namespace, _ = _parts(process)
    return node == platform.node() and pid.isdecimal() and namespace in {"", _namespace()}


def has_ended(process: str | None) -> bool:
    """Whether *process*, or a run "process:number", has certainly ended; False where that cannot be told here."""
    _, pid, start, _, run = _parts(process)
    if not is_local(process):
        return False
    if not _is_running(int(pid)):
        return True
    if start not in {"", _start_time(int(pid))}:
        return True
    return run != "" and int(pid) == os.getpid() and process not in runs


def _is_running(pid: int) -> bool:
    """Whether a process has the number *pid*; True where this user must not know."""
    try:
        if sys.platform == "win32":  # where os.kill() would send Ctrl-C
            import _winapi  # noqa: PLC0415 - not on every system

            handle = _winapi.OpenProcess(_winapi.SYNCHRONIZE, False, pid)
            try:
                return _winapi.WaitForSingleObject(handle, 0) != _winapi.WAIT_OBJECT_0
            finally:
                _winapi.CloseHandle(handle)
        else:
            os.kill(pid, 0)
            return True
    except OverflowError:
        return True
    except OSError as error:
        return not isinstance(error, ProcessLookupError) and getattr(error, "winerror", None) != _NO_SUCH_PROCESS


def _parts(process: str | None) -> tuple[str, str, str, str, str]:
    """Machine, pid, start time, namespace and number of the run; "" for what *process* does not have."""
    node, pid, start, run = [*(process or "").split(":", 3), "", "", "", ""][:4]
    start, _, namespace = start.partition("@")
    return node, pid, start, namespace, run


def _start_time(pid: int) -> str:
    """When the process began, in clock ticks since the boot; "" where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


@cache
def _namespace() -> str:
    """The number of the namespace of this process's pid; "" where the system does not say."""
    try:
        return "".join(filter(str.isdecimal, os.readlink("/proc/self/ns/pid")))  # noqa: PTH115 - it names no file
    except OSError:
        return ""
