"""The tracked jobs as rows: reading them as Tracked, and adding jobs that were submitted elsewhere."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final, Literal, Self, TypeAlias, TypeVar, overload

from attrs import frozen

from jobwait._jobs.handle import Job, handle_of, state_of
from jobwait._jobs.registry import loaded
from jobwait._jobs.service_module import ServiceModule, service_of
from jobwait._model.checks import is_ref
from jobwait._model.html import of_tracked
from jobwait._model.service import Service
from jobwait._polling.job_state import JobState, host_of
from jobwait.errors import InvalidInput, TrackerError
from jobwait.tracker.database import NUMBER, TEXT, Database, check_types, ids_of, ids_to_json, time_of

C = TypeVar("C")
J = TypeVar("J")
S = TypeVar("S")
TrackedState: TypeAlias = Literal[
    "intent", "unresolved", "refused", "waiting", "succeeded", "failed", "canceled", "timed_out", "unreachable"
]
ENDED: Final = ("succeeded", "failed", "canceled", "timed_out", "unreachable")
NO_OUTCOME: Final = ("timed_out", "unreachable")  # a wait that ended so says nothing about the job
NEEDS_INPUT: Final = "needs_input"  # nor does it end the job
KEY: Final = "coalesce(key, service || '/' || name || '/' || coalesce(job_id, jobs.id))"
TABLES: Final = "jobs join accounts on accounts.id = jobs.account"
_COLUMNS: Final = (
    f"jobs.id, {KEY}, service, name, job_id, ids, "
    "state, reason, coalesce(polls, 0), coalesce(errors, 0), started, seen_at, owner, last_wait, host, error_reason"
)
_TYPES: Final = (int, str, str, str, TEXT, TEXT, str, TEXT, int, int, NUMBER, NUMBER, TEXT, TEXT, str, TEXT)
_PAGE: Final = 1000  # rows read at once


@frozen
class Tracked:
    """
    One tracked job, as the file has it.

    *key* is the caller's own, or made of service, account and id; it never changes. *state* is the outcome's once the
    job has ended, or was given up. Before, it is "waiting"; for a submission "intent" (under way), "unresolved" (it is
    not known whether the service took it, as its process died meanwhile, for one) or "refused" (the service did not
    take it, or settle() was told so: its key is free again).
    *last_wait* is how the last wait for a job in the state "waiting" ended: "timed_out", "unreachable", "needs_input"
    or None.
    *ids* are the known ids of the job; *reason* is the error's text, also of the last wait; *polls*, *errors* and
    *seen_at* are of the last wait; *started* is when the job was submitted or first polled; *owner* is the run that
    follows the job, or delivers its outcome, now; *host* is that of the service, or the ref of a watch. *error_reason*
    says why the last wait was "unreachable", as Outcome.reason does, such as "not_found".
    """

    __module__ = "jobwait.tracker"

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
    last_wait: Literal["timed_out", "unreachable", "needs_input"] | None = None
    host: str = ""
    error_reason: str | None = None

    @overload
    def job(self, client: C, service: ServiceModule[C, J]) -> J: ...
    @overload
    def job(self, client: Any, service: Service[Any, S]) -> Job[S]: ...
    @overload
    def job(self, client: Any, service: None = None) -> Job[Any]: ...
    def job(self, client: Any, service: Any = None) -> Any:
        """
        A handle on the job, to be used with *client*; *service* as for resume().

        Raises:
            TrackerError: no id of a job is known, or the row is of another service, of another host than *client*, or
                of a watch.

        """
        if ":" in self.host and is_ref(self.host):
            fact = f"The row {self.key!r} is of a watch, whose handle comes from the function that makes it"
            raise TrackerError(f"{fact}: call {self.host} with the id {self.job_id}.")
        own: Service[Any, Any] = loaded[self.service] if service is None else service_of(service)
        if own.name != self.service:
            raise TrackerError(f"The row {self.key!r} is of a job at {self.service}, not at {own.name}.")
        if not self.ids.get(own.id):
            raise TrackerError(f"The row {self.key!r} names no job: it is {self.state}. Look for it at {self.service}.")
        if self.host != host_of(client):
            fact = f"The row {self.key!r} is of a job at {self.host}, and the client talks to {host_of(client)}."
            raise TrackerError(f"{fact} Connect to the host of the job.")
        started = None if self.started is None else self.started.timestamp()
        return handle_of(JobState(own, client, self.ids, started=started))

    @classmethod
    def of(cls, row: Sequence[Any]) -> Self:
        """The job in *row*; a TrackerError where it holds what no tracker writes."""
        check_types(row, _TYPES)
        number, key, service, account, job_id, ids, state, reason, polls, errors, started, seen_at, *rest = row
        known, times = ids_of(number, job_id, ids), (time_of(number, started), time_of(number, seen_at))
        return cls(number, key, service, account, job_id, known, state, reason, polls, errors, *times, *rest)


class Rows(list[Tracked]):
    """A list of tracked jobs that a notebook shows as a table."""

    __module__ = "jobwait.tracker"

    def _repr_html_(self) -> str:
        return of_tracked(self)


def listed(database: Database, condition: str, most: int | None) -> Rows:
    """The rows for which *condition* holds, oldest first; at most so many. Raises InvalidInput for less than none."""
    if most is not None and most < 0:
        raise InvalidInput(f"limit must not be negative, and is {most}.")
    return Rows(islice(tracked(database, condition), most))


def tracked(database: Database, condition: str, values: Sequence[Any] = ()) -> Iterator[Tracked]:
    """The rows for which *condition* holds, oldest first, read page by page."""
    query = (
        f"select {_COLUMNS} from {TABLES} where ({condition}) and jobs.id > ? "  # nosec B608  # noqa: S608 - constants
        f"order by jobs.id limit {_PAGE:d}"
    )
    last = 0
    while rows := database.read(query, (*values, last)):
        yield from map(Tracked.of, rows)
        last = rows[-1][0]


def account(db: sqlite3.Connection, service: str, name: str, host: str) -> int:
    """The number of an account, added if it is new; a TrackerError if another service has one of that name."""
    other = db.execute("select service from accounts where name = ? and service != ?", (name, service)).fetchone()
    if other is not None:
        raise TrackerError(
            f"The account {name!r} is one at {other[0]} already, and connect() gets no more than its name. Name that "
            f"at {service} otherwise, as in '{service}-{name}'."
        )
    values = (service, name, host)
    db.execute("insert or ignore into accounts (service, name, host) values (?, ?, ?)", values)
    found = db.execute("select id from accounts where service = ? and name = ? and host = ?", values).fetchone()
    return int(found[0])


def add(db: sqlite3.Connection, jobs: Iterable[tuple[Job[Any], str | None, str]]) -> int:
    """Add those of *jobs* that are new, and return how many; a TrackerError where a key belongs to another job."""
    accounts: dict[tuple[str, int, str], int] = {}
    keyed: list[tuple[str, int, str]] = []

    def rows() -> Iterator[tuple[Any, ...]]:
        for job, key, name in jobs:
            state = state_of(job)
            place = (state.service.name, id(state.client), name)
            if place not in accounts:
                accounts[place] = account(db, state.service.name, name, state.stored_host())
            number, ids = accounts[place], ids_to_json(state.ids)
            if key is not None:
                keyed.append((key, number, state.job_id))
            yield key, number, state.job_id, ids, state.started, state.submitted, state.deadline

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


def set_delivered(db: sqlite3.Connection, number: int, owner: str | None = None) -> None:
    """Note that the callback of the run *owner* has returned for the outcome of the row *number*."""
    db.execute(
        "update jobs set delivered = 1, owner = null where id = ? and delivered = 0 and owner is ?", (number, owner)
    )


def give_up(db: sqlite3.Connection, keys: Collection[str]) -> int:
    """Record the open jobs with *keys* as given up; how many were. On a TrackerError none is changed."""
    found = _not_ended(db, keys)
    for key, (_, state, owner, _) in found.items():
        if owner is not None and state == "waiting":
            raise TrackerError(f"The job with the key {key!r} is followed by {owner}: stop that first.")
    given_up = [
        (last if last in NO_OUTCOME else "timed_out", number)
        for number, state, _, last in found.values()
        if state == "waiting"
    ]
    db.executemany(
        "update jobs set state = ?, last_wait = null, delivered = 1, lease = null, token = null, deadline = null "
        "where id = ?",
        given_up,
    )
    return len(given_up)


def reopen(db: sqlite3.Connection, keys: Collection[str]) -> int:
    """Have the jobs with *keys* waited for again; how many had been given up. On a TrackerError none is changed."""
    numbers = [(number,) for number, state, _, _ in _not_ended(db, keys).values() if state != "waiting"]
    db.executemany(
        "update jobs set last_wait = state, state = 'waiting', delivered = null, owner = null, lease = null, "
        "token = null, deadline = null where id = ?",
        numbers,
    )
    return len(numbers)


def _not_ended(db: sqlite3.Connection, keys: Collection[str]) -> dict[str, tuple[int, str, str | None, str | None]]:
    """Number, state, owner and last wait of the jobs with *keys*; a TrackerError if one is none, or has ended."""
    rows = db.execute(f"select {KEY}, jobs.id, state, owner, last_wait from {TABLES}").fetchall()  # nosec B608  # noqa: S608 - constants
    found = {key: (number, state, owner, last) for key, number, state, owner, last in rows}
    for key in keys:
        if key not in found:
            raise TrackerError(f"There is no job with the key {key!r}. Nothing was changed; see what all() has.")
        state = found[key][1]
        if state not in {"waiting", *NO_OUTCOME}:
            raise TrackerError(f"The job with the key {key!r} is recorded as {state}: nothing was changed.")
    return {key: found[key] for key in keys}
