"""Which process follows which of the tracked jobs."""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from types import NoneType
from typing import Any, Final

import anyio
from attrs import define, field

from jobwait._jobs import token as _token
from jobwait._jobs.handle import Job, handle_of
from jobwait._model.service import Service
from jobwait._polling.job_state import JobState, host_of
from jobwait.errors import TrackerError
from jobwait.tracker.database import Store
from jobwait.tracker.process import is_gone, this_process
from jobwait.tracker.rows import COLUMNS, TABLES, Tracked, odd_row, sane
from jobwait.tracker.shared_limits import StoredHistory

AT_ONCE: Final = 2000  # rows claimed in one transaction
LEASE: Final = 60.0  # seconds for which a claim holds, if its process cannot be asked whether it lives
RENEWED: Final = 20.0
KEPT: Final = 60.0  # seconds between two notes of how far the jobs are
POLLED: Final = 1.0  # seconds between two looks for new rows
_CLAIMABLE: Final = (
    f"select {COLUMNS}, token, submitted, deadline, host from {TABLES} "  # nosec B608  # noqa: S608 - constants
    "where state = 'waiting' and (owner is null or lease < ?) limit ?"
)


def state_from_token(tracked: Tracked, service: Service[Any, Any], client: Any) -> JobState[Any]:
    """What a row tells of a job at *client*."""
    if not tracked.ids.get(service.id):
        raise odd_row(tracked.number)
    started = None if tracked.started is None else tracked.started.timestamp()
    return JobState(service, client, tracked.ids, started=started)


@define(eq=False)
class Leases:
    """
    The rows that this process follows, as handles: a source of jobs for a fleet, until none is left.

    given are the rows of the handles, in the order in which they were given out.
    """

    store: Store
    find: Callable[[str], Service[Any, Any]]
    connect: Callable[[str], Any]
    given: list[int] = field(factory=list)
    _numbers: dict[int, list[int]] = field(factory=dict)
    _mapped: int = 0
    _courses: dict[int, JobState[Any]] = field(factory=dict)
    _saved: dict[int, int] = field(factory=dict)
    _ready: deque[tuple[int, Job[Any]]] = field(factory=deque)
    _clients: dict[str, Any] = field(factory=dict)
    _histories: dict[tuple[str, str], StoredHistory] = field(factory=dict)
    _polled: float = float("-inf")
    _renewed: float = float("-inf")
    _kept: float = field(factory=time.monotonic)
    _done: bool = False

    def empty(self) -> bool:
        """Whether there is at this moment neither a handle nor the end of them."""
        self._poll()
        return not self._ready and not self._done

    def get(self) -> Job[Any] | None:
        """The next handle; None: no more can come."""
        if not self._ready:
            return None
        number, job = self._ready.popleft()
        self.given.append(number)
        return job

    async def get_async(self) -> Job[Any] | None:
        """The next handle, when there is one."""
        while self.empty():  # noqa: ASYNC110 - another process writes the file, and rings no bell
            await anyio.sleep(POLLED / 4)
        return self.get()

    def rows_of(self, index: int, order: list[int]) -> list[int]:
        """The rows of the fleet's job *index*; *order* has the index of each handle that was given out."""
        for place in range(self._mapped, len(order)):
            self._numbers.setdefault(order[place], []).append(self.given[place])
        self._mapped = len(order)
        return self._numbers.pop(index, [])

    def ended(self, number: int) -> None:
        """The row *number* is followed no longer."""
        del self._courses[number]
        if not self._courses:
            self._polled = float("-inf")  # see at once whether that was all
        self._saved.pop(number, None)

    def release(self) -> None:
        """Note how far the jobs are, and let others follow them."""
        self._keep()
        name = this_process()
        self.store.write_now(
            lambda db: db.execute("update jobs set owner = null where owner = ? and state = 'waiting'", (name,))
        )

    def _poll(self) -> None:
        now = time.monotonic()
        if now - self._renewed > RENEWED:
            self._renewed = now
            self.store.write_now(self._renew)
        if now - self._kept > KEPT:
            self._kept = now
            self._keep()
        if self._ready or now - self._polled < POLLED:
            return
        self._polled = now
        # With jobs of ours under way a file that cannot be written may wait; without any, nobody would follow the rest.
        claim = self.store.write_now if self._courses else self.store.write
        for row in claim(self._claim) or []:
            self._take(row)
        self._done = not self._courses

    def _claim(self, db: sqlite3.Connection) -> list[tuple[Any, ...]]:
        wall, name = time.time(), this_process()
        owners = db.execute("select distinct owner from jobs where state = 'waiting' and owner is not null")
        for (other,) in owners.fetchall():
            if other != name and is_gone(other):
                db.execute("update jobs set owner = null where state = 'waiting' and owner = ?", (other,))
        rows = db.execute(_CLAIMABLE, (wall, AT_ONCE)).fetchall()
        db.executemany(
            "update jobs set owner = ?, lease = ? where id = ?", [(name, wall + LEASE, row[0]) for row in rows]
        )
        return rows

    def _renew(self, db: sqlite3.Connection) -> None:
        db.execute(
            "update jobs set lease = ? where state = 'waiting' and owner = ?", (time.time() + LEASE, this_process())
        )

    def _take(self, row: tuple[Any, ...]) -> None:
        *columns, token, submitted, deadline, host = row
        tracked = Tracked.of(columns)
        sane(tracked.number, [(token, (str, NoneType)), (deadline, (float, int, NoneType)), (host, str)])
        client = self._clients.get(tracked.account)
        if client is None:
            client = self._clients[tracked.account] = self.connect(tracked.account)
        if host_of(client) != host:
            raise TrackerError(
                f"The account {tracked.account!r} of {tracked.service} is at {host}, and the client that connect() "
                f"gave for it talks to {host_of(client)}. Nothing was asked, and its jobs are as they were."
            )
        if token is not None:
            job_state = _token.load(token, client, self.find)
        else:
            job_state = state_from_token(tracked, self.find(tracked.service), client)
            job_state.submitted, job_state.deadline, job_state.inherited = (
                bool(submitted),
                deadline,
                deadline is not None,
            )
        place = (tracked.service, host)
        job_state.history = self._histories.setdefault(place, StoredHistory(self.store, *place))
        self._courses[tracked.number] = job_state
        self._ready.append((tracked.number, handle_of(job_state)))

    def _keep(self) -> None:
        """Note how far the jobs are, where that has changed."""
        changed = {
            number: job_state
            for number, job_state in self._courses.items()
            if job_state.polls != self._saved.get(number)
        }
        rows = [(_token.dump(job_state), number) for number, job_state in changed.items()]
        self._saved.update({number: job_state.polls for number, job_state in changed.items()})
        self.store.write_now(
            lambda db: db.executemany("update jobs set token = ? where id = ? and state = 'waiting'", rows)
        )
