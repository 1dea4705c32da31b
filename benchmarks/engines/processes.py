"""Processes of our own: their families, their CPU, a free port for them, and waiting for what they do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def until(true: Callable[[], T], seconds: float, step: float = 1.0) -> T:
    """Wait for that, within a bound on waiting, not on how fast it is."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > ends:
            raise TimeoutError(f"{true} never came")
        time.sleep(step)
    return found


def below(root: int) -> dict[int, str]:
    """The processes that *root* started, and theirs, and itself, with their words."""
    told = subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout  # noqa: S607
    rows = [line.split(None, 2) for line in told.splitlines()[1:]]
    known = {int(pid): (int(parent), words) for pid, parent, words in rows}
    found = {root}
    while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
        found |= more
    return {pid: known[pid][1] for pid in found if pid in known}


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill *process*, which we started, and what it started."""
    for pid in below(process.pid):
        os.kill(pid, signal.SIGKILL)
    process.communicate()


def cpu(*pids: int) -> float:
    """CPU seconds of these processes so far, and of those of their children that have ended."""
    return sum(_cpu(pid) for pid in pids)


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS
