"""Submissions in the file: noted as an intent before the request is sent, and what became of each."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from jobwait._jobs.handle import Job, state_of
from jobwait._polling.job_state import host_of
from jobwait.errors import SubmitUnconfirmed, TrackerError
from jobwait.tracker.database import Database, ids_to_json
from jobwait.tracker.process import has_ended, this_process
from jobwait.tracker.rows import KEY, Tracked, TrackedState, account, tracked

_UNCERTAIN: Final = "state in ('intent', 'unresolved')"


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
        "select key from jobs where job_id = ? and id != ? and account = (select account from jobs where id = ?)",
        (state.job_id, number, number),
    ).fetchone()
    if other is not None:
        set_failed(db, number, "refused", f"the service gave the job {state.job_id}, which is tracked already", {})
        return
    db.execute(
        "update jobs set job_id = ?, ids = ?, started = ?, submitted = 1, state = 'waiting', owner = null where id = ?",
        (state.job_id, ids_to_json(state.ids), state.started, number),
    )


def set_failed(db: sqlite3.Connection, number: int, state: TrackedState, reason: str, ids: dict[str, str]) -> None:
    """The submission was "refused", which frees its key, or is "unresolved"."""
    db.execute(
        "update jobs set state = ?, reason = ?, ids = ?, owner = null, key = iif(? = 'refused', null, key) "
        "where id = ?",
        (state, reason, json.dumps(ids) if ids else None, state, number),
    )


def begin(database: Database, service: str, name: str, client: Any, key: str | None) -> int | None:
    """Write the intent of a submission under the account *name*; its number, or None where a row has that *key*."""
    host, owner, wall = host_of(client), this_process(), time.time()
    found = database.write(lambda db: insert_intent(db, key, account(db, service, name, host), owner, wall))
    return None if found is None else int(found)


@contextmanager
def failure_recorded(database: Database, number: int) -> Iterator[None]:
    """Record an exception of the submission in the block, as "refused" or "unresolved", and raise it again."""
    try:
        yield
    except BaseException as error:
        refused = isinstance(error, Exception) and not isinstance(error, SubmitUnconfirmed)
        reason = str(error) if isinstance(error, Exception) else "it was interrupted"
        ids = dict(error.ids) if isinstance(error, SubmitUnconfirmed) else {}
        state: TrackedState = "refused" if refused else "unresolved"
        database.try_write(lambda db: set_failed(db, number, state, reason, ids), queue=True)
        raise


def accepted(database: Database, key: str, service: str) -> Tracked:
    """The row of the job with the caller's *key*; SubmitUnconfirmed where it is not known that the service took it."""
    row = next(tracked(database, "key = ?", (key,)))
    if row.service != service:
        raise TrackerError(f"The key {key!r} is of a job at {row.service} already. Nothing was sent; use another.")
    if row.job_id is not None and row.state not in {"intent", "unresolved"}:
        return row
    if row.state == "intent" and row.owner != this_process() and not has_ended(row.owner):
        fact = f"is under way in {row.owner}. It was not sent again; ask later."
    else:
        fact = (
            "was begun before, and nobody knows what became of it. It was not sent again. See what the service has, "
            "then settle() it."
        )
    raise SubmitUnconfirmed(f"A submission with the key {key!r} {fact}", ids=row.ids, service=row.service)


def unresolved(database: Database) -> Iterator[Tracked]:
    """The submissions of which nobody knows whether the service took them."""
    uncertain = tracked(database, _UNCERTAIN)
    return (row for row in uncertain if row.state == "unresolved" or has_ended(row.owner))


def settle(database: Database, key: str, job: Job[Any] | None) -> None:
    """Record that the uncertain submission with *key* became *job*, or with None that it became nothing."""
    row = next(tracked(database, f"{KEY} = ? and {_UNCERTAIN}", (key,)), None)
    if row is None:
        raise TrackerError(f"There is no unresolved submission with the key {key!r} in {database.path}.")
    number = row.number
    if row.state == "intent" and not has_ended(row.owner):
        raise TrackerError(f"The submission with the key {key!r} is under way in {row.owner}. Wait for its end.")
    if job is not None and job.service.name != row.service:
        raise TrackerError(f"The key {key!r} is of a submission to {row.service}, not to {job.service.name}.")
    if job is None:
        database.write(lambda db: set_failed(db, number, "refused", "settled: there is no such job", {}))
    else:
        database.write(lambda db: set_accepted(db, number, job))
