"""One connection to the tracker's file: reads, transactions, what happens on a full disk, and the values in columns."""

import json
import os
import sqlite3
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import NoneType
from typing import Any, Final, TypeAlias

from jobwait.errors import TrackerError
from jobwait.tracker import schema

PATIENCE: Final = 60.0  # seconds for which a writer waits for other processes
TEXT: Final = (str, NoneType)
NUMBER: Final = (float, int, NoneType)
_UNWRITABLE: Final = {  # for now
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR),
    sqlite3.SQLITE_BUSY,
}
_DAMAGED: Final = "it is damaged. Restore it from a copy, or name another file."
_REASONS: Final = {
    sqlite3.SQLITE_FULL: "the disk is full.",
    sqlite3.SQLITE_BUSY: "another process has it locked.",
    sqlite3.SQLITE_NOTADB: "it is no tracker's file, or a damaged one. It was left as it is; name another.",
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}

Action: TypeAlias = Callable[[sqlite3.Connection], Any]


class TrackerWarning(UserWarning):
    """The tracker's file cannot be written for now; changes are kept in memory."""

    __module__ = "jobwait.tracker"


class Database:
    """
    One connection to the file, for all threads of this process; a TrackerError where it cannot be used.

    Changes that cannot be written now, as the disk is full, can be queued in memory: the next change writes them first.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._queued: list[Action] = []
        self._warned = False
        with self._readable_errors():
            self._identity = schema.create_or_check(self.path)
            # An absolute path, as it names the file wherever this process goes, and as ":memory:" and others mean
            # something else to SQLite.
            self.file = os.path.realpath(self.path)
            self._db = sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            try:
                schema.configure(self._db, self.path)
                if not schema.is_current(self._db):
                    self._transaction(partial(schema.migrate, path=self.path))
            except BaseException:
                self._db.close()
                raise

    def read(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of *query*."""
        with self._lock, self._readable_errors():
            self._check_place()
            return self._db.execute(query, values).fetchall()

    def write(self, action: Action) -> Any:
        """Run *action* in a transaction, after the queued ones; its value. On a TrackerError nothing was written."""
        with self._lock, self._readable_errors():
            while self._queued:
                self._write(self._queued[0])
                del self._queued[0]
            found = self._write(action)
            self._warned = False
            return found

    def try_write(self, action: Action, *, queue: bool, patience: float = PATIENCE) -> Any:
        """
        Like write(); but where the file cannot be written for now, queue or drop *action* and warn; returns None.

        *patience*: the seconds for which it waits for other processes.
        """
        with self._lock, self._waiting_for(patience):
            try:
                return self.write(action)
            except TrackerError as error:
                if _code(error.__cause__) not in _UNWRITABLE:
                    raise
                if queue:
                    self._queued.append(action)
                self._warn(error)
                return None

    def queue(self, action: Action) -> None:
        """Let the next change write *action* first."""
        with self._lock:
            self._queued.append(action)

    @contextmanager
    def _waiting_for(self, patience: float) -> Iterator[None]:
        if patience < PATIENCE:
            self._db.execute(f"pragma busy_timeout = {1000 * patience:.0f}")
        try:
            yield
        finally:
            if patience < PATIENCE:
                self._db.execute(f"pragma busy_timeout = {1000 * PATIENCE:.0f}")

    def write_queued(self) -> None:
        """Write the queued changes, if that is possible by now."""
        if self._queued:
            self.try_write(lambda _: None, queue=False)

    def close(self) -> None:
        """Write the queued changes, if that is possible by now, and close the file."""
        with self._lock:
            try:
                self.write_queued()
            except TrackerError as error:  # it must not hide the error that ends the caller's `with`
                self._warn(error)
            finally:
                self._db.close()

    def _write(self, action: Action) -> Any:
        try:
            return self._transaction(action)
        except sqlite3.Error as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            # The write-ahead log has its own space: once its pages are in the file, it is written from its start.
            with suppress(sqlite3.Error):
                self._db.execute("pragma wal_checkpoint(restart)")
            return self._transaction(action)

    def _transaction(self, action: Action) -> Any:
        try:
            self._db.execute("begin immediate")
            self._check_place()
            found = action(self._db)
            self._db.execute("commit")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise
        return found

    def _check_place(self) -> None:
        """Raise a TrackerError unless the open file is still the one with this name: SQLite would not notice."""
        try:
            now = os.lstat(self.file)
        except OSError:
            now = None
        if now is None or (now.st_dev, now.st_ino) != self._identity:
            raise TrackerError(
                f"{self.path} was moved, deleted or replaced while it was open, so nothing was written. Move it back, "
                "with the files beside it whose names begin with its name, or open the tracker anew."
            )

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(f"{error} Changes are kept in memory until it can be used.", TrackerWarning, stacklevel=4)

    @contextmanager
    def _readable_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise TrackerError(f"{self.path} cannot be used: {_REASONS.get(_code(error), f'{error}.')}") from error
        except UnicodeEncodeError as error:
            raise TrackerError(
                f"{self.path} cannot hold {error.object!r:.80}: it has half a surrogate pair."
            ) from error
        except (UnicodeDecodeError, OverflowError) as error:  # from the bytes of a damaged file
            raise TrackerError(f"{self.path} cannot be used: {_DAMAGED}") from error


def _code(error: BaseException | None) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # the primary code, without the extended one


def unreadable_row(number: object) -> TrackerError:
    """The error for a row that holds values which no tracker writes."""
    return TrackerError(
        f"Row {str(number)[:20]} of the tracker's file holds what no tracker writes: another program changed it, or "
        "the disk did. Restore the file from a copy."
    )


def check_types(row: Sequence[Any], types: Iterable[Any]) -> None:
    """Raise a TrackerError unless each value of *row*, the first of which is its number, has its type."""
    for value, kind in zip(row, types, strict=True):
        if not isinstance(value, kind):
            raise unreadable_row(row[0])


def ids_to_json(ids: Mapping[str, str]) -> str | None:
    """The value of the column ids; None where the column job_id holds the only one."""
    return None if len(ids) == 1 and "job_id" in ids else json.dumps(dict(ids))


def ids_of(number: int, job_id: str | None, text: str | None) -> dict[str, str]:
    """The ids in the columns job_id and ids; a TrackerError where *text* is not a JSON object of strings."""
    try:
        ids = json.loads(text) if text else {} if job_id is None else {"job_id": job_id}
    except (ValueError, RecursionError):
        raise unreadable_row(number) from None
    if not isinstance(ids, dict) or not all(isinstance(value, str) for value in ids.values()):
        raise unreadable_row(number)
    return ids


def time_of(number: int, seconds: float | None) -> datetime | None:
    """The time *seconds* after the epoch; a TrackerError where no calendar has it."""
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise unreadable_row(number) from None
