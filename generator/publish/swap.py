"""Swaps new output in atomically: after any interruption the whole old or the whole new folder is in place."""

import ctypes
import fcntl
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextmanager
def candidate_folder(target: Path) -> Iterator[Path]:
    """
    An empty folder on the same disk as *target* and with its name; it is deleted at the end of the block.

    What runs that were killed have left is cleaned up before. The folder is locked as long as the block runs, so that
    other runs for the same *target* leave it alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with locked(target.parent):
            recover(target)
            made = tempfile.TemporaryDirectory(prefix=f".{target.name}-new-", dir=target.parent)
            folder = Path(stack.enter_context(made))
            stack.enter_context(locked(folder))
        candidate = folder / target.name
        candidate.mkdir()
        yield candidate


def swap(candidate: Path, target: Path) -> None:
    """Replace *target* by *candidate*."""
    with locked(target.parent):
        if not target.exists():
            candidate.rename(target)
        elif not _exchange(candidate, target):
            target.rename(_backup_of(target))
            candidate.rename(target)
            shutil.rmtree(_backup_of(target))


def recover(target: Path) -> None:
    """Clean up after a run that was killed: restore the old output if there is no new one, delete the rest."""
    backup = _backup_of(target)
    if backup.exists() and not target.exists():
        backup.rename(target)
    for leftover in [backup, *target.parent.glob(f".{target.name}-new-*")]:
        if not _in_use(leftover):
            shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of *folder* itself, which leaves no file; the system releases it when the process ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a disk that has no locks, as some in networks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _in_use(folder: Path) -> bool:
    """Whether another run may hold the lock of *folder*: where a disk has no locks, nobody knows."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def _backup_of(target: Path) -> Path:
    return target.with_name(f".{target.name}-old")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one system call; False where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    done: int = renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return done == 0
