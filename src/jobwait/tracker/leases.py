"""Which run follows which of the tracked jobs: each row is leased to one run, for as long as its process lives."""

import math
import sqlite3
import warnings
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Self

from attrs import define, field

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.watched import Watched, missing, watched_state
from jobwait._model.checks import is_ref
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._polling.job_state import JobState, host_of
from jobwait._polling.wait_state import LONGEST_GRACE
from jobwait._recording.writer import Writer
from jobwait._sync import clock
from jobwait.errors import TrackerError
from jobwait.fleet.scheduler import Scheduler
from jobwait.tracker import lease_sql as sql
from jobwait.tracker import process as _process
from jobwait.tracker.database import (
    NUMBER,
    TEXT,
    Database,
    TrackerWarning,
    check_types,
    ids_of,
    time_of,
    unreadable_row,
)
from jobwait.tracker.lease_keeper import LeaseKeeper
from jobwait.tracker.process import this_process
from jobwait.tracker.rows import NEEDS_INPUT, NO_OUTCOME
from jobwait.tracker.shared_limits import StoredHistory

BATCH: Final = 2000  # rows leased in one transaction
LEASE: Final = 60.0  # seconds for which a lease holds unless it is renewed
RENEW_EVERY: Final = 20.0  # seconds
SAVE_EVERY: Final = 60.0  # seconds between two saves of the jobs' tokens
STEP: Final = 32  # handles that are made before an event loop has a turn
SAVED: Final = 200  # tokens that are saved before it has one
LEASE_EVERY: Final = 1.0  # seconds between two searches for rows that can be leased
LAST_WAIT: Final = 60.0  # seconds for which a job is waited for, at most, that would be given up by now
_TYPES: Final = (int, str, str, str, TEXT, TEXT, NUMBER, TEXT, object, NUMBER)


def restored_state(
    number: int, service: Service[Any, Any], client: Any, ids: dict[str, str], started: datetime | None
) -> JobState[Any]:
    """The state of the job in the row *number*, which has no token; a TrackerError where *ids* lack the job's own."""
    if not ids.get(service.id):
        raise unreadable_row(number)
    return JobState(service, client, ids, started=None if started is None else started.timestamp())


def set_ended(
    db: sqlite3.Connection, number: int, outcome: Outcome[Any], owner: str | None = None, *, claim: bool = False
) -> bool:
    """Record the outcome of the row that *owner* has leased, and *claim* its delivery; False if it has not."""
    found = db.execute(sql.SET_ENDED, (outcome.state, *_facts(outcome), claim, number, owner))
    return found.rowcount == 1


def set_open(db: sqlite3.Connection, number: int, outcome: Outcome[Any], owner: str, state: JobState[Any]) -> None:
    """Record why the wait for the row ended without an outcome of the job, and end the lease of *owner*."""
    values = (outcome.state, *_facts(outcome), _token.dump(state), state.started, number, owner)
    db.execute(sql.SET_OPEN, values)


def _facts(outcome: Outcome[Any]) -> tuple[str | None, str | None, int, int, float]:
    reason = None if outcome.error is None else str(outcome.error)
    return reason, outcome.reason, outcome.polls, outcome.errors, outcome.seen_at.timestamp()


def _new_run() -> str:
    run = f"{this_process()}:{next(_process.RUN_NUMBERS)}"
    _process.runs.add(run)
    return run


