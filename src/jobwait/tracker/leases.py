"""Which process follows which of the tracked jobs: each row is leased to one process, for as long as that lives."""

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Self

import anyio
from attrs import define, field

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._polling.job_state import JobState, host_of
from jobwait.errors import TrackerError
from jobwait.tracker.database import NUMBER, TEXT, Database, check_types, ids_of, time_of, unreadable_row
from jobwait.tracker.process import has_ended, this_process
from jobwait.tracker.rows import TABLES
from jobwait.tracker.shared_limits import StoredHistory

BATCH: Final = 2000  # rows leased in one transaction
LEASE: Final = 60.0  # seconds for which a lease holds where its process cannot be asked whether it lives
RENEW_EVERY: Final = 20.0  # seconds
SAVE_EVERY: Final = 60.0  # seconds between two saves of the jobs' tokens
LEASE_EVERY: Final = 1.0  # seconds between two searches for rows that can be leased
_COLUMNS: Final = "jobs.id, service, name, host, job_id, ids, started, token, submitted, deadline"
_TYPES: Final = (int, str, str, str, TEXT, TEXT, NUMBER, TEXT, object, NUMBER)
_LEASABLE: Final = f"select {_COLUMNS} from {TABLES} where state = 'waiting' and (owner is null or lease < ?) limit ?"  # nosec B608  # noqa: S608 - constants


def restored_state(
    number: int, service: Service[Any, Any], client: Any, ids: dict[str, str], started: datetime | None
) -> JobState[Any]:
    """The state of the job in the row *number*, which has no token; a TrackerError where *ids* lack the job's own."""
    if not ids.get(service.id):
        raise unreadable_row(number)
    return JobState(service, client, ids, started=None if started is None else started.timestamp())


def set_ended(db: sqlite3.Connection, number: int, outcome: Outcome[Any]) -> bool:
    """Record the outcome of the row *number*; False where one is recorded already."""
    reason, seen_at = None if outcome.error is None else str(outcome.error), outcome.seen_at.timestamp()
    found = db.execute(
        "update jobs set state = ?, reason = ?, polls = ?, errors = ?, seen_at = ?, owner = null, token = null, "
        "delivered = 0 where id = ? and state = 'waiting'",
        (outcome.state, reason, outcome.polls, outcome.errors, seen_at, number),
    )
    return found.rowcount == 1


