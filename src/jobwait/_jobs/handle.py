"""The handle on one job at a service: the same verbs for every service, sync and async."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any, Generic, NoReturn, TypeVar

from jobwait._display.progress import live
from jobwait._httpx import httpx
from jobwait._jobs import token as _token
from jobwait._jobs.drivers import run, run_async, stream, stream_async
from jobwait._model.arguments import explained
from jobwait._model.display import Display
from jobwait._model.html import of_job
from jobwait._model.policy import DEFAULT, Policy, PollingDefaults, Seconds, resolve_policy
from jobwait._model.service import Service
from jobwait._model.status_map import StatusMeaning
from jobwait._model.types import Outcome, Update
from jobwait._polling.commands import Operation
from jobwait._polling.job_state import JobState, live_state
from jobwait._polling.observation import CachedSnapshot
from jobwait._polling.observation import state_of as state_read
from jobwait._polling.operations import call
from jobwait._polling.pacing import paced
from jobwait._polling.rate_limits import POLL
from jobwait._polling.waiter import waiting
from jobwait._sync.wake_up import Stop
from jobwait.errors import InvalidInput

R = TypeVar("R")
S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)


class Job(Generic[S_co]):
    """
    One job at a service, made by a service module's `job()` or `submit()`.

    It holds no connection and starts no thread; several waits on one handle may run at once.
    """

    __module__ = "jobwait"

    def __init__(self, job_state: JobState[S_co]) -> None:
        self._state = job_state
        if job_state.handle is None:
            job_state.handle = self

    @property
    def service(self) -> Service[Any, S_co]:
        """The service, as data."""
        return self._state.service

    @property
    def id(self) -> str:
        """The job's id."""
        return self._state.job_id

    @property
    def key(self) -> tuple[object, ...]:
        """Identifies the job: two handles on one job with one client have equal keys."""
        job_state = self._state
        needed = sorted(pair for pair in job_state.ids.items() if pair[0] not in job_state.service.optional_ids)
        return (job_state.service.name, id(job_state.client), needed[0][1] if len(needed) == 1 else tuple(needed))

    def __repr__(self) -> str:
        return f"<{self.service.name} job {self.id} ({self._state.summary})>"

    def _repr_html_(self) -> str:
        return of_job(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A handle cannot be pickled or copied; pass job.token() on, and call resume() with it.")

    def _call(
        self, build: Callable[[Any], httpx.Request], parse: Callable[[httpx.Response], R], operation: str = ""
    ) -> Operation[R]:
        """
        What *parse* makes of the response to the request about this job that *build* makes of the client.

        *operation* names what it counts as, where the service's rate limit is apart for each.
        """
        client = self._state.client
        return call(self.service, client, lambda: build(client), parse, job_id=self.id, operation=operation)

    def _status(self) -> Operation[S_co]:
        """The job's status model, by one request, repeated where that can help; raises CallFailed if it is refused."""
        job_state, service = self._state, self.service

        def read(response: httpx.Response) -> tuple[S_co, StatusMeaning, str]:
            snapshot = service.parse(response)
            return snapshot, *state_read(service, response, snapshot)

        snapshot, state, raw = yield from self._call(lambda client: service.poll(client, job_state.ids), read, POLL)
        job_state.seen, job_state.cached = True, CachedSnapshot(snapshot)
        job_state.state, job_state.raw_status = live_state(service, state, service.progress(snapshot)), raw
        return snapshot

    def outcome_operation(
        self,
        *,
        timeout: Seconds | None = None,
        policy: Policy | None = None,
        on_update: Callable[[Update[S_co]], object] | None = None,
        progress: bool = False,
        stop: Stop | None = None,
    ) -> Operation[Outcome[S_co]]:
        """The wait of outcome(), for drivers: those of this class and of engines."""
        check_on_update(on_update)
        check_stop(stop)
        settings, until = terms_of(self, timeout, policy)
        if not progress:
            return waiting(self._state, settings, on_update, until, stop)
        display = live(on_update, [(self.service.name, self.id)])
        return _shown(waiting(self._state, settings, display, until, stop), display)

    @explained
    def status(self) -> S_co:
        """The job's status model, by one request, repeated where that can help; raises CallFailed if it is refused."""
        return run(paced(self._status()))

    @explained
    async def status_async(self) -> S_co:
        """The job's status model, by one request, in a task: as status(), with the same errors."""
        return await run_async(paced(self._status()))

    @explained
    def outcome(
        self,
        *,
        timeout: Seconds | None = None,
        policy: Policy | None = None,
        on_update: Callable[[Update[S_co]], object] | None = None,
        progress: bool = False,
        stop: Stop | None = None,
    ) -> Outcome[S_co]:
        """
        Wait for the job and report how that ended; never raises for how it ended, only InvalidInput for an argument.

        The arguments are those of wait(). The last poll is sent half a second to five seconds before the deadline;
        the wait ends when that is answered, and at the deadline at the latest.
        """
        operation = self.outcome_operation(
            timeout=timeout, policy=policy, on_update=on_update, progress=progress, stop=stop
        )
        return run(paced(operation))

    @explained
    async def outcome_async(
        self,
        *,
        timeout: Seconds | None = None,  # noqa: ASYNC109 - the wait polls once more and says how it ended
        policy: Policy | None = None,
        on_update: Callable[[Update[S_co]], object] | None = None,
        progress: bool = False,
        stop: Stop | None = None,
    ) -> Outcome[S_co]:
        """Wait for the job, in a task, and report how that ended: as outcome(), with the same arguments and errors."""
        operation = self.outcome_operation(
            timeout=timeout, policy=policy, on_update=on_update, progress=progress, stop=stop
        )
        return await run_async(paced(operation))

    @explained
    def wait(
        self,
        *,
        timeout: Seconds | None = None,
        policy: Policy | None = None,
        on_update: Callable[[Update[S_co]], object] | None = None,
        progress: bool = False,
        stop: Stop | None = None,
    ) -> S_co:
        """
        Wait until the job has succeeded; its final status model.

        *timeout* is in seconds (or a timedelta), from now; None: that of *policy*, else the service's default.
        *on_update* is called with each Update, in this thread; an exception of it ends the wait. *progress* shows a
        live line on a terminal. *stop*: a Stop; once it is set, from any thread or a signal handler, the wait ends as
        at its deadline. The job is not canceled, unless *policy* has cancel_on_timeout.

        Raises:
            JobFailed: the job failed (JobCanceled: it was canceled).
            WaitTimeout: the deadline passed first; the job may still be running.
            CallFailed: polling failed, no poll was answered until the deadline, or the service does not know the job.
            InvalidInput: an argument is invalid; nothing was sent.

        """
        operation = self.outcome_operation(
            timeout=timeout, policy=policy, on_update=on_update, progress=progress, stop=stop
        )
        return run(paced(operation)).unwrap()

    @explained
    async def wait_async(
        self,
        *,
        timeout: Seconds | None = None,  # noqa: ASYNC109 - the wait polls once more and says how it ended
        policy: Policy | None = None,
        on_update: Callable[[Update[S_co]], object] | None = None,
        progress: bool = False,
        stop: Stop | None = None,
    ) -> S_co:
        """Wait until the job has succeeded, in a task; its final status model: as wait(), with the same errors."""
        operation = self.outcome_operation(
            timeout=timeout, policy=policy, on_update=on_update, progress=progress, stop=stop
        )
        return (await run_async(paced(operation))).unwrap()

    @explained
    def updates(
        self, *, timeout: Seconds | None = None, policy: Policy | None = None, stop: Stop | None = None
    ) -> Generator[Update[S_co], None, None]:
        """
        Wait for the job, yielding each change; the last update, and only that one, is terminal and says how it ended.

        Closing the iterator ends the wait, and so does setting *stop*. It never raises for how the job ended, only
        InvalidInput for an argument.
        """
        return stream(paced(self.outcome_operation(timeout=timeout, policy=policy, stop=stop)))

    @explained
    def updates_async(
        self, *, timeout: Seconds | None = None, policy: Policy | None = None, stop: Stop | None = None
    ) -> AsyncGenerator[Update[S_co], None]:
        """Wait for the job, in a task, yielding each change: as updates(), with the same arguments and errors."""
        return stream_async(paced(self.outcome_operation(timeout=timeout, policy=policy, stop=stop)))

    def stop(self) -> None:
        """
        End this handle's waits with a WaitTimeout, from any thread or a signal handler; if there is none, the next one.

        The job runs on.
        """
        self._state.stop()

    def token(self) -> str:
        """
        The job as one line of text without secrets; `jobwait.resume(token, client)` makes a handle of it.

        Raises InvalidInput for a watch without ref.
        """
        return _token.dump(self._state)


def _shown(operation: Operation[R], display: Display) -> Operation[R]:
    """*operation*, while *display* is open."""
    display.open()
    try:
        return (yield from operation)
    finally:
        display.close()


def terms_of(job: Job[Any], timeout: Seconds | None, policy: Policy | None) -> tuple[PollingDefaults, float | None]:
    """
    The settings of a wait for *job* and, if it has one from its token, its deadline in seconds since the epoch.

    Raises:
        InvalidInput: an argument is invalid.

    """
    job_state = state_of(job)
    settings = resolve_policy(policy, timeout, job_state.service.defaults)
    job_state.add_statuses(policy)
    own = timeout is not None or (policy is not None and policy.timeout is not DEFAULT)
    return settings, job_state.deadline if job_state.inherited and not own else None


def check_on_update(on_update: object) -> None:
    """Raise InvalidInput unless *on_update* is a plain function, or None."""
    if on_update is not None and (inspect.iscoroutinefunction(on_update) or not callable(on_update)):
        raise InvalidInput("on_update must be a plain function; for async code use updates_async().")


def check_job(handle: object) -> None:
    """Raise InvalidInput unless *handle* is one on a job."""
    if not isinstance(handle, Job):
        raise InvalidInput(f"A job is what submit() and job() of a service return, not {type(handle).__name__}.")


def check_stop(stop: object) -> None:
    """Raise InvalidInput unless *stop* is a Stop, or None."""
    if stop is not None and not isinstance(stop, Stop):
        raise InvalidInput(f"stop must be a Stop, whose set() ends the wait, not {type(stop).__name__}.")


def handle_of(job_state: JobState[S]) -> Job[S]:
    """The handle on the job of *job_state*, of its service's class."""
    handle: Job[S] = (job_state.service.handle or Job)(job_state)
    return handle


def state_of(job: Job[S]) -> JobState[S]:
    """The state of *job*, for fleets, trackers, engines and records."""
    return job._state  # noqa: SLF001 - the one place that reads it