@define(eq=False)
class Leases:
    """
    The rows that one run has leased, as handles: a queue of jobs for a fleet, which ends when no row is left.

    *find_service* gives a service by its name, *connect* a client by its account's name, *watched* a watch by its name
    and id; *scheduler* is the fleet's. writer: of the recording of this run. delivers: whether this run delivers
    outcomes. give_up_after: as in Tracker.run(), in seconds. standby_until: how long to wait for jobs that other runs
    hold, on the monotonic clock.
    """

    database: Database
    find_service: Callable[[str], Service[Any, Any]]
    connect: Callable[[str], Any]
    watched: Watched = field(factory=dict, kw_only=True)
    writer: Writer | None = field(default=None, kw_only=True)
    scheduler: Scheduler | None = None
    delivers: bool = False
    give_up_after: float | None = None
    standby_until: float = -math.inf
    owner: str = field(factory=_new_run)
    keeper: LeaseKeeper = field(init=False)
    _leased: deque[tuple[Any, ...]] = field(factory=deque)  # rows without a handle yet
    _ready: deque[tuple[int, Job[Any]]] = field(factory=deque)
    _given: deque[tuple[int, JobState[Any]]] = field(factory=deque)  # by get(), and not yet mapped
    _mapped: int = 0  # so many are in _rows
    _rows: dict[int, list[tuple[int, JobState[Any]]]] = field(factory=dict)  # by the fleet's index of the job
    _states: dict[int, JobState[Any]] = field(factory=dict)
    _to_save: deque[int] = field(factory=deque)  # rows whose tokens are looked at in turn
    _saved: dict[int, int] = field(factory=dict)  # polls in the saved token of each row
    _left_open: set[int] = field(factory=set)  # rows whose wait has ended: they are for the next run
    _clients: dict[str, Any] = field(factory=dict)
    _histories: dict[tuple[str, str], StoredHistory] = field(factory=dict)
    _leased_at: float = -math.inf
    _renewed_at: float = -math.inf
    _saved_at: float = field(factory=lambda: clock.current.monotonic())  # noqa: PLW0108 - it may be another clock by then
    _missing: dict[str, str] = field(factory=dict)  # refs, by the name of the watch, of which no function was given
    _warned: set[str] = field(factory=set)
    _exhausted: bool = False

    def __attrs_post_init__(self) -> None:
        self.keeper = LeaseKeeper(lambda: self.database.try_write(self._renew, queue=False), RENEW_EVERY)

    def empty(self) -> bool:
        """Whether get() would have to wait."""
        self._maintain()
        return not self._ready and not self._exhausted

    def get(self) -> Job[Any] | None:
        """The next handle; None: no more will come."""
        if not self._ready:
            return None
        number, job = self._ready.popleft()
        self._given.append((number, self._states[number]))
        return job

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Job[Any]:
        while self.empty():  # what another process writes to the file wakes nobody here
            await clock.current.sleep_async(LEASE_EVERY / 4)
        job = self.get()
        if job is None:
            raise StopAsyncIteration
        return job

    def end(self, index: int, outcome: Outcome[Any]) -> tuple[list[int], list[int]]:
        """Record how the wait for the fleet's job *index* ended; the rows that ended, and those that now need input."""
        self._map()
        followed = [(row, state) for row, state in self._rows.pop(index, []) if self._states.get(row) is state]
        ended = [row for row, state in followed if self._is_ended(state, outcome)]
        for row, state in followed:
            self._drop(row)
            if row not in ended:
                self._left_open.add(row)
                state.deadline = None  # the next wait has a timeout of its own

        def record(db: sqlite3.Connection) -> tuple[list[int], list[int]]:
            asking = [row for row, _ in followed if row not in ended and _asks_anew(db, row, outcome)]
            for row, state in followed:
                if row not in ended:
                    set_open(db, row, outcome, self.owner, state)
            return [row for row in ended if set_ended(db, row, outcome, self.owner, claim=self.delivers)], asking

        return (self.database.try_write(record, queue=True) if followed else None) or ([], [])

    def claim(self, db: sqlite3.Connection, most: int) -> list[int]:
        """Lease outcomes that no other run delivers, to deliver them: at most so many rows, oldest first."""
        self._leased_at = -math.inf  # search again when they are delivered: the callback may add jobs
        wall = clock.current.time()
        free(db, wall, self.owner)
        numbers = [number for (number,) in db.execute(sql.UNDELIVERED_FREE, (self.owner, most))]
        db.executemany(sql.LEASE, [(self.owner, wall + LEASE, number) for number in numbers])
        return numbers

    def renew(self) -> None:
        """Renew the leases if that is due, and end the waits for rows that another run has leased since."""
        now = clock.current.monotonic()
        if now - self._renewed_at <= RENEW_EVERY:
            return
        self._renewed_at = now
        held = self.database.try_write(self._renew, queue=False)
        for row in [] if held is None else self._states.keys() - held:
            self._drop(row).stop()
        self._ready = deque(pair for pair in self._ready if pair[0] in self._states)
        if held is not None:
            self._leased = deque(row for row in self._leased if row[0] in held)

    def save(self) -> bool:
        """Save the tokens of a few jobs that were polled since the last time; whether there are more to look at."""
        numbers = [self._to_save.popleft() for _ in range(min(SAVED, len(self._to_save)))]
        states = {number: self._states[number] for number in numbers if number in self._states}
        changed = {number: state for number, state in states.items() if state.polls != self._saved.get(number)}
        tokens = [(_token.dump(state), number, self.owner) for number, state in changed.items()]
        self._saved.update({number: state.polls for number, state in changed.items()})
        if tokens:
            self.database.try_write(lambda db: db.executemany(sql.SAVE_TOKEN, tokens), queue=False)
        return bool(self._to_save)

    def save_all(self) -> None:
        """Have save() look at all jobs."""
        self._to_save = deque(self._states)

    def close(self) -> None:
        """Save the jobs' tokens and end all leases, so that other runs can follow the jobs."""
        self.keeper.close()
        try:
            self.save_all()
            while self.save():
                pass
            self.database.try_write(self._release, queue=True)
        finally:
            _process.runs.discard(self.owner)
            if self.writer is not None:
                self.writer.close()

    def _maintain(self) -> None:
        """Renew the leases, save the tokens and lease more rows, each when it is due."""
        self.renew()
        now = clock.current.monotonic()
        if now - self._saved_at > SAVE_EVERY:
            self._saved_at = now
            self.save_all()
        if not self._ready:  # once for several handles, as a loop takes these in one turn
            self.save()
            for _ in range(min(STEP, len(self._leased))):
                self._take(self._leased.popleft())
        if self._ready or self._leased or now - self._leased_at < LEASE_EVERY:
            return
        self._leased_at = now
        # While jobs are followed, leasing can wait until the file can be written; else the run would end without them.
        found = self.database.try_write(self._lease, queue=False) if self._states else self.database.write(self._lease)
        rows, undelivered, held_elsewhere = found or ([], False, True)
        self._warn_of_missing()
        for row in rows:
            self._check(row)
        self._leased.extend(rows)
        for _ in range(min(STEP, len(rows))):
            self._take(self._leased.popleft())
        if undelivered and self.scheduler is not None:
            self.scheduler.events.append(None)  # the reader of the events delivers them
            self.scheduler.wake()
        waits = held_elsewhere and now < self.standby_until
        self._exhausted = not (self._states or self._leased or undelivered or waits)

    def _warn_of_missing(self) -> None:
        """Warn, once for each watch, of rows that are left as no function was given for them."""
        for name in self._missing.keys() - self._warned:
            self._warned.add(name)
            fact = missing(name, self._missing[name])
            warnings.warn(
                f"{fact} Its jobs are left for a run in Python that is given it.", TrackerWarning, stacklevel=2
            )

    def _check(self, row: tuple[Any, ...]) -> None:
        """Raise a TrackerError if *row* is damaged, or its account is at another host."""
        check_types(row, _TYPES)
        _, name, account, host, *_ = row
        if _is_watch(host):  # it has a client of its own
            return
        if account not in self._clients:
            self._clients[account] = self.connect(account)
        client = self._clients[account]
        if host_of(client) != host:
            raise TrackerError(
                f"The account {account!r} of {name} is at {host}, and the client that connect() gave for it talks to "
                f"{host_of(client)}. No request was sent, and its jobs are as they were."
            )

    def _take(self, row: tuple[Any, ...]) -> None:
        """Make the handle of *row*."""
        number, name, account, host, job_id, ids, started, token, submitted, deadline = row
        if number in self._states:  # it was lost and free again, all since the leases were renewed
            return
        if _is_watch(host):
            made = watched_state(self.watched, name, host, job_id or "")
            client, service = made.client, made.service
        else:
            client, service = self._clients[account], self.find_service(name)
        if token is not None:
            state = _token.load(token, client, lambda _: service)
        else:
            known, at = ids_of(number, job_id, ids), time_of(number, started)
            state = restored_state(number, service, client, known, at)
            state.submitted, state.deadline = bool(submitted), deadline
        self._set_deadline(state)
        state.history = self._histories.setdefault((name, host), StoredHistory(self.database, name, host))
        if self.writer is not None:
            self.writer.add(state)
        self._states[number] = state
        self._ready.append((number, handle_of(state)))

    def _set_deadline(self, state: JobState[Any]) -> None:
        """Set the deadline that *state* inherits: none that has passed, and none after the time to give up."""
        wall = clock.current.time()
        found = [] if state.deadline is None or state.deadline <= wall else [state.deadline]
        if self.give_up_after is not None:
            found.append(max((state.started or wall) + self.give_up_after, wall + LAST_WAIT))
            timeout = state.service.defaults.timeout
            found += [] if timeout is None else [wall + timeout]
        state.deadline = min(found, default=None)
        state.inherited = state.deadline is not None

    def _is_ended(self, state: JobState[Any], outcome: Outcome[Any]) -> bool:
        """Whether *outcome* is to be recorded: the service said so, or it is time to give up."""
        if outcome.state not in {*NO_OUTCOME, NEEDS_INPUT}:
            return True
        if outcome.state == NEEDS_INPUT:
            return False
        if self.give_up_after is None or (outcome.state == "timed_out" and not outcome.polls):
            return False
        at = outcome.seen_at.timestamp()
        if state.deadline is not None and state.deadline - at <= LONGEST_GRACE:
            at = state.deadline  # the last poll is sent shortly before
        return at - (state.started or at) > self.give_up_after - 1e-3

    def _map(self) -> None:
        """Note the fleet's index of each job that get() gave; *order* has it, as soon as the fleet has the job."""
        if self.scheduler is not None:
            for index in self.scheduler.order[self._mapped :]:
                self._rows.setdefault(index, []).append(self._given.popleft())
            self._mapped = len(self.scheduler.order)

    def _drop(self, row: int) -> Job[Any]:
        """Follow the row no longer; the handle. If it is leased again, the fleet takes its job for a new one."""
        self._map()
        handle = handle_of(self._states.pop(row))
        if self.scheduler is not None:
            self.scheduler.forget(handle)
        self._saved.pop(row, None)
        if not self._states:
            self._leased_at = -math.inf  # search at once whether that was the last
        return handle

    def _lease(self, db: sqlite3.Connection) -> tuple[list[tuple[Any, ...]], bool, bool]:
        """Lease rows; also whether there are outcomes to deliver, and whether other runs hold rows."""
        wall = clock.current.time()
        free(db, wall, self.owner)
        found = db.execute(sql.FREE, (BATCH + len(self._left_open),))
        numbers = [number for (number,) in found if number not in self._left_open][:BATCH]
        rows = [row for number in numbers if self._is_known(row := db.execute(sql.JOB, (number,)).fetchone())]
        db.executemany(sql.LEASE, [(self.owner, wall + LEASE, row[0]) for row in rows])
        undelivered = self.delivers and db.execute(sql.UNDELIVERED_FREE, (self.owner, 1)).fetchone() is not None
        held = sql.HELD if self.delivers else sql.HELD[:1]
        elsewhere = any(db.execute(sql.HELD_ELSEWHERE[one], (self.owner,)).fetchone() for one in held)
        return rows, undelivered, elsewhere

    def _is_known(self, row: tuple[Any, ...]) -> bool:
        """Whether this run can follow the job of *row*: it has the function of each watch that it follows."""
        number, name, _, host, *_ = row
        if not _is_watch(host) or name in self.watched:
            return True
        self._left_open.add(number)
        self._missing.setdefault(name, host)
        return False

    def _renew(self, db: sqlite3.Connection) -> set[int]:
        """Renew all leases; the rows that are waited for."""
        for renew in sql.RENEW:
            db.execute(renew, (clock.current.time() + LEASE, self.owner))
        return {number for (number,) in db.execute(sql.FOLLOWED, (self.owner,))}

    def _release(self, db: sqlite3.Connection) -> None:
        for release in sql.RELEASE.values():
            db.execute(release, (self.owner,))


