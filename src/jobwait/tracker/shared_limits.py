"""What processes share through the tracker's file: each account's rate limit, and the durations of completed jobs."""

import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import Factory, define, field

from jobwait._model.limits import Limit
from jobwait._model.service import Service
from jobwait._polling.duration_model import HISTORY_SIZE, CompletedJob
from jobwait._polling.rate_limits import LIST, POLL, RateLimiter, RateLimiters, in_memory
from jobwait._polling.retry.retry_after import LONGEST
from jobwait._polling.token_bucket import TokenBucket
from jobwait._sync import clock as _clock
from jobwait.tracker.database import Database

UNUSED_AFTER: Final = 0.1  # seconds after which a reserved send time that was not used is given up
PATIENCE: Final = 5.0  # seconds for which a file that another process has locked may hold up deadlines
SLACK: Final = 60.0  # seconds, and
PROCESSES: Final = 100  # intervals: the next send time is not further off, unless the clock was wrong
SET_BACK: Final = 1.0  # seconds by which a calendar is set back at least; less is how clocks are kept right
_COLUMNS: Final = ("most", "burst", "rate", "at", "gain", "next", "closed", "cut", "seen", "used")  # and attributes
_INSTANTS: Final = ("at", "next", "closed", "cut", "used")  # in seconds since the epoch
_CLOCK: Final = "clock"  # the row whose "at" is the calendar's time at 0 of the monotonic clock
_OPERATIONS: Final = {POLL: "look", LIST: "list"}  # as they are called in the file


@define(eq=False)
class SharedRateLimiter:
    """
    A limiter for all processes: each request reserves its send time, by the calendar's clock, in one transaction.

    clock: the calendar; steady: a clock that all processes share and nobody sets. If the calendar was set back, the
    send times in the file are set back with it.
    """

    database: Database
    name: str
    limit: Limit | None
    clock: Callable[[], float] = lambda: _clock.current.time()  # noqa: PLW0108 - it may be another clock by then
    steady: Callable[[], float] = lambda: _clock.current.monotonic()  # noqa: PLW0108 - the same
    _reserved: float | None = None  # by the steady clock
    _own: TokenBucket = field(default=Factory(lambda limiter: TokenBucket.of(limiter.limit), takes_self=True))

    def wait(self, now: float) -> float:  # noqa: ARG002 - of another clock
        """Seconds until the reserved send time."""
        if self._reserved is None or self.steady() - self._reserved > UNUSED_AFTER:
            self._reserved = self.database.try_write(self._reserve, queue=False, patience=PATIENCE)
            if self._reserved is None:  # the file cannot be written: this process keeps to the limit by itself
                steady = self.steady()
                self._reserved = steady + max(0.0, self._own.wait(steady))
                self._own.take(self._reserved)
        return self._reserved - self.steady()

    def take(self, now: float) -> None:  # noqa: ARG002
        """Use the reserved send time."""
        self._reserved = None

    def refused(self, now: float, after: float | None) -> None:  # noqa: ARG002
        """Lower the rate of all processes."""

        def lower(db: sqlite3.Connection) -> None:
            bucket, now = self._load(db)
            bucket.refused(now, after)
            self._save(db, bucket)

        self._reserved = None
        self._own.refused(self.steady(), after)
        self.database.try_write(lower, queue=True, patience=PATIENCE)

    def _reserve(self, db: sqlite3.Connection) -> float:
        bucket, now = self._load(db)
        wait = max(0.0, bucket.wait(now))
        bucket.take(now + wait)
        self._save(db, bucket)
        return self.steady() + wait

    def _load(self, db: sqlite3.Connection) -> tuple[TokenBucket, float]:
        """The bucket, and the time."""
        now = self.clock()
        _follow_calendar(db, now - self.steady())
        row = db.execute(f"select {', '.join(_COLUMNS)} from buckets where name = ?", (self.name,)).fetchone()  # nosec B608  # noqa: S608
        stored: dict[str, Any] = {} if row is None else dict(zip(_COLUMNS, row, strict=True))
        return _bucket(self.limit, stored, now), now

    def _save(self, db: sqlite3.Connection, bucket: TokenBucket) -> None:
        marks = ", ".join("?" * (len(_COLUMNS) + 1))
        values = (self.name, *(getattr(bucket, name) for name in _COLUMNS))
        db.execute(f"insert or replace into buckets (name, {', '.join(_COLUMNS)}) values ({marks})", values)  # noqa: S608


def _follow_calendar(db: sqlite3.Connection, start: float) -> None:
    """
    Set all instants in the file back if the calendar was; *start* is its time at 0 of the steady clock.

    That also changes when the machine starts again or was suspended, but then it increases.
    """
    row = db.execute("select at from buckets where name = ?", (_CLOCK,)).fetchone()
    known = start if row is None else _number(row[0], start)
    if row is not None and abs(start - known) <= SET_BACK:
        return
    if start < known:
        changes = ", ".join(f"{name} = {name} + :shift" for name in _INSTANTS)
        db.execute(f"update buckets set {changes} where name != :clock", {"shift": start - known, "clock": _CLOCK})  # nosec B608  # noqa: S608
    db.execute("insert or replace into buckets (name, at) values (?, ?)", (_CLOCK, start))


def _bucket(limit: Limit | None, stored: Mapping[str, Any], now: float) -> TokenBucket:
    """The bucket of *limit* as it is *stored*; without values that no service and no right clock can have caused."""
    bucket = TokenBucket.of(limit)
    for name in ("gain", "seen"):
        setattr(bucket, name, max(0.0, _number(stored.get(name), 0.0)))
    rate = _number(stored.get("rate"), 0.0)
    bucket.rate = bucket.bounded(rate) if rate > 0 else bucket.rate
    for name in _INSTANTS:
        instant = _number(stored.get(name), -math.inf)
        setattr(bucket, name, instant if instant <= now + LONGEST else -math.inf)
    latest = max(now, bucket.closed) + SLACK + PROCESSES / bucket.rate
    following = _number(stored.get("next"), -math.inf)
    bucket.next = following if following <= latest else -math.inf
    return bucket


def _number(value: object, default: float) -> float:
    """*value* if it is a finite number, else *default*."""
    return value if isinstance(value, float) and math.isfinite(value) else default


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
