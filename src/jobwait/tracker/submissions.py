"""Submissions in the file: noted as an intent before the request is sent, and what became of each."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

from attrs import define, evolve

from jobwait._jobs.handle import Job, state_of
from jobwait._polling.job_state import host_of
from jobwait._polling.submission import on_ids
from jobwait._sync import clock
from jobwait.errors import CallFailed, InvalidInput, SubmitUnconfirmed, TrackerError
from jobwait.tracker.database import Database, TrackerWarning, ids_to_json
from jobwait.tracker.process import has_ended, this_process
from jobwait.tracker.rows import KEY, Tracked, TrackedState, account, tracked

_UNCERTAIN: Final = "state in ('intent', 'unresolved')"
_LONGEST: Final = timedelta(days=1)  # a submission that has not ended after it has no sender any more
under_way: Final[set[tuple[str, int] | None]] = set()  # files and rows of this process's submissions

P = ParamSpec("P")
R = TypeVar("R")


def insert_intent(db: sqlite3.Connection, key: str | None, account: int, owner: str, wall: float) -> int | None:
    """Note that a submission is about to be sent; the row's number, or None where a row has that *key*."""
    found = db.execute(
        "insert or ignore into jobs (key, account, state, owner, started) values (?, ?, 'intent', ?, ?)",
        (key, account, owner, wall),
    )
    return found.lastrowid if found.rowcount else None


def set_accepted(db: sqlite3.Connection, number: int, job: Job[Any]) -> None:
    """The service took the submission: it is *job*, which is waited for from now on."""
    state = state_of(job)
    other = db.execute(
        "select id from jobs where job_id = ? and id != ? and account = (select account from jobs where id = ?)",
        (state.job_id, number, number),
    ).fetchone()
    if other is not None:  # such as one that add() found in the service's list before
        key = db.execute("select key from jobs where id = ?", (number,)).fetchone()[0]
        set_failed(db, number, "refused", f"the service gave the job {state.job_id}, which is tracked already", {})
        db.execute("update jobs set key = ? where id = ? and key is null", (key, other[0]))
        return
    db.execute(
        "update jobs set job_id = ?, ids = ?, started = ?, submitted = 1, state = 'waiting', owner = null where id = ?",
        (state.job_id, ids_to_json(state.ids), state.started, number),
    )


def set_failed(db: sqlite3.Connection, number: int, state: TrackedState, reason: str, ids: dict[str, str]) -> None:
    """The submission was "refused", which frees its key, or is "unresolved"."""
    db.execute(
        "update jobs set state = ?, reason = ?, ids = ?, owner = null, key = iif(? = 'refused', null, key) "
        "where id = ? and state in ('intent', 'unresolved')",
        (state, reason, json.dumps(ids) if ids else None, state, number),
    )


