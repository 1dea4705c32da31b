"""Submissions in the file: noted as an intent before the request is sent, and what became of each."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from attrs import define

from jobwait._jobs.handle import Job, state_of
from jobwait._polling.job_state import host_of
from jobwait.errors import CallFailed, InvalidInput, SubmitUnconfirmed, TrackerError
from jobwait.tracker.database import Action, Database, ids_to_json
from jobwait.tracker.process import has_ended, this_process
from jobwait.tracker.rows import KEY, Tracked, TrackedState, account, tracked

_UNCERTAIN: Final = "state in ('intent', 'unresolved')"
_LONGEST: Final = timedelta(days=1)  # a submission that has not ended after it has no sender any more
_under_way: Final[set[tuple[str, int]]] = set()  # files and rows of this process's submissions


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
    """A submission in the file. number: of its row, None where a row has its key. job: what the service made of it."""

    number: int | None = None
    job: Job[Any] | None = None


@contextmanager
def intent(database: Database, service: str, name: str, client: Any, key: str | None) -> Iterator[Intent]:
    """
    Write the intent of a submission under the account *name*, and after the block what became of it.

    The block submits, and sets `job`. An exception of it is recorded as "refused" if it is certain that the service
    took nothing, and else as "unresolved"; an Exception is then raised as SubmitUnconfirmed, with the known ids.
    """
    host, owner, wall, file, found = host_of(client), this_process(), time.time(), database.file, Intent()

    def note(db: sqlite3.Connection) -> None:
        found.number = insert_intent(db, key, account(db, service, name, host), owner, wall)
        if found.number is not None:
            _under_way.add((file, found.number))  # before other threads can see the row

    try:
        database.write(note)
        with failure_recorded(database, found, service, key):
            yield found
            if found.job is not None and found.number is not None:
                database.write(partial(set_accepted, number=found.number, job=found.job))
    finally:
        _under_way.discard((file, found.number or 0))


@contextmanager
def failure_recorded(database: Database, intent: Intent, service: str, key: str | None) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if intent.number is None:
            raise
        known = SubmitUnconfirmed.behind(error)
        if intent.job is None and known is None and isinstance(error, CallFailed | InvalidInput):
            _record(database, partial(set_failed, number=intent.number, state="refused", reason=str(error), ids={}))
            raise
        unconfirmed = known or _unconfirmed(database, error, intent.job, service, key)
        note = partial(set_failed, number=intent.number, reason=str(unconfirmed), ids=unconfirmed.ids)
        _record(database, partial(note, state="unresolved"), later=isinstance(error, TrackerError))
        if isinstance(error, Exception) and error is not unconfirmed:
            raise unconfirmed from error
        error.__cause__ = error.__cause__ if error is unconfirmed else unconfirmed
        raise


def _unconfirmed(
    database: Database, error: BaseException, job: Job[Any] | None, service: str, key: str | None
) -> SubmitUnconfirmed:
    """The error for a submission that *error* ended; *job* is what the service made of it, if it is known."""
    settle = (
        f"See what {service} has, then settle({key!r}, …)." if key else "See what the service has, then settle() it."
    )
    if job is None:
        fact = f"{service}: the submission ended in {type(error).__name__}, and nobody knows what became of it."
        return SubmitUnconfirmed(f"{fact} It was not sent again. {settle}", service=service)
    fact = f"{service} took the submission as job {job.id}, but {database.path} does not say so"
    why = f": {error}" if isinstance(error, TrackerError) else f" ({type(error).__name__})."
    return SubmitUnconfirmed(f"{fact}{why} {settle}", ids=dict(state_of(job).ids), service=service, job_id=job.id)


def _record(database: Database, action: Action, *, later: bool = False) -> None:
    """Write *action*; where the file cannot be written for now, and with *later*, the next change writes it first."""
    if later:
        database.queue(action)
        return
    try:
        database.write(action)
    except TrackerError as error:
        if isinstance(error.__cause__, sqlite3.Error):
            database.queue(action)


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
            "was begun before, and nobody knows what became of it. It was not sent again. See what the service has, "
            "then settle() it."
        )
    raise SubmitUnconfirmed(f"A submission with the key {key!r} {fact}", ids=row.ids, service=row.service)


def unresolved(database: Database) -> list[Tracked]:
    """The submissions of which nobody knows whether the service took them, oldest first."""
    with suppress(TrackerError):  # it is still locked, or full
        database.write_queued()
    return [
        row for row in tracked(database, _UNCERTAIN) if row.state == "unresolved" or not _is_under_way(database, row)
    ]


def _is_under_way(database: Database, row: Tracked) -> bool:
    """Whether the submission of an intent may still be sent: by this process, or by one that has not ended."""
    if row.owner == this_process():
        return (database.file, row.number) in _under_way
    lasts = row.started is None or abs(datetime.now(UTC) - row.started) < _LONGEST
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
        database.write(lambda db: set_failed(db, number, "refused", "settled: there is no such job", {}))
    else:
        database.write(lambda db: set_accepted(db, number, job))
