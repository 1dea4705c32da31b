"""What processes share through the tracker's file: one budget for each account, and what like jobs have shown."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import Factory, define, field

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.duration_model import KEPT, CompletedJob
from jobwait.fleet.account_limits import LIST, POLL, RateLimiter, in_memory
from jobwait.fleet.token_bucket import TokenBucket
from jobwait.tracker.database import Store

TOO_OLD: Final = 0.1  # seconds after which a turn that was not used is lost
FAR: Final = 3600.0  # seconds; a turn further ahead than a server ever asked for is a clock that jumped
_COLUMNS: Final = {  # of the table buckets, and the attributes of a Bucket that they hold
    "most": "most",
    "burst": "burst",
    "rate": "rate",
    "at": "at",
    "gain": "gain",
    "next": "next",
    "closed": "closed",
    "cut": "cut",
    "seen": "seen",
    "used": "used",
}
_OPERATIONS: Final = {POLL: "look", LIST: "list"}  # as the file names them


@define(eq=False)
class SharedRateLimiter:
    """
    A bucket in the file. A request's turn is fixed in one transaction and then waited for: processes take turns.

    It counts in the calendar's seconds, which all processes share.
    """

    store: Store
    name: str
    limit: Limit | None
    clock: Callable[[], float] = time.time
    _turn: float | None = None
    _alone: TokenBucket = field(default=Factory(lambda limiter: TokenBucket.of(limiter.limit), takes_self=True))

    def wait(self, now: float) -> float:  # noqa: ARG002 - of another clock
        """Seconds until our turn."""
        clock = self.clock()
        if self._turn is None or clock - self._turn > TOO_OLD:
            self._turn = self.store.write_now(self._reserve)
            if self._turn is None:  # the file cannot be written: this process keeps to the limit by itself
                self._turn = clock + max(0.0, self._alone.wait(clock))
                self._alone.take(self._turn)
        return self._turn - clock

    def take(self, now: float) -> None:  # noqa: ARG002
        """Use our turn."""
        self._turn = None

    def refused(self, now: float, after: float | None) -> None:  # noqa: ARG002
        """Slow down all processes."""

        def cut(db: sqlite3.Connection) -> None:
            bucket = self._load(db)
            bucket.refused(self.clock(), after)
            self._save(db, bucket)

        self._turn = None
        self._alone.refused(self.clock(), after)
        self.store.write_later(cut)

    def _reserve(self, db: sqlite3.Connection) -> float:
        bucket, now = self._load(db), self.clock()
        turn = now + max(0.0, bucket.wait(now))
        bucket.take(turn)
        self._save(db, bucket)
        return turn

    def _load(self, db: sqlite3.Connection) -> TokenBucket:
        row = db.execute(f"select {', '.join(_COLUMNS)} from buckets where name = ?", (self.name,)).fetchone()  # nosec B608  # noqa: S608
        bucket = (
            TokenBucket.of(self.limit) if row is None else TokenBucket(**dict(zip(_COLUMNS.values(), row, strict=True)))
        )
        if bucket.next - self.clock() > FAR and bucket.closed < bucket.next - FAR:
            bucket = TokenBucket.of(self.limit)
        return bucket

    def _save(self, db: sqlite3.Connection, bucket: TokenBucket) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        values = (self.name, *(getattr(bucket, attribute) for attribute in _COLUMNS.values()))
        db.execute(f"insert or replace into buckets (name, {', '.join(_COLUMNS)}) values ({marks})", values)  # noqa: S608


def shared_limiters(store: Store) -> Callable[[Service[Any, Any], str, str, Limit | None], RateLimiter]:
    """Gates in *store* for what is limited; what is not stays in memory, as nothing is to be shared out there."""

    def limiter(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
        if limit is None:
            return in_memory(service, account, operation, limit)
        name = f"{service.name} {account} {_OPERATIONS.get(operation, operation)} {limit.requests}/{limit.seconds:g}"
        return SharedRateLimiter(store, name, limit)

    return limiter


@define(eq=False)
class StoredHistory:
    """The history of one service at one host."""

    store: Store
    service: str
    host: str
    _completed_jobs: tuple[CompletedJob, ...] | None = field(default=None)

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest, newest last; read once, and kept up by what this process adds."""
        if self._completed_jobs is None:
            rows = self.store.read(
                "select size, duration, honest, early from pasts where service = ? and host = ? order by id desc "
                "limit ?",
                (self.service, self.host, KEPT),
            )
            self._completed_jobs = tuple(
                CompletedJob(
                    size=size,
                    duration=duration,
                    progress_accurate=None if progress_accurate is None else bool(progress_accurate),
                    early=bool(early),
                )
                for size, duration, progress_accurate, early in reversed(rows)
            )
        return self._completed_jobs

    def add(self, completed_job: CompletedJob) -> None:
        """Keep *past*, here and in the file."""
        self._completed_jobs = (*self.completed_jobs(), completed_job)[-KEPT:]
        row = (
            self.service,
            self.host,
            completed_job.size,
            completed_job.duration,
            completed_job.progress_accurate,
            completed_job.early,
        )
        self.store.write_later(
            lambda db: db.execute(
                "insert into pasts (service, host, size, duration, honest, early) values (?, ?, ?, ?, ?, ?)", row
            )
        )
