"""
Jobs in an SQLite file: no job is lost when a process crashes.

    with Tracker("jobs.db") as tracker:
        tracker.submit("promptforge", "team", client, "prompts.jsonl", provider="openai", model="m", key="batch 7")
        tracker.run(connect=lambda account: promptforge.connect(KEYS[account]), on_outcome=print)

A submission is written to the file before it is sent, and its id after, so that none is sent twice: those of which
nobody knows whether the service took them are in `unresolved()`. An outcome is recorded once, and given to
*on_outcome* at least once, under a key that never changes. Several processes may share a file: each job is followed by
one of them, and all keep together to each account's limits. The file has mode 0600; it holds no API key and no signed
link.
"""

import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import aclosing, closing
from functools import partial
from typing import Any, Self, TypeAlias, Unpack

from jobwait._jobs.handle import Job, handle_of, state_of
from jobwait._jobs.registry import loaded, service_module
from jobwait._model.policy import Seconds
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait.errors import InvalidInput
from jobwait.fleet.functions import EachPolicy, Fleet, More, OnUpdate
from jobwait.tracker import rows as _rows
from jobwait.tracker import submissions as _submissions
from jobwait.tracker.database import Database
from jobwait.tracker.leases import Leases, restored_state
from jobwait.tracker.rows import Tracked
from jobwait.tracker.shared_limits import shared_limiters

OnOutcome: TypeAlias = Callable[[Tracked], object]
Connect: TypeAlias = Callable[[str], Any]


class Tracker:
    """
    The jobs in the file *path*, which is created if there is none.

    *services* are those that do not come with jobwait.

    Raises:
        TrackerError: the file cannot be used; the message says why, and the file was left as it was.

    """

    def __init__(self, path: str | os.PathLike[str], *, services: Iterable[Service[Any, Any]] = ()) -> None:
        self._database = Database(path)
        self._services = {service.name: service for service in services}

    def submit(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]:
        """
        Submit a job as the service module does, with *args* and *kwargs*, and track it under *account*'s name.

        A *key* of yours makes it one submission even across crashes: where a job with that key is tracked, its handle
        is returned and nothing is sent.

        Raises:
            SubmitUnconfirmed: it may have been sent, now or earlier, and it is not known whether the service took it,
                or the file could not be written afterwards. `ids` has the job's if they are known; it is in
                unresolved().
            TrackerError: the intent could not be written; nothing was sent.
            CallFailed: the service could not be asked, or refused; the key is free again.
            InvalidInput: an argument is invalid; nothing was sent.

        """
        job: Job[Any]
        module = service_module(service)
        inspect.signature(module.submit).bind(client, *args, **kwargs)
        intent = _submissions.Intent(self._database, service, key)
        try:
            if not intent.write(account, client):
                return self._submitted_before(str(key), service, client)
            intent.accept(job := module.submit(client, *args, **kwargs))
        except BaseException as error:
            intent.fail(error)
            raise
        else:
            return job
        finally:
            _submissions.under_way.discard(intent.place)

    async def submit_async(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]:
        """Like submit(), in a task."""
        job: Job[Any]
        module = service_module(service)
        inspect.signature(module.submit_async).bind(client, *args, **kwargs)
        intent = _submissions.Intent(self._database, service, key)
        try:
            if not intent.write(account, client):
                return self._submitted_before(str(key), service, client)
            intent.accept(job := await module.submit_async(client, *args, **kwargs))
        except BaseException as error:
            intent.fail(error)
            raise
        else:
            return job
        finally:
            _submissions.under_way.discard(intent.place)

    def add(self, job: Job[Any], account: str | None = None, *, key: str | None = None) -> None:
        """Track *job*, which was submitted elsewhere; *account* defaults to the name of its host."""
        self.add_all([(job, key)], account)

    def add_all(self, jobs: Iterable[tuple[Job[Any], str | None]], account: str | None = None) -> int:
        """Track *jobs*, each with a key or None, in one transaction; how many were new."""
        named = ((job, key, account or state_of(job).host) for job, key in jobs)
        added: int = self._database.write(lambda db: _rows.add(db, named))
        return added

    def pending(self) -> Iterator[Tracked]:
        """The jobs that have not ended, oldest first, read from the file page by page."""
        return _rows.tracked(self._database, "state = 'waiting'")

    def outcomes(self) -> Iterator[Tracked]:
        """The jobs whose outcome is recorded."""
        return _rows.tracked(self._database, f"state in {_rows.ENDED}")

    def all(self) -> Iterator[Tracked]:
        """All tracked jobs and submissions."""
        return _rows.tracked(self._database, "true")

    def unresolved(self) -> list[Tracked]:
        """
        SubmitAll that may have been taken, oldest first: look for each at the service, then settle() it.

        Those of processes that have ended are among them, and those of another machine that began a day ago.
        """
        return _submissions.unresolved(self._database)

    def settle(self, key: str, job: Job[Any] | None) -> None:
        """
        Record that an unresolved submission has become *job*; or, with None, no job, and its key is free again.

        Raises:
            TrackerError: there is no such submission, it is under way elsewhere, or *job* is at another service.

        """
        _submissions.settle(self._database, key, job)

    def counts(self) -> dict[tuple[str, str], int]:
        """The number of rows by service and state."""
        query = f"select service, state, count(*) from {_rows.TABLES} group by 1, 2"  # nosec B608  # noqa: S608
        return {(service, state): count for service, state, count in self._database.read(query)}

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

        *connect* gives a client for an account's name. *on_outcome* is called for each outcome, and again in the next
        run if it did not return. The other arguments are those of wait_all().

        Raises:
            TrackerError: the file cannot be used.

        """
        self._deliver(on_outcome)
        fleet = Fleet(timeout, policy, on_update, more, shared_limiters(self._database))
        leases = Leases(self._database, self._find_service, connect)
        with closing(leases), closing(fleet.run(leases)) as events:
            return sum(self._end(fleet, leases, event, on_outcome) for event in events)

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
        """Like run(), in a task."""
        self._deliver(on_outcome)
        fleet = Fleet(timeout, policy, on_update, more, shared_limiters(self._database))
        leases = Leases(self._database, self._find_service, connect)
        with closing(leases):
            async with aclosing(fleet.run_async(leases)) as events:
                return sum([self._end(fleet, leases, event, on_outcome) async for event in events])

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _find_service(self, name: str) -> Service[Any, Any]:
        return self._services.get(name) or loaded[name]

    def _submitted_before(self, key: str, service: str, client: Any) -> Job[Any]:
        row, found = _submissions.accepted(self._database, key, service), self._find_service(service)
        return handle_of(restored_state(row.number, found, client, row.ids, row.started))

    def _end(self, fleet: Fleet, leases: Leases, event: tuple[int, Outcome[Any]], on_outcome: OnOutcome | None) -> int:
        index, outcome = event
        if fleet.scheduler.stopping and outcome.state == "timed_out":
            return 0  # the run was stopped: the job is still to be waited for
        recorded = leases.end(index, fleet.scheduler.order, outcome)
        if recorded:
            self._deliver(on_outcome)
        return recorded

    def _deliver(self, on_outcome: OnOutcome | None) -> None:
        if on_outcome is None:
            return
        if inspect.iscoroutinefunction(on_outcome):
            raise InvalidInput(
                "on_outcome must be a plain function: a coroutine would be noted as called, and not run."
            )
        self._database.write_queued()
        for row in _rows.tracked(self._database, "delivered = 0"):
            on_outcome(row)
            self._database.try_write(partial(_rows.set_delivered, number=row.number), queue=True)
