"""The tracked jobs as rows: what is written when, and what is read back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from types import NoneType
from typing import Any, Final, Literal, Self, TypeAlias

from attrs import frozen

from jobwait._jobs.handle import Job
from jobwait._model.types import Outcome
from jobwait._polling.job_state import JobState, host_of
from jobwait.errors import TrackerError
from jobwait.tracker.database import Store

TrackedState: TypeAlias = Literal[
    "intent", "unresolved", "refused", "waiting", "succeeded", "failed", "canceled", "timed_out", "unreachable"
]
ENDED: Final = ("succeeded", "failed", "canceled", "timed_out", "unreachable")
KEY: Final = "coalesce(key, service || '/' || name || '/' || coalesce(job_id, jobs.id))"
COLUMNS: Final = (
    f"jobs.id, {KEY}, service, name, job_id, ids, "
    "state, reason, coalesce(polls, 0), coalesce(errors, 0), started, seen_at, owner"
)
TABLES: Final = "jobs join accounts on accounts.id = jobs.account"


@frozen
class Tracked:
    """
    One tracked job, as the file has it.

    *key* is the caller's own, or made of service, account and id; it never changes. *state* is how the wait ended;
    before that "waiting", and for a submission "intent" (under way, or lost with its process), "unresolved" (sent, and
    nobody knows whether it arrived) or "refused" (certainly not taken). *ids* are those known of the job.
    """

    number: int
    key: str
    service: str
    account: str
    job_id: str | None
    ids: dict[str, str]
    state: TrackedState
    reason: str | None
    polls: int
    errors: int
    started: datetime | None
    seen_at: datetime | None
    owner: str | None

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """
        What *row* says.

        Raises:
            TrackerError: it holds what no tracker writes.

        """
        number, key, service, account, job_id, ids, state, reason, polls, errors, started, seen_at, owner = row
        sane(number, zip(row, _KINDS, strict=True))
        try:
            known = _known(job_id, ids)
            times = (_when(started), _when(seen_at))
        except (TypeError, ValueError, OverflowError, OSError, AttributeError, RecursionError):
            raise odd_row(number) from None
        return cls(number, key, service, account, job_id, known, state, reason, polls, errors, *times, owner)


_TEXT: Final = (str, NoneType)
_TIME: Final = (float, int, NoneType)
_KINDS: Final = (int, str, str, str, _TEXT, _TEXT, str, _TEXT, int, int, _TIME, _TIME, _TEXT)  # of COLUMNS


def sane(number: int, values: Iterable[tuple[Any, Any]]) -> None:
    """
    That each of *values* in the row *number* is of its kind.

    Raises:
        TrackerError: one is not; another program must have written it.

    """
    if not all(isinstance(value, kind) for value, kind in values):
        raise odd_row(number)


def odd_row(number: object) -> TrackerError:
    """The error for a row that holds what no tracker writes."""
    return TrackerError(
        f"Row {str(number)[:20]} of the tracker's file holds what no tracker writes: another program changed it, or "
        "the disk did. Restore the file from a copy."
    )


def _known(job_id: str | None, ids: str | None) -> dict[str, str]:
    known = json.loads(ids) if ids else {} if job_id is None else {"job_id": job_id}
    if not all(isinstance(value, str) for value in known.values()):
        raise TypeError("ids")
    return dict(known)


def _when(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def tracked(store: Store, condition: str, values: Sequence[Any] = ()) -> Iterator[Tracked]:
    """The rows that meet *condition*, oldest first, read as they are needed."""
    return map(Tracked.of, store.each(f"select {COLUMNS} from {TABLES} where {condition} and jobs.id > ?", values))  # nosec B608  # noqa: S608 - constants


def account(db: sqlite3.Connection, service: str, name: str, host: str) -> int:
    """
    The number of an account, which is noted if it is new.

    Raises:
        TrackerError: another service has an account of that name: connect() could not tell which is meant.

    """
    other = db.execute("select service from accounts where name = ? and service != ?", (name, service)).fetchone()
    if other is not None:
        raise TrackerError(
            f"The account {name!r} is one at {other[0]} already, and connect() is told no more than its name. Name "
            f"that at {service} otherwise, as in '{service}-{name}'."
        )
    db.execute("insert or ignore into accounts (service, name, host) values (?, ?, ?)", (service, name, host))
    found: int = db.execute(
        "select id from accounts where service = ? and name = ? and host = ?", (service, name, host)
    ).fetchone()[0]
    return found


def ids_text(job_state: JobState[Any]) -> str | None:
    """The ids as JSON, where there are more than the one that has a column of its own."""
    return None if len(job_state.ids) == 1 and "job_id" in job_state.ids else json.dumps(dict(job_state.ids))


def add(db: sqlite3.Connection, jobs: Iterable[tuple[Job[Any], str | None, str]]) -> int:
    """Note *jobs*, each with a key and an account's name; those that are there already are left as they are."""
    numbers: dict[tuple[str, int, str], int] = {}
    keyed: list[tuple[str, int, str]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for job, key, name in jobs:
            job_state = job._state  # noqa: SLF001 - the file holds what a handle holds
            place = (job_state.service.name, id(job_state.client), name)
            number = numbers.get(place)
            if number is None:
                number = numbers[place] = account(db, job_state.service.name, name, host_of(job_state.client))
            if key is not None:
                keyed.append((key, number, job_state.job_id))
            yield (
                key,
                number,
                job_state.job_id,
                ids_text(job_state),
                job_state.started,
                job_state.submitted,
                job_state.deadline,
            )

    added = db.executemany(
        "insert or ignore into jobs (key, account, job_id, ids, started, submitted, deadline, state) "
        "values (?, ?, ?, ?, ?, ?, ?, 'waiting')",
        rows(),
    ).rowcount
    for key, number, job_id in keyed:
        if not db.execute("select 1 from jobs where account = ? and job_id = ?", (number, job_id)).fetchone():
            raise TrackerError(
                f"The key {key!r} belongs to another job already; {job_id} was not added. Give it another."
            )
    return added


def intend(db: sqlite3.Connection, key: str | None, number: int, owner: str, wall: float) -> int | None:
    """Note that a submission is about to be sent."""
    found = db.execute(
        "insert or ignore into jobs (key, account, state, owner, started) values (?, ?, 'intent', ?, ?)",
        (key, number, owner, wall),
    )
    return found.lastrowid if found.rowcount else None


def resolve(db: sqlite3.Connection, number: int, job: Job[Any]) -> None:
    """The submission was taken: *job* is what came of it."""
    job_state = job._state  # noqa: SLF001
    other = db.execute(
        "select key from jobs where job_id = ? and id != ? and account = (select account from jobs where id = ?)",
        (job_state.job_id, number, number),
    ).fetchone()
    if other is not None:
        give_up(db, number, "refused", f"the service gave the job {job_state.job_id}, which is tracked already", {})
        return
    db.execute(
        "update jobs set job_id = ?, ids = ?, started = ?, submitted = 1, state = 'waiting', owner = null where id = ?",
        (job_state.job_id, ids_text(job_state), job_state.started, number),
    )


def give_up(db: sqlite3.Connection, number: int, state: TrackedState, reason: str, ids: dict[str, str]) -> None:
    """The submission was refused, or nobody knows what became of it; a refused one frees its key."""
    known = json.dumps(ids) if ids else None
    db.execute(
        "update jobs set state = ?, reason = ?, ids = ?, owner = null, key = iif(? = 'refused', null, key) "
        "where id = ?",
        (state, reason, known, state, number),
    )


def record(db: sqlite3.Connection, number: int, outcome: Outcome[Any], wall: float) -> bool:
    """Note how a wait ended; False where that is known already."""
    found = db.execute(
        "update jobs set state = ?, reason = ?, polls = ?, errors = ?, seen_at = ?, owner = null, token = null, "
        "delivered = 0 where id = ? and state = 'waiting'",
        (outcome.state, _reason(outcome), outcome.polls, outcome.errors, wall, number),
    )
    return found.rowcount == 1


def _reason(outcome: Outcome[Any]) -> str | None:
    return None if outcome.error is None else str(outcome.error)


def deliver(db: sqlite3.Connection, number: int) -> None:
    """The callback has taken the outcome."""
    db.execute("update jobs set delivered = 1 where id = ?", (number,))
