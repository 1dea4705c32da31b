"""Swap: new output appears all at once, or not at all."""

import ctypes
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextmanager
def candidate_for(target: Path) -> Iterator[Path]:
    """An empty folder on the same disk as *target*, named like it, gone when the block ends."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-new-", dir=target.parent) as folder:
        candidate = Path(folder, target.name)
        candidate.mkdir()
        yield candidate


def swap(candidate: Path, target: Path) -> None:
    """Put *candidate* in the place of *target*."""
    if not target.exists():
        candidate.rename(target)
    elif not _exchange(candidate, target):
        target.rename(_aside(target))
        candidate.rename(target)
        shutil.rmtree(_aside(target))


def repair(target: Path) -> None:
    """Mend what a run left that was killed: the old output comes back if the new one is not there."""
    aside = _aside(target)
    if aside.exists() and not target.exists():
        aside.rename(target)
    for left in [aside, *target.parent.glob(f".{target.name}-new-*")]:
        shutil.rmtree(left, ignore_errors=True)


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}-old")


def _exchange(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None), "renameat2", None)
    if renameat2 is None:
        return False
    done: int = renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    return done == 0