@define(eq=False)
class Intent:
    """
    One submission: noted in the file before it is sent, and afterwards what became of it.

    key: the caller's. job: what the service made of it. place: of its row while this process sends it, in `under_way`.
    """

    database: Database
    service: str
    key: str | None
    job: Job[Any] | None = None
    place: tuple[str, int] | None = None
    _written: bool = False

    def write(self, name: str, client: Any) -> bool:
        """Write the intent, under the account *name*; False where a row has the key."""
        host, owner, wall = host_of(client), this_process(), clock.current.time()

        def note(db: sqlite3.Connection) -> None:
            number = insert_intent(db, self.key, account(db, self.service, name, host), owner, wall)
            if number is not None:
                self.place = (self.database.file, number)
                under_way.add(self.place)  # before another thread can see the row

        self.database.write(note)
        self._written = self.place is not None
        return self._written

    def note_ids(self, ids: Mapping[str, str]) -> None:
        """Write the *ids* of the job, which the service has named before its submission is complete."""
        values = (json.dumps(dict(ids)), self._number)
        self.database.write(lambda db: db.execute("update jobs set ids = ? where id = ?", values))

    def run(self, submit: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """What *submit* returns; ids of the job are written as soon as the service has named them."""
        context = copy_context()  # of its own: an interruption, wherever it comes, leaves nothing of it behind
        context.run(on_ids.set, self.note_ids)
        return context.run(submit, *args, **kwargs)

    @contextmanager
    def noting_ids(self) -> Iterator[None]:
        """The same for the block of a task."""
        before = on_ids.set(self.note_ids)
        try:
            yield
        finally:
            on_ids.reset(before)

    def accept(self, job: Job[Any]) -> None:
        """The service took it, as *job*."""
        self.job = job
        self.database.write(partial(set_accepted, number=self._number, job=job))

    def fail(self, error: BaseException) -> None:
        """
        Record what *error* means: "refused" if it is certain that the service took nothing, and else "unresolved".

        In the latter case an Exception is raised as SubmitUnconfirmed with the known ids; any other gets that as its
        cause, and the caller raises it again.
        """
        if not self._written:
            return  # nothing was sent
        known = SubmitUnconfirmed.behind(error)
        if self.job is None and known is None and isinstance(error, CallFailed | InvalidInput):
            self._record(partial(set_failed, state="refused", reason=str(error), ids={}))
            return
        unconfirmed = known or self._unconfirmed(error)
        action = partial(set_failed, state="unresolved", reason=str(unconfirmed), ids=unconfirmed.ids)
        self._record(action, later=isinstance(error, TrackerError))
        if unconfirmed is error:
            return
        if isinstance(error, Exception):
            raise unconfirmed from error
        error.__cause__ = unconfirmed

    @property
    def _number(self) -> int:
        return self.place[1] if self.place else 0

    def _unconfirmed(self, error: BaseException) -> SubmitUnconfirmed:
        named = "its key, which is among the unresolved" if self.key is None else f"the key {self.key!r}"
        settle = f"Find out at {self.service}, then settle {named}."
        if self.job is None:
            fact = (
                f"{self.service}: the submission ended in {type(error).__name__}, and nobody knows what became of it."
            )
            return SubmitUnconfirmed(f"{fact} It was not sent again. {settle}", service=self.service)
        state = state_of(self.job)
        fact = f"{self.service} took the submission as job {state.job_id}, but that may not be in the file"
        why = f": {error}" if isinstance(error, TrackerError) else f" ({type(error).__name__})."
        return SubmitUnconfirmed(
            f"{fact}{why} {settle}", ids=dict(state.ids), service=self.service, job_id=state.job_id
        )

    def _record(self, action: Callable[..., None], *, later: bool = False) -> None:
        """Write *action*; *later*, and where the file cannot be written for now, the next change writes it first."""
        action = partial(action, number=self._number)
        if later:
            self.database.queue(action)
            return
        try:
            self.database.write(action)
        except TrackerError as error:
            if isinstance(error.__cause__, sqlite3.Error):
                self.database.queue(action)


def accepted(database: Database, key: str, service: str) -> Tracked:
    """The row of the job with the caller's *key*; SubmitUnconfirmed where it is not known that the service took it."""
    row = next(tracked(database, "key = ?", (key,)))
    if row.service != service:
        raise TrackerError(f"The key {key!r} is of a job at {row.service} already. Nothing was sent; use another.")
    if row.job_id is not None and row.state not in {"intent", "unresolved"}:
        return row
    if row.state == "intent" and _is_under_way(database, row):
        fact = f"is under way in {row.owner}. It was not sent again; ask later."
    else:
        fact = (
            f"was begun before, and nobody knows what became of it. It was not sent again. Find out at {row.service}, "
            "then settle the key."
        )
    raise SubmitUnconfirmed(f"A submission with the key {key!r} {fact}", ids=row.ids, service=row.service)


def in_words(database: Database, rows: Iterable[Tracked]) -> Iterator[Tracked]:
    """The *rows*, where an intent that nobody sends any more is "unresolved"."""
    for row in rows:
        stale = row.state == "intent" and not _is_under_way(database, row)
        yield evolve(row, state="unresolved") if stale else row


def unresolved(database: Database) -> list[Tracked]:
    """The submissions of which nobody knows whether the service took them, oldest first."""
    with suppress(TrackerError, TrackerWarning):  # it is still locked, or full
        database.write_queued()
    return [row for row in in_words(database, tracked(database, _UNCERTAIN)) if row.state == "unresolved"]


def _is_under_way(database: Database, row: Tracked) -> bool:
    """Whether the submission of an intent may still be sent: by this process, or by one that has not ended."""
    if row.owner == this_process():
        return (database.file, row.number) in under_way
    lasts = row.started is None or abs(datetime.fromtimestamp(clock.current.time(), UTC) - row.started) < _LONGEST
    return lasts and not has_ended(row.owner)  # of a process on another machine nobody knows whether it has ended


def settle(database: Database, key: str, job: Job[Any] | None) -> None:
    """Record that the uncertain submission with *key* became *job*, or with None that it became nothing."""
    database.write_queued()
    row = next(tracked(database, f"{KEY} = ?", (key,)), None)
    if row is not None and job is not None and row.service == job.service.name and row.job_id == job.id:
        return  # the file says so already
    if row is None or row.state not in {"intent", "unresolved"}:
        raise TrackerError(f"There is no unresolved submission with the key {key!r} in {database.path}.")
    number = row.number
    if row.state == "intent" and _is_under_way(database, row):
        raise TrackerError(f"The submission with the key {key!r} is under way in {row.owner}. Wait for its end.")
    if job is not None and job.service.name != row.service:
        raise TrackerError(f"The key {key!r} is of a submission to {row.service}, not to {job.service.name}.")
    if job is None:
        database.write(lambda db: set_failed(db, number, "refused", "settled as no job; its key is free again", {}))
    else:
        database.write(lambda db: set_accepted(db, number, job))
