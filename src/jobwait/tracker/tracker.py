"""
Jobs in a file, so that a crash loses nothing: SQLite, nothing to install.

    with Tracker("jobs.db") as tracker:
        tracker.submit("promptforge", "team", client, "prompts.jsonl", provider="openai", model="m", key="batch 7")
        tracker.run(connect=lambda account: promptforge.connect(KEYS[account]), on_outcome=print)

A submission is noted before it is sent and its id after, so none is sent twice unknowingly: one whose end nobody knows
is reported by `unresolved()`. An outcome is recorded once, and given to *on_outcome* at least once, under a key that
never changes. Several processes may share a file; each job is followed by one of them, and all share one budget.
The file is for its owner alone; it holds no key of a service and no signed link.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import aclosing, closing
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, Unpack

from jobwait._jobs.handle import Job, handle_of
from jobwait._jobs.registry import page_named, service_named
from jobwait._model.policy import Seconds
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._polling.job_state import host_of
from jobwait.errors import InvalidInput, SubmitUnconfirmed, TrackerError
from jobwait.fleet.functions import EachPolicy, Fleet, More, OnUpdate
from jobwait.tracker import rows as _rows
from jobwait.tracker.database import Store, TrackerWarning
from jobwait.tracker.leases import Leases, state_from_token
from jobwait.tracker.process import is_gone, this_process
from jobwait.tracker.rows import ENDED, KEY, Tracked
from jobwait.tracker.shared_limits import shared_limiters
from jobwait.tracker.submissions import given_up, intend

__all__ = ["Tracked", "Tracker", "TrackerWarning"]

OnOutcome = Callable[[Tracked], object]
Connect = Callable[[str], Any]
DOUBTFUL: Final = "state in ('intent', 'unresolved')"


class Tracker:
    """
    The jobs in the file *path*, which is made if need be.

    *services* are those that do not come with jobwait, by their names.

    Raises:
        TrackerError: the file cannot be used, and the sentence says why; it was left as it is.

    """

    def __init__(self, path: str | os.PathLike[str], *, services: Iterable[Service[Any, Any]] = ()) -> None:
        self._store = Store(path)
        self._services = {service.name: service for service in services}

    def submit(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]:
        """
        Submit a job to *service* as its page does, with *args* and *kwargs*, and track it under *account*'s name.

        With a *key* of yours a job is submitted once, whatever crashes: if one with that key is tracked, its handle
        comes back and nothing is sent.

        Raises:
            SubmitUnconfirmed: it was sent and no certain answer came, now or when it was first tried.
            TrackerError: the intent could not be written; nothing was sent.
            JobWaitError: whatever the page's submit() raises.

        """
        page, number = page_named(service), intend(self._store, service, account, client, key)
        if number is None:
            return self._known(str(key), service, client)
        with given_up(self._store, number):
            job: Job[Any] = page.submit(client, *args, **kwargs)
        self._store.write_later(lambda db: _rows.resolve(db, number, job))
        return job

    async def submit_async(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]:
        """The async twin of submit()."""
        page, number = page_named(service), intend(self._store, service, account, client, key)
        if number is None:
            return self._known(str(key), service, client)
        with given_up(self._store, number):
            job: Job[Any] = await page.submit_async(client, *args, **kwargs)
        self._store.write_later(lambda db: _rows.resolve(db, number, job))
        return job

    def add(self, job: Job[Any], account: str | None = None, *, key: str | None = None) -> None:
        """Track *job*, which was submitted elsewhere; *account* is its host where it has no other name."""
        self.add_all([(job, key)], account)

    def add_all(self, jobs: Iterable[tuple[Job[Any], str | None]], account: str | None = None) -> int:
        """Track *jobs*, each with a key or None, in one transaction; how many were new."""
        named = ((job, key, account or host_of(job._state.client)) for job, key in jobs)  # noqa: SLF001
        added: int = self._store.write(lambda db: _rows.add(db, named))
        return added

    def pending(self) -> Iterator[Tracked]:
        """Those whose end is not known yet, oldest first, read from the file as they are needed."""
        return _rows.tracked(self._store, "state = 'waiting'")

    def outcomes(self) -> Iterator[Tracked]:
        """Those whose end is recorded."""
        return _rows.tracked(self._store, f"state in {ENDED}")

    def all(self) -> Iterator[Tracked]:
        """Every row."""
        return _rows.tracked(self._store, "true")

    def unresolved(self) -> Iterator[Tracked]:
        """Submissions of which nobody knows what became: look at the service, then settle() each."""
        doubtful = _rows.tracked(self._store, DOUBTFUL)
        return (one for one in doubtful if one.state == "unresolved" or is_gone(one.owner))

    def settle(self, key: str, job: Job[Any] | None) -> None:
        """An unresolved submission has become *job*; or, with None, nothing, and its key is free again."""
        rows = list(_rows.tracked(self._store, f"{KEY} = ? and {DOUBTFUL}", (key,)))
        if not rows:
            raise TrackerError(f"There is no unresolved submission with the key {key!r} in {self._store.path}.")
        number, row = rows[0].number, rows[0]
        if row.state == "intent" and not is_gone(row.owner):
            raise TrackerError(f"The submission with the key {key!r} is under way in {row.owner}. Wait for its end.")
        if job is not None and job.service.name != row.service:
            raise TrackerError(f"The key {key!r} is of a submission to {row.service}, not to {job.service.name}.")
        if job is None:
            self._store.write(lambda db: _rows.give_up(db, number, "refused", "settled: there is no such job", {}))
        else:
            self._store.write(lambda db: _rows.resolve(db, number, job))

    def counts(self) -> dict[tuple[str, str], int]:
        """How many rows there are, by service and state."""
        rows = self._store.read(
            "select service, state, count(*) from jobs join accounts on accounts.id = jobs.account group by 1, 2"
        )
        return {(service, state): count for service, state, count in rows}

    def run(
        self,
        connect: Connect,
        *,
        on_outcome: OnOutcome | None = None,
        timeout: Seconds | None = None,
        policy: EachPolicy | None = None,
        on_update: OnUpdate | None = None,
        **more: Unpack[More],
    ) -> int:
        """
        Wait for all tracked jobs that no other process follows; how many ended.

        *connect* gives a client for an account's name; the other arguments are those of a fleet. *on_outcome* is
        called for each end, and again after a crash where it may not have returned.

        Raises:
            TrackerError: the file cannot be used.

        """
        self._deliver(on_outcome)
        leases, fleet = self._fleet(connect, timeout, policy, on_update, more)
        with closing(fleet.run(leases)) as found, closing(_released(found, leases)) as events:
            return sum(self._ended(fleet, leases, event, on_outcome) for event in events)

    async def run_async(
        self,
        connect: Connect,
        *,
        on_outcome: OnOutcome | None = None,
        timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
        policy: EachPolicy | None = None,
        on_update: OnUpdate | None = None,
        **more: Unpack[More],
    ) -> int:
        """The async twin of run()."""
        self._deliver(on_outcome)
        leases, fleet = self._fleet(connect, timeout, policy, on_update, more)
        count = 0
        async with aclosing(fleet.run_async(_Getter(leases))) as found:
            try:
                async for event in found:
                    count += self._ended(fleet, leases, event, on_outcome)
            finally:
                leases.release()
        return count

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _find(self, name: str) -> Service[Any, Any]:
        return self._services.get(name) or service_named(name)

    def _known(self, key: str, service: str, client: Any) -> Job[Any]:
        row = next(_rows.tracked(self._store, "key = ?", (key,)))
        if row.service != service:
            raise TrackerError(f"The key {key!r} is of a job at {row.service} already. Nothing was sent; use another.")
        if row.state == "intent" and row.owner != this_process() and not is_gone(row.owner):
            raise SubmitUnconfirmed(
                f"A submission with the key {key!r} is under way in {row.owner}. It was not sent again; ask later.",
                ids=row.ids,
                service=row.service,
            )
        if row.job_id is None or row.state in {"intent", "unresolved"}:
            raise SubmitUnconfirmed(
                f"A submission with the key {key!r} was begun before, and nobody knows what became of it. It was not "
                "sent again. See what the service has, then settle() it.",
                ids=row.ids,
                service=row.service,
            )
        handle: Job[Any] = handle_of(state_from_token(row, self._find(row.service), client))
        return handle

    def _fleet(
        self,
        connect: Connect,
        timeout: Seconds | None,
        policy: EachPolicy | None,
        on_update: OnUpdate | None,
        more: More,
    ) -> tuple[Leases, Fleet]:
        fleet = Fleet(timeout, policy, on_update, more, shared_limiters(self._store))
        return Leases(self._store, self._find, connect), fleet

    def _ended(
        self, fleet: Fleet, leases: Leases, event: tuple[int, Outcome[Any]], on_outcome: OnOutcome | None
    ) -> int:
        index, outcome = event
        if fleet.scheduler.stopping and outcome.state == "timed_out":
            return 0  # we were told to stop: the job is still to be waited for
        numbers, wall = leases.rows_of(index, fleet.scheduler.order), outcome.seen_at.timestamp()
        recorded = self._store.write_later(
            lambda db: [number for number in numbers if _rows.record(db, number, outcome, wall)]
        )
        for number in numbers:
            leases.ended(number)
        if recorded:
            self._deliver(on_outcome)
        return len(recorded or ())

    def _deliver(self, on_outcome: OnOutcome | None) -> None:
        if on_outcome is None:
            return
        if inspect.iscoroutinefunction(on_outcome):
            raise InvalidInput("on_outcome must be a plain function: a coroutine would be taken as told and never run.")
        self._store.catch_up()
        for row in _rows.tracked(self._store, "delivered = 0"):
            on_outcome(row)
            self._store.write_later(partial(_rows.deliver, number=row.number))


class _Getter:
    """Claims for an event loop."""

    def __init__(self, leases: Leases) -> None:
        self.get = leases.get_async


def _released(found: Generator[Any, None, None], leases: Leases) -> Generator[Any, None, None]:
    """What was *found*, and in the end no claims left."""
    try:
        yield from found
    finally:
        leases.release()
