"""What processes share through the tracker's file: each account's rate limit, and the durations of completed jobs."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import Factory, define, field

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.duration_model import HISTORY_SIZE, CompletedJob
from jobwait._polling.rate_limits import LIST, POLL, RateLimiter, RateLimiters, in_memory
from jobwait._polling.token_bucket import TokenBucket
from jobwait._sync import clock as _clock
from jobwait.tracker.database import Database

UNUSED_AFTER: Final = 0.1  # seconds after which a reserved send time that was not used is given up
FURTHEST: Final = 3600.0  # seconds; no service asks for a longer delay: the clock must have jumped
_COLUMNS: Final = ("most", "burst", "rate", "at", "gain", "next", "closed", "cut", "seen", "used")  # and attributes
_OPERATIONS: Final = {POLL: "look", LIST: "list"}  # as they are called in the file


@define(eq=False)
class SharedRateLimiter:
    """A limiter for all processes: each request reserves its send time, by the calendar's clock, in one transaction."""

    database: Database
    name: str
    limit: Limit | None
    clock: Callable[[], float] = lambda: _clock.current.time()  # noqa: PLW0108 - it may be another clock by then
    _reserved: float | None = None
    _own: TokenBucket = field(default=Factory(lambda limiter: TokenBucket.of(limiter.limit), takes_self=True))

    def wait(self, now: float) -> float:  # noqa: ARG002 - of another clock
        """Seconds until the reserved send time."""
        clock = self.clock()
        if self._reserved is None or clock - self._reserved > UNUSED_AFTER:
            self._reserved = self.database.try_write(self._reserve, queue=False)
            if self._reserved is None:  # the file cannot be written: this process keeps to the limit by itself
                self._reserved = clock + max(0.0, self._own.wait(clock))
                self._own.take(self._reserved)
        return self._reserved - clock

    def take(self, now: float) -> None:  # noqa: ARG002
        """Use the reserved send time."""
        self._reserved = None

    def refused(self, now: float, after: float | None) -> None:  # noqa: ARG002
        """Lower the rate of all processes."""

        def lower(db: sqlite3.Connection) -> None:
            bucket = self._load(db)
            bucket.refused(self.clock(), after)
            self._save(db, bucket)

        self._reserved = None
        self._own.refused(self.clock(), after)
        self.database.try_write(lower, queue=True)

    def _reserve(self, db: sqlite3.Connection) -> float:
        bucket, now = self._load(db), self.clock()
        reserved = now + max(0.0, bucket.wait(now))
        bucket.take(reserved)
        self._save(db, bucket)
        return reserved

    def _load(self, db: sqlite3.Connection) -> TokenBucket:
        row = db.execute(f"select {', '.join(_COLUMNS)} from buckets where name = ?", (self.name,)).fetchone()  # nosec B608  # noqa: S608
        if row is None:
            return TokenBucket.of(self.limit)
        bucket = TokenBucket(**dict(zip(_COLUMNS, row, strict=True)))
        jumped = bucket.next - self.clock() > FURTHEST and bucket.closed < bucket.next - FURTHEST
        return TokenBucket.of(self.limit) if jumped else bucket

    def _save(self, db: sqlite3.Connection, bucket: TokenBucket) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        values = (self.name, *(getattr(bucket, name) for name in _COLUMNS))
        db.execute(f"insert or replace into buckets (name, {', '.join(_COLUMNS)}) values ({marks})", values)  # noqa: S608


def shared_limiters(database: Database) -> RateLimiters:
    """Rate limiters in *database* for what has a limit; without one there is nothing to share."""

    def limiter(service: Service[Any, Any], account: str, operation: str, limit: Limit | None) -> RateLimiter:
        if limit is None:
            return in_memory(service, account, operation, limit)
        name = f"{service.name} {account} {_OPERATIONS.get(operation, operation)} {limit.requests}/{limit.seconds:g}"
        return SharedRateLimiter(database, name, limit)

    return limiter


@define(eq=False)
class StoredHistory:
    """The completed jobs of one service at one host, in the file."""

    database: Database
    service: str
    host: str
    _completed_jobs: tuple[CompletedJob, ...] | None = field(default=None)

    def completed_jobs(self) -> Sequence[CompletedJob]:
        """The latest, newest last; read once, then kept up to date with what this process adds."""
        if self._completed_jobs is None:
            newest = "where service = ? and host = ? order by id desc limit ?"
            query = f"select size, duration, honest, early from pasts {newest}"  # nosec B608  # noqa: S608 - constants
            rows = self.database.read(query, (self.service, self.host, HISTORY_SIZE))
            self._completed_jobs = tuple(
                CompletedJob(size, duration, None if accurate is None else bool(accurate), bool(early))
                for size, duration, accurate, early in reversed(rows)
            )
        return self._completed_jobs

    def add(self, completed_job: CompletedJob) -> None:
        """Add a job that succeeded."""
        self._completed_jobs = (*self.completed_jobs(), completed_job)[-HISTORY_SIZE:]
        one = completed_job
        row = (self.service, self.host, one.size, one.duration, one.progress_accurate, one.early)
        insert = "insert into pasts (service, host, size, duration, honest, early) values (?, ?, ?, ?, ?, ?)"
        self.database.try_write(lambda db: db.execute(insert, row), queue=True)