def _asks_anew(db: sqlite3.Connection, row: int, outcome: Outcome[Any]) -> bool:
    """Whether the job of *row* has begun to need input since the last wait: it did not then, or was seen otherwise."""
    (before,) = db.execute("select last_wait from jobs where id = ?", (row,)).fetchone()
    return outcome.state == NEEDS_INPUT and (before != NEEDS_INPUT or outcome.polls - outcome.errors > 1)


def _is_watch(host: object) -> bool:
    """Whether a row whose account is at *host* is of a watch: that is a ref then."""
    return isinstance(host, str) and ":" in host and is_ref(host)


def free(db: sqlite3.Connection, wall: float, own: str = "") -> None:
    """
    End the leases of runs that have ended, and those that were not renewed; none of the run *own*.

    An outcome that a living process of this machine delivers stays its own, however long the callback takes.
    """
    for shorten in sql.SHORTEN:  # a longer lease is of a calendar that was set back since
        db.execute(shorten, (wall + LEASE, wall + LEASE))
    for held, owners in sql.OWNERS.items():
        for (owner,) in db.execute(owners).fetchall():
            if owner != own and _process.has_ended(owner):
                db.execute(sql.RELEASE[held], (owner,))
            elif owner != own and (held == sql.WAITING or not _process.is_local(owner)):
                db.execute(sql.RELEASE_EXPIRED[held], (owner, wall))
