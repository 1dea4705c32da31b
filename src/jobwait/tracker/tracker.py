"""
Jobs in an SQLite file: no job is lost when a process crashes.

    with Tracker("jobs.db") as tracker:
        tracker.submit("promptforge", "team", client, "prompts.jsonl", provider="openai", model="m", key="batch 7")
        tracker.run(connect=lambda account: promptforge.connect(KEYS[account]), on_outcome=print)

A submission is written to the file before it is sent, and its id after, so that none is sent twice: those of which
nobody knows whether the service took them are in `unresolved()`. An outcome is recorded once, and given to
*on_outcome* at least once, under a key that never changes. A job of which a wait learnt no outcome, as the service was
down or the timeout came, stays in `pending()` with the reason, and the next run goes on with it. Several processes may
share a file: each job is followed, and its outcome delivered, by one of them, and all keep together to each account's
limits. The file has mode 0600; it holds no API key and no signed link.
"""

import inspect
import math
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from typing import Any, Final, NoReturn, ParamSpec, Self, TypeAlias, TypeVar, overload

from jobwait._http import first_use
from jobwait._jobs.handle import Job, handle_of, state_of
from jobwait._jobs.registry import is_service, loaded, service_module
from jobwait._jobs.service_module import SubmittingModule, service_of
from jobwait._jobs.watched import Watched, checked_watched
from jobwait._model.arguments import explained
from jobwait._model.html import SHOWN, of_tracked
from jobwait._model.limits import Limit
from jobwait._model.policy import Seconds, seconds
from jobwait._model.service import Service
from jobwait._model.types import Outcome
from jobwait._recording.writer import Writer, made_folder, new_name
from jobwait._sync import clock
from jobwait._sync.wake_up import Stop
from jobwait.errors import InvalidInput
from jobwait.fleet.functions import EachPolicy, Fleet, OnUpdate
from jobwait.tracker import delivery as _delivery
from jobwait.tracker import rows as _rows
from jobwait.tracker import submissions as _submissions
from jobwait.tracker.database import Database
from jobwait.tracker.delivery import OnOutcome
from jobwait.tracker.leases import Leases, free, restored_state
from jobwait.tracker.rows import Rows, Tracked
from jobwait.tracker.shared_limits import shared_limiters

Connect: TypeAlias = Callable[[str], Any]
C = TypeVar("C")
J = TypeVar("J")
P = ParamSpec("P")
_PENDING: Final = "state = 'waiting'"


