"""A million tracked jobs: bulk insert beside bare SQLite, and how soon the first rows are there."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from attrs import frozen

from jobwait import promptforge
from jobwait.tracker import Tracker


@frozen
class Rows:
    """Insert beside bare SQLite's time for the same text; milliseconds to the first fifty of pending() and all()."""

    jobs: int
    ratio: float
    pending: float
    listed: float


def names(jobs: int) -> list[str]:
    """Ids in no order, like those of services."""
    return [f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-{number:012d}" for number in range(jobs)]


def rows(folder: Path, jobs: int) -> Rows:
    """Insert *jobs* both ways, and read."""
    ids = names(jobs)
    begun = time.perf_counter()
    with closing(sqlite3.connect(folder / "bare.db")) as db, db:
        db.execute("pragma journal_mode = wal")
        db.execute("create table t (id integer primary key, name text unique, state text, started real)")
        db.executemany("insert into t (name, state, started) values (?, 'waiting', ?)", ((name, 1.5) for name in ids))
    bare = time.perf_counter() - begun
    client = promptforge.connect("key", base_url="http://127.0.0.1:9")
    handles = [promptforge.job(client, name) for name in ids]
    with Tracker(folder / "rows" / "jobs.db") as tracker:
        begun = time.perf_counter()
        tracker.add_all(((handle, None) for handle in handles), "team")
        ours = time.perf_counter() - begun
        begun = time.perf_counter()
        tracker.pending(50)
        pending = time.perf_counter() - begun
        begun = time.perf_counter()
        tracker.all(50)
        listed = time.perf_counter() - begun
    return Rows(jobs, ours / bare, pending * 1000, listed * 1000)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as where:
        print(rows(Path(where), 200_000))
