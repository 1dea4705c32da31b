"""The tracker's file: who may read it, what is in it, and what happens when it cannot be written."""

from __future__ import annotations

import os
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from jobwait.errors import TrackerError

MARK: Final = 0x6A6F6277  # "jobw": SQLite keeps an application's mark in its files
PATIENCE: Final = 60.0  # seconds for which a writer waits for others
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
)
_UNWRITABLE: Final = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR}

Write: TypeAlias = Callable[[sqlite3.Connection], Any]


class TrackerWarning(UserWarning):
    """The tracker's file cannot be written for now; what happens is kept in memory."""


class Store:
    """
    One connection to the file, for all threads of this process. Several processes may each have theirs.

    What cannot be written now, as the disk is full, waits in memory and is written first as soon as that can be.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._backlog: list[Write] = []
        self._warned = False
        with self._plain_words():
            self._check()
            self._db = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                self._prepare()
                self._migrate()
            except BaseException:
                self._db.close()
                raise

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of *query*."""
        with self._lock, self._plain_words():
            return self._db.execute(query, values).fetchall()

    def each(self, query: str, values: Sequence[Any] = (), size: int = 1000) -> Iterator[tuple[Any, ...]]:
        """The rows of *query* on jobs, which ends in "jobs.id > ?" and has that first, a page at a time."""
        last = 0
        while rows := self.read(f"{query} order by jobs.id limit {size:d}", (*values, last)):
            yield from rows
            last = rows[-1][0]

    def write(self, action: Write) -> Any:
        """
        Run *action* in a transaction, whole or not at all.

        Raises:
            TrackerError: it cannot be written.

        """
        with self._lock, self._plain_words():
            return self._after_the_rest(action)

    def write_later(self, action: Write) -> Any:
        """The same, but what cannot be written now is kept and written when that is possible; then None."""
        with self._lock:
            try:
                with self._plain_words():
                    return self._after_the_rest(action)
            except TrackerError as error:
                if not _is_passing(error.__cause__):
                    raise
                self._backlog.append(action)
                self._warn(error)
                return None

    def write_now(self, action: Write) -> Any:
        """The same, but what cannot be written now is not wanted later either; then None."""
        with self._lock:
            try:
                return self.write(action)
            except TrackerError as error:
                if not _is_passing(error.__cause__):
                    raise
                self._warn(error)
                return None

    def catch_up(self) -> None:
        """Write what was kept in memory, where that is possible by now."""
        if self._backlog:
            self.write_now(lambda _: None)

    def close(self) -> None:
        """Let go of the file; what was kept in memory is written if that is possible by now."""
        with self._lock:
            self.catch_up()
            self._db.close()

    def _transaction(self, action: Write) -> Any:
        self._db.execute("begin immediate")
        try:
            found = action(self._db)
            self._db.execute("commit")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise
        return found

    def _after_the_rest(self, action: Write) -> Any:
        while self._backlog:
            self._in_what_room_there_is(self._backlog[0])
            del self._backlog[0]
        found = self._in_what_room_there_is(action)
        self._warned = False
        return found

    def _in_what_room_there_is(self, action: Write) -> Any:
        try:
            return self._transaction(action)
        except sqlite3.Error as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            # The log beside the file has room of its own: once its pages are in the file it begins anew.
            with suppress(sqlite3.Error):
                self._db.execute("pragma wal_checkpoint(restart)")
            return self._transaction(action)

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(f"{error} What happens now is kept in memory until it can be.", TrackerWarning, stacklevel=4)

    def _check(self) -> None:
        """Make the file if need be, its owner's alone; whatever else lies there is left as it is."""
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        except ValueError as error:
            raise TrackerError(f"{str(self.path)!r} is no name of a file: {error}. Name another.") from error
        except OSError as error:
            why = "it is a link" if os.path.islink(self.path) else error.strerror  # noqa: PTH114 - pathlib's may raise
            raise TrackerError(f"{self.path} cannot be opened: {why}. Name another file.") from error
        try:
            start = os.read(handle, 16)
        finally:
            os.close(handle)
        if start and start != b"SQLite format 3\0":
            raise TrackerError(f"{self.path} is no tracker's file. Name another; this one was left as it is.")

    def _prepare(self) -> None:
        self._db.execute("pragma busy_timeout = 60000")
        mark, tables = self._db.execute("pragma application_id").fetchone()[0], _tables(self._db)
        if mark != MARK and (tables or mark):
            raise TrackerError(f"{self.path} belongs to another program. Name another; this one was left as it is.")
        if self.path.stat().st_mode & 0o077:
            self._own()
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")

    def _own(self) -> None:
        try:
            self.path.chmod(0o600)  # SQLite gives its own files beside it the same mode
        except OSError as error:
            raise TrackerError(
                f"{self.path} can be read by others, and is not ours to close: {error.strerror}. Name another file."
            ) from error

    def _migrate(self) -> None:
        def migrate(db: sqlite3.Connection) -> None:
            version = db.execute("pragma user_version").fetchone()[0]
            if version > len(MIGRATIONS):
                raise TrackerError(f"{self.path} was written by a newer jobwait. Update this one.")
            for script in MIGRATIONS[version:]:
                for statement in filter(str.strip, script.split(";")):
                    db.execute(statement)
            db.execute(f"pragma application_id = {MARK:d}")
            db.execute(f"pragma user_version = {len(MIGRATIONS):d}")

        if self._db.execute("pragma user_version").fetchone()[0] != len(MIGRATIONS):
            self._transaction(migrate)

    @contextmanager
    def _plain_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            words = {
                sqlite3.SQLITE_FULL: "the disk is full.",
                sqlite3.SQLITE_NOTADB: "it is no tracker's file, or a damaged one. It was left as it is; name another.",
                sqlite3.SQLITE_CORRUPT: "it is damaged. Restore it from a copy, or name another file.",
            }
            why = words.get(_code(error), f"{error}.")
            raise TrackerError(f"{self.path} cannot be used: {why}") from error
        except (UnicodeDecodeError, OverflowError) as error:  # out of the bytes of a damaged file
            why = "it is damaged. Restore it from a copy, or name another file."
            raise TrackerError(f"{self.path} cannot be used: {why}") from error


def _tables(db: sqlite3.Connection) -> int:
    found: int = db.execute("select count(*) from sqlite_master").fetchone()[0]
    return found


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # what is above says more than we need


def _is_passing(error: BaseException | None) -> bool:
    """Whether *error* may pass once there is room again."""
    return _code(error) in _UNWRITABLE