class Tracker:
    """
    The jobs in the file *path*, which is created if there is none.

    *services* are those that do not come with jobwait. *recordings*: a folder, made if there is none, in which each run
    writes the polls of its jobs to a file of its own, for `jobwait.testing.replay`: without keys, links, prompts and
    results.

    Raises:
        TrackerError: the file cannot be used; the message says why, and the file was left as it was.
        InvalidInput: *recordings* is no folder that can be written to.

    """

    __module__ = "jobwait.tracker"

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        services: Iterable[Service[Any, Any]] = (),
        recordings: str | os.PathLike[str] | None = None,
    ) -> None:
        self._recordings = None if recordings is None else made_folder(recordings)
        self._database = Database(path)
        self._services = {service_of(one).name: service_of(one) for one in services}

    @overload
    def submit(
        self, service: SubmittingModule[C, P, J], account: str, client: C, /, *args: P.args, **kwargs: P.kwargs
    ) -> J: ...
    @overload
    def submit(
        self,
        service: SubmittingModule[C, ..., J],
        account: str,
        client: C,
        /,
        *args: Any,
        key: str | None,
        **kwargs: Any,
    ) -> J: ...
    @overload
    def submit(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]: ...
    def submit(  # type: ignore[misc]  # mypy does not match a ParamSpec with *args and **kwargs beside a keyword
        self, service: Any, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Any:
        """
        Submit a job as *service* does, with *args* and *kwargs*, and track it under *account*'s name.

        *service* is a module such as `promptforge`, one of yours with SERVICE, submit() and submit_async(), or the name
        of a service. With a module a type checker knows the arguments and the handle; with a *key* only the handle.

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
        module = self._module(service)
        inspect.signature(module.submit).bind(client, *args, **kwargs)
        intent = _submissions.Intent(self._database, module.SERVICE.name, key)
        try:
            if not intent.write(account, client):
                return self._submitted_before(str(key), intent.service, client)
            intent.accept(job := intent.run(module.submit, client, *args, **kwargs))
        except BaseException as error:
            intent.fail(error)
            raise
        else:
            return job
        finally:
            _submissions.under_way.discard(intent.place)

    @overload
    async def submit_async(
        self, service: SubmittingModule[C, P, J], account: str, client: C, /, *args: P.args, **kwargs: P.kwargs
    ) -> J: ...
    @overload
    async def submit_async(
        self,
        service: SubmittingModule[C, ..., J],
        account: str,
        client: C,
        /,
        *args: Any,
        key: str | None,
        **kwargs: Any,
    ) -> J: ...
    @overload
    async def submit_async(
        self, service: str, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Job[Any]: ...
    async def submit_async(  # type: ignore[misc]  # as above
        self, service: Any, account: str, client: Any, /, *args: Any, key: str | None = None, **kwargs: Any
    ) -> Any:
        """Like submit(), in a task."""
        job: Job[Any]
        module = self._module(service)
        inspect.signature(module.submit_async).bind(client, *args, **kwargs)
        intent = _submissions.Intent(self._database, module.SERVICE.name, key)
        try:
            if not intent.write(account, client):
                return self._submitted_before(str(key), intent.service, client)
            with intent.noting_ids():
                job = await module.submit_async(client, *args, **kwargs)
            intent.accept(job)
        except BaseException as error:
            intent.fail(error)
            raise
        else:
            return job
        finally:
            _submissions.under_way.discard(intent.place)

    def add(self, job: Job[Any], account: str | None = None, *, key: str | None = None) -> None:
        """
        Track *job*, which was submitted elsewhere; *account* defaults to the name of its host, or to a watch's ref.

        Raises InvalidInput for a watch without ref.
        """
        self.add_all([(job, key)], account)

    def add_all(self, jobs: Iterable[tuple[Job[Any], str | None]], account: str | None = None) -> int:
        """Track *jobs*, each with a key or None, in one transaction; how many were new."""
        named = ((job, key, account or state_of(job).host) for job, key in jobs)
        added: int = self._database.write(lambda db: _rows.add(db, named))
        return added

    def pending(self, limit: int | None = None) -> Rows:
        """The jobs without an outcome, oldest first, at most *limit*; *reason*: why the last wait for one ended."""
        return _rows.listed(self._database, _PENDING, limit)

    def outcomes(self, limit: int | None = None) -> Rows:
        """The jobs whose outcome is recorded, oldest first, at most *limit*."""
        return _rows.listed(self._database, f"state in {_rows.ENDED}", limit)

    def all(self, limit: int | None = None) -> Rows:
        """All tracked jobs and submissions, oldest first, at most *limit*."""
        return Rows(_submissions.in_words(self._database, _rows.listed(self._database, "true", limit)))

    def __iter__(self) -> Iterator[Tracked]:
        """The same one by one, read page by page: for more than fit into memory, `for tracked in tracker`."""
        return _submissions.in_words(self._database, _rows.tracked(self._database, "true"))

    def unresolved(self) -> Rows:
        """
        Submissions that may have been taken, oldest first: look for each at the service, then settle() it.

        Those of processes that have ended are among them, and those of another machine that began a day ago.
        """
        return Rows(_submissions.unresolved(self._database))

    def settle(self, key: str, job: Job[Any] | None) -> None:
        """
        Record that an unresolved submission has become *job*; or, with None, no job, and its key is free again.

        Raises:
            TrackerError: there is no such submission, it is under way elsewhere, or *job* is at another service.

        """
        _submissions.settle(self._database, key, job)

    def retry(self, *keys: str) -> int:
        """
        Have the jobs with *keys* waited for again that were given up, as "timed_out" or "unreachable"; how many.

        Raises:
            TrackerError: there is no such job, or the service said how it ended; nothing was changed.

        """
        reopened: int = self._database.write(lambda db: _rows.reopen(db, keys))
        return reopened

    def drop(self, *keys: str) -> int:
        """
        Give up the open jobs with *keys*: no run waits for them any more; how many there were.

        Each is recorded as "unreachable" where its last wait ended so, else as "timed_out", and is not delivered.
        retry() takes that back.

        Raises:
            TrackerError: there is no such job, another run follows it, or the service said how it ended; nothing was
                changed.

        """

        def given_up(db: sqlite3.Connection) -> int:
            free(db, clock.current.time())
            return _rows.give_up(db, keys)

        dropped: int = self._database.write(given_up)
        return dropped

    def counts(self) -> dict[tuple[str, str], int]:
        """The number of rows by service and state."""
        query = f"select service, state, count(*) from {_rows.TABLES} where state != 'intent' group by 1, 2"  # nosec B608  # noqa: S608
        found = Counter({(service, state): count for service, state, count in self._database.read(query)})
        for row in _submissions.in_words(self._database, _rows.tracked(self._database, "state = 'intent'")):
            found[row.service, row.state] += 1
        return dict(found)

    @explained
    def run(
        self,
        connect: Connect | None = None,
        *,
        watched: Watched | None = None,
        on_outcome: OnOutcome | None = None,
        timeout: Seconds | None = None,
        policy: EachPolicy | None = None,
        on_update: OnUpdate | None = None,
        give_up_after: Seconds | None = None,
        standby: bool = False,
        limits: Mapping[str, Limit] | None = None,
        weight: Callable[[Job[Any]], float] | None = None,
        fail_fast: bool = False,
        stop: Stop | None = None,
        concurrency: int = 16,
    ) -> int:
        """
        Wait for all tracked jobs that no other run follows; how many ended.

        *connect* gives a client for an account's name. *watched* has, by the name of each watch, the function that its
        ref names, which makes the watch of an id; watches without one are left as they are, with a warning.
        *on_outcome* is called for each outcome, and again in the next run if it did not return; no two runs deliver one
        outcome, unless a process dies between the end of the call and our note. A job whose wait ends without an
        outcome, by its timeout or as polling failed, is not delivered: it is in pending(), with the reason, for the
        next run. So is one that needs input, of which *on_outcome* is told each time it begins to: a Tracked whose
        *last_wait* is "needs_input". With *give_up_after*, in seconds, a job without an outcome is recorded as
        "timed_out" or "unreachable" and delivered if it was submitted, or first polled, so long ago; each is polled
        before. retry() takes that back. *standby*: also wait for the jobs that other runs follow, and take over those
        of a run that ends or no longer renews its leases; until *stop*, or *timeout* from now. The other arguments are
        those of wait_all().

        Raises:
            TrackerError: the file cannot be used.

        """
        limiters = shared_limiters(self._database)
        fleet = Fleet(timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency, limiters)
        leases = self._leases(fleet, connect, watched, on_outcome, timeout, give_up_after, standby)
        with closing(leases), closing(fleet.run(leases)) as events:
            ended = sum(self._deliver(leases, on_outcome))
            return ended + sum(number for event in events for number in self._end(fleet, leases, event, on_outcome))

    @explained
    async def run_async(
        self,
        connect: Connect | None = None,
        *,
        watched: Watched | None = None,
        on_outcome: OnOutcome | None = None,
        timeout: Seconds | None = None,  # noqa: ASYNC109 - each job's own, not this call's
        policy: EachPolicy | None = None,
        on_update: OnUpdate | None = None,
        give_up_after: Seconds | None = None,
        standby: bool = False,
        limits: Mapping[str, Limit] | None = None,
        weight: Callable[[Job[Any]], float] | None = None,
        fail_fast: bool = False,
        stop: Stop | None = None,
        concurrency: int = 16,
    ) -> int:
        """Wait for all tracked jobs, in a task; how many ended: as run(), with the same arguments and errors."""
        limiters = shared_limiters(self._database)
        fleet = Fleet(timeout, policy, on_update, limits, weight, fail_fast, stop, concurrency, limiters)
        leases = self._leases(fleet, connect, watched, on_outcome, timeout, give_up_after, standby)
        await first_use.load()
        from anyio import CancelScope  # noqa: PLC0415 - sync callers never need it
        from anyio.lowlevel import checkpoint  # noqa: PLC0415 - the same

        ended = 0
        with closing(leases):
            for _ in self._deliver(leases, on_outcome):
                await checkpoint()
            try:
                async with aclosing(fleet.run_async(leases)) as events:
                    async for event in events:
                        for number in self._end(fleet, leases, event, on_outcome):
                            ended += number
                            await checkpoint()
            finally:
                leases.save_all()
                with CancelScope(shield=True):
                    while leases.save():
                        await checkpoint()
        return ended

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _repr_html_(self) -> str:
        counts: Counter[str] = Counter()
        for (_, state), count in self.counts().items():
            counts[state] += count
        return of_tracked(self.all(SHOWN), counts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _module(self, service: Any) -> Any:
        """The service module that *service* is or names; the tracker then knows its service."""
        if isinstance(service, str):
            return service_module(service)
        if not is_service(service.SERVICE.name):
            self._services[service.SERVICE.name] = service.SERVICE
        return service

    def _find_service(self, name: str) -> Service[Any, Any]:
        return self._services.get(name) or loaded[name]

    def _submitted_before(self, key: str, service: str, client: Any) -> Job[Any]:
        row, found = _submissions.accepted(self._database, key, service), self._find_service(service)
        return handle_of(restored_state(row.number, found, client, row.ids, row.started))

    def _leases(
        self,
        fleet: Fleet,
        connect: Connect | None,
        watched: Watched | None,
        on_outcome: OnOutcome | None,
        timeout: Seconds | None,
        give_up_after: Seconds | None,
        standby: bool,
    ) -> Leases:
        until, delivers = -math.inf, on_outcome is not None
        if standby:
            until = math.inf if timeout is None else clock.current.monotonic() + seconds("timeout", timeout)
        if give_up_after is not None:
            give_up_after = seconds("give_up_after", give_up_after)
        if delivers:
            _delivery.check(on_outcome)
        database, find, clients = self._database, self._find_service, connect or _no_client
        functions = {} if watched is None else checked_watched(watched)
        writer = None if self._recordings is None else Writer(self._recordings / new_name(), check=False)
        return Leases(
            database, find, clients, fleet.scheduler, delivers, give_up_after, until, watched=functions, writer=writer
        )

    def _end(
        self, fleet: Fleet, leases: Leases, event: tuple[int, Outcome[Any]] | None, on_outcome: OnOutcome | None
    ) -> Iterator[int]:
        """Record what *event* says and deliver it, in steps; each gives how many more jobs have ended."""
        if event is None:
            yield from self._deliver(leases, on_outcome)
            return
        index, outcome = event
        if fleet.scheduler.stopping and outcome.state == "timed_out":
            return  # the run was stopped: the job is still to be waited for
        recorded, asking = leases.end(index, outcome)
        yield len(recorded)
        if on_outcome is not None:
            for number in asking:
                for row in _rows.tracked(self._database, "jobs.id = ?", (number,)):
                    with leases.keeper.renewing():
                        on_outcome(row)
                yield 0
            for _ in _delivery.deliver(self._database, leases, recorded, on_outcome):
                yield 0

    def _deliver(self, leases: Leases, on_outcome: OnOutcome | None) -> Iterator[int]:
        if on_outcome is not None:
            for _ in _delivery.deliver_all(self._database, leases, on_outcome):
                yield 0


def _no_client(account: str) -> NoReturn:
    """Stand where no connect was given."""
    raise InvalidInput(f"The tracker has jobs of the account {account!r}: pass connect=, which gives a client for it.")