@define(eq=False)
class Leases:
    """
    The rows that this process has leased, as handles: a queue of jobs for a fleet, which ends when no row is left.

    *find_service* gives a service by its name, *connect* a client by its account's name.
    """

    database: Database
    find_service: Callable[[str], Service[Any, Any]]
    connect: Callable[[str], Any]
    _ready: deque[tuple[int, Job[Any]]] = field(factory=deque)
    _given: list[int] = field(factory=list)  # the rows of the handles that get() gave, in that order
    _mapped: int = 0  # so many of them are in _rows
    _rows: dict[int, list[int]] = field(factory=dict)  # by the fleet's index of the job
    _states: dict[int, JobState[Any]] = field(factory=dict)
    _saved: dict[int, int] = field(factory=dict)  # polls in the saved token of each row
    _clients: dict[str, Any] = field(factory=dict)
    _histories: dict[tuple[str, str], StoredHistory] = field(factory=dict)
    _leased_at: float = float("-inf")
    _renewed_at: float = float("-inf")
    _saved_at: float = field(factory=time.monotonic)
    _exhausted: bool = False

    def empty(self) -> bool:
        """Whether get() would have to wait."""
        self._maintain()
        return not self._ready and not self._exhausted

    def get(self) -> Job[Any] | None:
        """The next handle; None: no more will come."""
        if not self._ready:
            return None
        number, job = self._ready.popleft()
        self._given.append(number)
        return job

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Job[Any]:
        while self.empty():  # noqa: ASYNC110 - what another process writes to the file wakes nobody here
            await anyio.sleep(LEASE_EVERY / 4)
        job = self.get()
        if job is None:
            raise StopAsyncIteration
        return job

    def end(self, index: int, order: list[int], outcome: Outcome[Any]) -> int:
        """Record how job *index* ended and end its leases; how many rows are new. *order*: index by handle."""
        for place in range(self._mapped, len(order)):
            self._rows.setdefault(order[place], []).append(self._given[place])
        self._mapped = len(order)
        numbers = self._rows.pop(index, [])
        recorded = self.database.try_write(
            lambda db: sum(set_ended(db, number, outcome) for number in numbers), queue=True
        )
        for number in numbers:
            del self._states[number]
            self._saved.pop(number, None)
        if not self._states:
            self._leased_at = float("-inf")  # search at once whether that was the last
        return recorded or 0

    def close(self) -> None:
        """Save the jobs' tokens and end all leases, so that other processes can follow the jobs."""
        self._save()
        owner = this_process()
        self.database.try_write(
            lambda db: db.execute("update jobs set owner = null where owner = ? and state = 'waiting'", (owner,)),
            queue=False,
        )

    def _maintain(self) -> None:
        """Renew the leases, save the tokens and lease more rows, each when it is due."""
        now = time.monotonic()
        if now - self._renewed_at > RENEW_EVERY:
            self._renewed_at = now
            self.database.try_write(_renew, queue=False)
        if now - self._saved_at > SAVE_EVERY:
            self._saved_at = now
            self._save()
        if self._ready or now - self._leased_at < LEASE_EVERY:
            return
        self._leased_at = now
        # While jobs are followed, leasing can wait until the file can be written; else the run would end without them.
        rows = self.database.try_write(_lease, queue=False) if self._states else self.database.write(_lease)
        for row in rows or ():
            self._take(row)
        self._exhausted = not self._states

    def _take(self, row: tuple[Any, ...]) -> None:
        check_types(row, _TYPES)
        number, name, account, host, job_id, ids, started, token, submitted, deadline = row
        if account not in self._clients:
            self._clients[account] = self.connect(account)
        client = self._clients[account]
        if host_of(client) != host:
            raise TrackerError(
                f"The account {account!r} of {name} is at {host}, and the client that connect() gave for it talks to "
                f"{host_of(client)}. No request was sent, and its jobs are as they were."
            )
        if token is not None:
            state = _token.load(token, client, self.find_service)
        else:
            known, at = ids_of(number, job_id, ids), time_of(number, started)
            state = restored_state(number, self.find_service(name), client, known, at)
            state.submitted, state.deadline, state.inherited = bool(submitted), deadline, deadline is not None
        state.history = self._histories.setdefault((name, host), StoredHistory(self.database, name, host))
        self._states[number] = state
        self._ready.append((number, handle_of(state)))

    def _save(self) -> None:
        """Save the token of each job that was polled since the last time."""
        changed = {number: state for number, state in self._states.items() if state.polls != self._saved.get(number)}
        tokens = [(_token.dump(state), number) for number, state in changed.items()]
        self._saved.update({number: state.polls for number, state in changed.items()})
        self.database.try_write(
            lambda db: db.executemany("update jobs set token = ? where id = ? and state = 'waiting'", tokens),
            queue=False,
        )


def _lease(db: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """End the leases of dead processes, and lease rows to this one."""
    wall, owner = time.time(), this_process()
    owners = db.execute("select distinct owner from jobs where state = 'waiting' and owner is not null")
    for (other,) in owners.fetchall():
        if other != owner and has_ended(other):
            db.execute("update jobs set owner = null where state = 'waiting' and owner = ?", (other,))
    rows = db.execute(_LEASABLE, (wall, BATCH)).fetchall()
    db.executemany("update jobs set owner = ?, lease = ? where id = ?", [(owner, wall + LEASE, row[0]) for row in rows])
    return rows


def _renew(db: sqlite3.Connection) -> None:
    values = (time.time() + LEASE, this_process())
    db.execute("update jobs set lease = ? where state = 'waiting' and owner = ?", values)
