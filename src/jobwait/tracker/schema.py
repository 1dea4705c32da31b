"""The tracker's file: its tables, the migrations between versions, and the checks before the file is used."""

import os
import sqlite3
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from jobwait.errors import TrackerError

APPLICATION_ID: Final = 0x6A6F6277  # "jobw", in the header of the file
MIGRATIONS: Final = (  # each brings a file one version further; none is ever changed
    """
    create table accounts (
        id integer primary key, service text not null, name text not null, host text not null,
        unique (service, name, host)
    );
    create table jobs (
        id integer primary key, key text, account integer not null references accounts, job_id text, ids text,
        started real, submitted integer not null default 0, deadline real, state text not null, owner text,
        lease real, token text, reason text, polls integer, errors integer, seen_at real, delivered integer
    );
    create unique index jobs_by_key on jobs (key) where key is not null;
    create unique index jobs_by_id on jobs (account, job_id) where job_id is not null;
    create index jobs_waiting on jobs (id) where state = 'waiting';
    create index jobs_in_doubt on jobs (id) where state in ('intent', 'unresolved');
    create index jobs_undelivered on jobs (id) where delivered = 0;
    create table pasts (
        id integer primary key, service text not null, host text not null, size real, duration real not null,
        honest integer, early integer not null
    );
    create index pasts_by_service on pasts (service, host, id);
    create table buckets (
        name text primary key, most real, burst real, rate real, at real, gain real, next real, closed real, cut real,
        seen real, used real
    ) without rowid;
    """,
    # how the last wait for a job that has not ended came to its own end: 'timed_out', 'unreachable' or 'needs_input'
    "alter table jobs add column last_wait text",
    # the `reason` of the error of the last wait: why it was unreachable
    "alter table jobs add column error_reason text",
)
_FLAGS: Final = (  # a FIFO is opened without a writer, so that it can be refused
    os.O_RDWR | os.O_CREAT | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
)
_BESIDE: Final = ("-wal", "-shm", "-journal")  # SQLite's own files, which it opens whatever they are


def create_or_check(path: Path) -> tuple[int, int]:
    """
    Create the file *path*, with mode 0600, if there is none; its identity.

    Raises:
        TrackerError: it is a link or another kind of file, or one of SQLite's own files beside it is.

    """
    if str(path) == ":memory:" or str(path).startswith("file:"):
        raise TrackerError(
            f"{str(path)!r} is no name of a file: a tracker keeps jobs in a file, so that a crash loses none. Name a "
            "file; for jobs in memory there is wait_all()."
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, _FLAGS, 0o600)
    except ValueError as error:
        raise TrackerError(f"{str(path)!r} is no name of a file: {error}. Name another.") from error
    except OSError as error:
        why = "it is a link" if os.path.islink(path) else error.strerror  # noqa: PTH114 - pathlib's may raise
        raise TrackerError(f"{path} cannot be opened: {why}. Name another file.") from error
    try:
        facts = os.fstat(handle)
        start = os.read(handle, 16) if stat.S_ISREG(facts.st_mode) else None
    finally:
        os.close(handle)
    for one in (path, *(path.with_name(path.name + end) for end in _BESIDE)):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(one.lstat().st_mode):
                raise TrackerError(f"{one} is no ordinary file. Name another file for the tracker.")
    if start and start != b"SQLite format 3\0":
        raise TrackerError(f"{path} is no tracker's file. Name another; this one was left as it is.")
    if sys.platform == "win32":  # where the numbers of an open file and of a path are found in different ways
        facts = path.lstat()
    return facts.st_dev, facts.st_ino


def configure(db: sqlite3.Connection, path: Path) -> None:
    """Set the pragmas and make the file private; a TrackerError for another program's file or a mode that stays."""
    application_id = db.execute("pragma application_id").fetchone()[0]
    tables = db.execute("select count(*) from sqlite_master").fetchone()[0]
    if application_id != APPLICATION_ID and (tables or application_id):
        raise TrackerError(f"{path} belongs to another program. Name another; this one was left as it is.")
    try:
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)  # SQLite gives its own files beside it the same mode
    except OSError as error:
        raise TrackerError(
            f"{path} can be read by others, and its mode cannot be changed: {error.strerror}. Name another file."
        ) from error
    db.execute("pragma journal_mode = wal")
    db.execute("pragma synchronous = full")


def is_current(db: sqlite3.Connection) -> bool:
    """Whether the file has this version's tables."""
    return bool(db.execute("pragma user_version").fetchone()[0] == len(MIGRATIONS))


def migrate(db: sqlite3.Connection, path: Path) -> None:
    """Bring the file *path* to this version in the caller's transaction; a TrackerError if a newer jobwait wrote it."""
    version = db.execute("pragma user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise TrackerError(f"{path} was written by a newer jobwait. Update this one.")
    for script in MIGRATIONS[version:]:
        for statement in filter(str.strip, script.split(";")):
            db.execute(statement)
    db.execute(f"pragma application_id = {APPLICATION_ID:d}")
    db.execute(f"pragma user_version = {len(MIGRATIONS):d}")
