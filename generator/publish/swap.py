"""Swaps new output in atomically: after any interruption the whole old or the whole new folder is in place."""

import ctypes
import fcntl
import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from generator.paths import scratch_prefix

AT_FDCWD = -100
RENAME_EXCHANGE = 2
MARK = ".made-by-codegen"  # the file by which a scratch folder is recognised
BACKUP = "old"  # in a scratch folder: the output that is being replaced


@contextmanager
def candidate_folder(target: Path) -> Iterator[Path]:
    """An empty folder on the same disk as *target* and with its name; it is deleted at the end of the block."""
    with scratch_folder(target) as scratch:
        candidate = scratch / target.name
        candidate.mkdir()
        yield candidate


@contextmanager
def scratch_folder(target: Path) -> Iterator[Path]:
    """
    A folder beside *target* for all that a run writes before it is in place; it is deleted at the end of the block.

    What runs that were killed have left is cleaned up before. The folder is locked as long as the block runs, so that
    other runs for the same *target* leave it alone.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with locked(target.parent):
            recover(target)
            scratch = Path(tempfile.mkdtemp(prefix=scratch_prefix(target), dir=target.parent))
            stack.callback(_delete, scratch)
            (scratch / MARK).touch()
            stack.enter_context(locked(scratch))
        yield scratch


def swap(candidate: Path, target: Path) -> None:
    """Replace *target* by *candidate*, which is in a scratch folder."""
    with locked(target.parent):
        if not target.exists():
            candidate.rename(target)
        elif not _exchange(candidate, target):
            backup = candidate.parent / BACKUP
            target.rename(backup)
            try:
                candidate.rename(target)
            except OSError:
                backup.rename(target)
                raise


def recover(target: Path) -> None:
    """Clean up after a run that was killed: restore the old output if there is no new one, delete the rest."""
    for leftover in [one for one in target.parent.glob(f"{glob.escape(scratch_prefix(target))}*") if _is_ours(one)]:
        if _in_use(leftover):
            continue
        if (leftover / BACKUP).exists() and not target.exists():
            (leftover / BACKUP).rename(target)
        _delete(leftover)


def _delete(scratch: Path) -> None:
    """Delete a scratch folder, the mark last: of a run that is killed here the next one recognises the rest."""
    for inside in [path for path in scratch.iterdir() if path.name != MARK]:
        if inside.is_dir() and not inside.is_symlink():
            shutil.rmtree(inside, ignore_errors=True)
        else:
            inside.unlink(missing_ok=True)
    shutil.rmtree(scratch, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether a run has made *folder*: it has the mark, or nothing yet. A user's folder may have such a name too."""
    return folder.is_dir() and not folder.is_symlink() and ((folder / MARK).is_file() or not any(folder.iterdir()))


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


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one system call; False where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    done: int = renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return done == 0
